import { after, before } from "node:test";
import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** One real browser for the tests of a file; `visitor` is somebody new in it. */
export function aBrowser(): { visitor: () => Promise<BrowserContext> } {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", "--disable-gpu", ...QUIET] });
  });
  after(() => browser.close());
  return { visitor: () => browser.newContext() };
}

/** Waits until it holds; says what it was that did not. */
export async function until(what: string, holds: () => unknown | Promise<unknown>, withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`within ${withinMs} ms it was not so that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
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
