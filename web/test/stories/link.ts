import { play } from "./story.js";

interface Given {
  playground_url: string;
  link: string;
}

// Somebody taps a link on another screen than the one it was given out on.
await play<Given>(async (page, { link }) => {
  const begun = page.waitForResponse((response) => response.url().endsWith("/contacts") && response.request().method() === "POST");
  await page.goto(link);
  const { contact_id } = (await (await begun).json()) as { contact_id: string };
  await page.locator("#code", { hasText: "Welcome" }).waitFor();
  return { contact_id, left: new URL(page.url()).hash };
});
