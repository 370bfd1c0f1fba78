import { type Browser, type Page, chromium } from "playwright-core";
import { LAUNCH } from "../chromium.js";

/**
 * Plays a story in a real browser for tests/e2e/test_web.py: what is given is the one argument, JSON; what came of
 * it is printed as JSON.
 *
 * The example site is opened by the machine's other name, so that the API is at another origin, as in earnest.
 */
export async function play<Given extends { playground_url: string }>(
  story: (page: Page, given: Given) => Promise<object>,
): Promise<void> {
  const given = JSON.parse(process.argv[2] ?? "") as Given;
  const browser: Browser = await chromium.launch(LAUNCH);
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    page.on("console", (line) => ["error", "warning"].includes(line.type()) && console.error(line.text()));
    await page.goto(given.playground_url.replace("127.0.0.1", "localhost"));
    console.log(JSON.stringify(await story(page, given)));
  } finally {
    await browser.close();
  }
}
