import { after, before } from "node:test";
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import { LAUNCH } from "../chromium.js";

/** One real browser for the tests of a file; `visitor` is somebody new in it. */
export function aBrowser(): { visitor: (device?: BrowserContextOptions) => Promise<BrowserContext> } {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch(LAUNCH);
  });
  after(() => browser.close());
  return { visitor: (device) => browser.newContext(device) };
}

/** A page whose own errors fail its test. */
export async function open(visitor: BrowserContext, url: string): Promise<Page> {
  const page = await visitor.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(url);
  return page;
}
