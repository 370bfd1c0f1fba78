import { play } from "./story.js";

interface Given {
  playground_url: string;
  name: string;
  postcode: string;
  password: string;
  phone: string;
}

// Somebody fails twice at the postcode, asks for a code, and leaves.
await play<Given>(async (page, { name, postcode, password, phone }) => {
  await page.fill("#address [name=name]", name);
  await page.fill("#address [name=password]", password);
  await page.fill("#address [name=postcode]", postcode);
  await page.click("#address button");
  await page.click("#address button");
  await page.fill("#continue [name=phone]", phone);
  await page.click("#continue button");
  const code = await page.locator("#code strong").innerText();
  const link = await page.locator("#code a").getAttribute("href");
  await page.goto("about:blank");
  return { code, link };
});
