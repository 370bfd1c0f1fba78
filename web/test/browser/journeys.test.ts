import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { until } from "../chromium.js";
import { aBrowser, open } from "./browser.js";
import { Site } from "./site.js";

const browser = aBrowser();
let site: Site;
let visitor: BrowserContext;

beforeEach(async () => {
  site = new Site();
  await site.start();
  visitor = await browser.visitor();
});
afterEach(async () => {
  await visitor.close();
  site.stop();
});

/** A page whose visitor agreed. */
async function agreed(path = "/help"): Promise<Page> {
  const page = await open(visitor, site.url(path));
  await page.evaluate(() => throughline.journey.allow());
  return page;
}

const types = () => site.events.map(({ type }) => type);

test("nothing is kept or sent before the visitor agrees", async () => {
  const page = await open(visitor, site.url("/help"));
  await page.evaluate(() => throughline.journey.search("refund"));
  await page.evaluate(() => throughline.journey.flush());
  await page.goto(site.url("/other"));
  await page.evaluate(() => throughline.journey.allow());
  await page.evaluate(() => throughline.journey.page());
  await until("the page arrives", () => site.batches.length);
  assert.deepEqual(types(), ["page"]);
});

test("what is done within two seconds arrives as one batch, without a preflight", async () => {
  const page = await agreed();
  await page.evaluate(() => {
    throughline.journey.page();
    throughline.journey.search("change address");
    throughline.journey.article("How to move", false);
  });
  await until("a batch arrives", () => site.batches.length);
  const [batch] = site.batches;
  assert.deepEqual(site.requests.map(({ method, type }) => [method, type]), [["POST", "text/plain"]]);
  assert.deepEqual(batch?.events.map(({ type, page }) => [type, page]), [["page", "/help"], ["search", "/help"], ["article", "/help"]]);
  assert.deepEqual([batch?.key, batch?.token, batch?.consent, batch?.screen.device], ["pk_test", "token-1", { journeys: true }, "desktop"]);
  assert.equal(new Set(batch?.events.map(({ id }) => id)).size, 3);
});

test("what was done as the page was left arrives at once, and is repeated by the next page in the same words", async () => {
  const page = await agreed();
  await until("a token is there", async () => (await page.evaluate(() => performance.getEntriesByName(`${origin}/token`).length)) > 0);
  await page.evaluate(() => {
    throughline.journey.giveUp("change_address", "postcode");
    location.href = "/next";
  });
  await until("the beacon arrives", () => site.batches.length === 1);
  await page.waitForURL("**/next");
  await page.evaluate(() => throughline.journey.allow());
  await until("it is repeated", () => site.batches.length === 2);
  const [first, second] = site.batches;
  assert.deepEqual(second?.events, first?.events);
  assert.equal(second?.screen.id, first?.screen.id);
});

test("what nobody answered is sent again until it is taken", async () => {
  site.answers.push({ status: 503, headers: { "Retry-After": "1" } }, { status: 500 }, { status: 429 });
  const page = await agreed();
  await page.evaluate(() => throughline.journey.page());
  await page.evaluate(() => throughline.journey.flush());
  const began = Date.now();
  await until("it was sent four times", () => site.batches.length === 4);
  assert.ok(Date.now() - began > 1_000, "Retry-After is heeded");
  assert.equal(new Set(site.events.map(({ id }) => id)).size, 1);
  await page.evaluate(() => throughline.journey.flush());
  assert.equal(site.batches.length, 4);
});

test("without a network it waits, and goes on when there is one", async () => {
  const page = await agreed();
  await page.evaluate(() => throughline.journey.flush());
  await visitor.setOffline(true);
  await page.evaluate(() => throughline.journey.search("no network"));
  await page.evaluate(() => throughline.journey.flush());
  assert.deepEqual(types(), []);
  await visitor.setOffline(false);
  await until("it arrives", () => types().includes("search"));
});

test("a refused token is replaced", async () => {
  site.answers.push({ status: 401 });
  const page = await agreed();
  await page.evaluate(() => throughline.journey.page());
  await page.evaluate(() => throughline.journey.flush());
  assert.deepEqual(site.batches.map(({ token }) => token), ["token-1", "token-2"]);
});

test("one bad event does not keep the others back", async () => {
  site.answers.push({ status: 422, body: { detail: "bad", errors: [{ field: "events.1.query", message: "is empty" }] } });
  const page = await agreed();
  await page.evaluate(() => {
    throughline.journey.page("a");
    throughline.journey.search("");
    throughline.journey.page("b");
    return throughline.journey.flush();
  });
  await until("the others are sent", () => site.batches.length === 2);
  assert.deepEqual(site.batches[1]?.events.map(({ page: shown }) => shown), ["a", "b"]);
});

test("a site that may not send stops", async () => {
  site.answers.push({ status: 403 });
  const page = await agreed();
  await page.evaluate(async () => {
    throughline.journey.page();
    await throughline.journey.flush();
    throughline.journey.page();
    await throughline.journey.flush();
  });
  assert.equal(site.batches.length, 1);
});

test("who takes the consent back is told to the API once, and nothing else is", async () => {
  const page = await agreed();
  await page.evaluate(async () => {
    throughline.journey.search("something private");
    await throughline.journey.withdraw();
    throughline.journey.search("more of it");
    await throughline.journey.flush();
  });
  assert.deepEqual(site.batches.map(({ consent }) => consent), [{ journeys: false }]);
  assert.ok(!site.requests.some(({ body }) => body.includes("private")));
});

test("a consent that was taken back without a network is told by the next page, unasked", async () => {
  const page = await agreed();
  await page.evaluate(() => throughline.journey.flush());
  site.answers.push({ status: 503 }, { status: 503 });
  await page.evaluate(() => throughline.journey.withdraw());
  await page.goto(site.url("/next"));
  await until("it is told", () => site.answers.length === 0 && site.batches.length >= 3);
  assert.ok(site.batches.every(({ consent }) => !consent.journeys));
});

for (const [device, width, height] of [["phone", 390, 844], ["tablet", 820, 1180]] as const) {
  test(`a ${device} is told from a desktop`, async () => {
    const handheld = await browser.visitor({ hasTouch: true, isMobile: true, screen: { width, height }, viewport: { width, height } });
    const page = await open(handheld, site.url());
    await page.evaluate(() => {
      throughline.journey.allow();
      throughline.journey.page();
      return throughline.journey.flush();
    });
    assert.equal(site.batches[0]?.screen.device, device);
    await handheld.close();
  });
}

test("another tab is another screen, also one that was opened from the first", async () => {
  const page = await agreed();
  await page.evaluate(() => throughline.journey.page());
  const [other] = await Promise.all([visitor.waitForEvent("page"), page.evaluate(() => void globalThis.open("/popup"))]);
  await other.waitForFunction(() => "throughline" in globalThis);
  await other.evaluate(() => throughline.journey.allow());
  await other.evaluate(() => throughline.journey.page());
  await until("both arrive", () => site.batches.length === 2);
  assert.equal(new Set(site.batches.map(({ screen }) => screen.id)).size, 2);
});

test("where storage is forbidden it works without", async () => {
  site.pages.set("/framed", `<iframe sandbox="allow-scripts" src="/inner"></iframe>`);
  const page = await open(visitor, site.url("/framed"));
  const inner = page.frames()[1];
  await inner?.waitForFunction(() => "throughline" in globalThis);
  await inner?.evaluate(() => {
    throughline.journey.allow();
    throughline.journey.page();
  });
  await until("the page arrives", () => types().includes("page"));
});

test("a tab that is closed while a batch is on its way loses nothing of it", async () => {
  const page = await agreed();
  await until("a token is there", async () => (await page.evaluate(() => performance.getEntriesByName(`${origin}/token`).length)) > 0);
  site.answers.push({ status: 503, afterMs: 5_000 });
  await page.evaluate(() => {
    throughline.journey.giveUp("change_address", "postcode");
    void throughline.journey.flush();
  });
  await until("it is on its way", () => site.batches.length === 1);
  await page.evaluate(() => throughline.journey.search("while it was"));
  await page.close({ runBeforeUnload: true });
  await until("all of it arrives", () => types().includes("search"));
  assert.deepEqual(site.batches.at(-1)?.events.map(({ type }) => type), ["give_up", "search"]);
  assert.equal(site.events[0]?.id, site.events[1]?.id);
});

test("a clock that is wrong is wrong in all that is told, so that it can be put right", async () => {
  await visitor.clock.install({ time: new Date("2003-05-06T07:08:09Z") });
  const page = await agreed();
  await page.evaluate(() => throughline.journey.page());
  await page.evaluate(() => throughline.journey.flush());
  const [batch] = site.batches;
  const apart = Date.parse(batch?.sent_at ?? "") - Date.parse(batch?.events[0]?.at ?? "");
  assert.ok(batch?.sent_at.startsWith("2003-05-06") && apart >= 0 && apart < 60_000, batch?.sent_at);
});

test("who is asked to wait does not wait longer because a clock is set back", async () => {
  site.answers.push({ status: 429, headers: { "Retry-After": "1" } });
  const page = await agreed();
  await page.evaluate(async () => {
    throughline.journey.page();
    await throughline.journey.flush();
    const now = Date.now;
    Date.now = () => now() - 86_400_000;
  });
  await until("it is sent again", () => site.batches.length === 2);
});

test("it needs no script in a page, and makes none", async () => {
  const page = await visitor.newPage();
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => {
      throw new Error(`it wants what ${violatedDirective} forbids`);
    });
  });
  const errors: Error[] = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(site.url("/strict"));
  await page.evaluate(() => {
    throughline.journey.allow();
    throughline.journey.watchClicks();
    throughline.journey.search("refund");
    return throughline.journey.flush();
  });
  await until("it arrives", () => types().includes("search"));
  assert.deepEqual(errors, []);
});
