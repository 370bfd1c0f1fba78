import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { aBrowser, open } from "./browser.js";
import { Site } from "./site.js";

const FORM = `<form action="/sent">
  <input name="street"><input name="postcode" required pattern="[A-Z]{1,2}[0-9 A-Z]{3,6}"><input name="note">
  <input name="pin" type="password"><button>Save</button>
</form><button id="spinner" style="width: 9em">Nothing happens</button>`;

const browser = aBrowser();
let site: Site;
let visitor: BrowserContext;
let page: Page;

beforeEach(async () => {
  site = new Site();
  site.pages.set("/address", FORM);
  await site.start();
  visitor = await browser.visitor();
  page = await open(visitor, site.url("/address"));
  await page.evaluate(async () => {
    throughline.journey.allow();
    const form = document.forms[0] as HTMLFormElement;
    const safe = { street: "free_text", postcode: "postcode", pin: "pin" };
    Object.assign(globalThis, { watch: throughline.journey.watchForm(form, { task: "change_address", safe }) });
    await fetch("/token");
  });
});
afterEach(async () => {
  await visitor.close();
  site.stop();
});

declare global {
  var watch: import("../../client/index.js").FormWatch;
}

/** Leaves the page and answers what had been told by then, each once: the next page sends what may not have arrived. */
async function left() {
  await page.goto(site.url("/elsewhere"));
  await page.evaluate(async () => {
    throughline.journey.allow();
    await throughline.journey.flush();
  });
  return [...new Map(site.events.map((event) => [event.id, event])).values()];
}

test("a form that fails twice and is left tells it all, and of its content only what is safe", async () => {
  await page.fill("[name=street]", "1 Park Row");
  await page.fill("[name=note]", "leave it with Mo next door");
  await page.fill("[name=pin]", "hunter2");
  await page.click("text=Save");
  await page.fill("[name=postcode]", "leeds");
  await page.press("[name=postcode]", "Enter");
  const told = await left();
  assert.deepEqual(
    told.map(({ type, task, step, ...more }) => [type, task, step ?? (more as { field?: string }).field]),
    [
      ["step", "change_address", "street"],
      ["step", "change_address", "note"],
      ["step", "change_address", "pin"],
      ["form_error", "change_address", "postcode"],
      ["step", "change_address", "postcode"],
      ["form_error", "change_address", "postcode"],
      ["give_up", "change_address", "postcode"],
    ],
  );
  assert.deepEqual(told.at(-1)?.facts, { free_text: "1 Park Row", postcode: "leeds" });
  const sent = site.requests.map(({ body }) => body).join();
  assert.ok(!sent.includes("hunter2"));
  assert.ok(!sent.includes("next door"));
  assert.ok(sent.includes("is missing"));
  assert.ok(sent.includes("has the wrong form"));
});

test("a form that is checked while somebody types has not failed", async () => {
  await page.evaluate(() => document.forms[0]?.addEventListener("input", () => document.forms[0]?.checkValidity()));
  await page.locator("[name=postcode]").pressSequentially("LS1 4AP");
  assert.ok(!(await left()).some(({ type }) => type === "form_error"));
});

test("a form that is sent is not given up; one that the server refused after that is", async () => {
  await page.evaluate(() => document.forms[0]?.addEventListener("submit", (event) => event.preventDefault()));
  await page.fill("[name=postcode]", "LS1 4AP");
  await page.click("text=Save");
  await page.evaluate(() => watch.failed("postcode", "is not ours"));
  assert.deepEqual((await left()).map(({ type }) => type), ["step", "form_error", "give_up"]);
});

test("a form that is sent the old way is not given up", async () => {
  await page.fill("[name=postcode]", "LS1 4AP");
  await page.click("text=Save");
  await page.waitForURL("**/sent*");
  assert.deepEqual((await left()).map(({ type }) => type), ["step"]);
});

test("a form that nobody touched is not given up, and a done one is done", async () => {
  await page.focus("[name=street]");
  assert.deepEqual((await left()).map(({ type }) => type), ["step"]);
});

test("a done form is complete, whatever comes after", async () => {
  await page.fill("[name=postcode]", "LS1 4AP");
  await page.evaluate(() => watch.complete());
  await page.fill("[name=street]", "1 Park Row");
  assert.deepEqual((await left()).map(({ type }) => type), ["step", "complete"]);
});

test("clicking again and again where nothing happens is told once, with the place", async () => {
  await page.evaluate(() => throughline.journey.watchClicks());
  await page.click("#spinner", { clickCount: 5, delay: 10 });
  await page.dblclick("[name=street]");
  const raged = (await left()).filter(({ type }) => type === "rage_click");
  assert.deepEqual(raged.map(({ step }) => step), ["spinner"]);
});
