import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { aBrowser, open } from "./browser.js";
import { Site } from "./site.js";

const GIVEN = { code: "482913", link: null, expires_at: "2026-11-26T09:15:00Z", link_expires_at: "2026-11-29T09:00:00Z" };

const browser = aBrowser();
let site: Site;
let visitor: BrowserContext;
let page: Page;

beforeEach(async () => {
  site = new Site();
  await site.start();
  visitor = await browser.visitor();
  page = await open(visitor, site.url("/"));
});
afterEach(async () => {
  await visitor.close();
  site.stop();
});

const posts = () => site.requests.filter(({ method }) => method === "POST");

test("a visit is carried elsewhere, once what was tried is told", async () => {
  site.answers.push({ status: 202 }, { status: 201, body: { contact_id: "c-1" } }, { status: 201, body: GIVEN });
  const continuation = await page.evaluate(() => {
    throughline.journey.allow();
    throughline.journey.giveUp("change_address");
    return throughline.continueElsewhere({ to: "voice", from: { type: "phone", value: "07700 900123" } });
  });
  assert.deepEqual(continuation, GIVEN);
  assert.deepEqual(posts().map(({ path }) => path), ["/v1/journeys/events", "/v1/contacts", "/v1/contacts/c-1/continuation"]);
  const [, begun, asked] = posts();
  const { provider, channel } = JSON.parse(begun?.body ?? "");
  assert.deepEqual([provider, channel, begun?.authorization], ["web", "portal", "Bearer token-1"]);
  assert.deepEqual(JSON.parse(asked?.body ?? ""), { to: "voice", from: { type: "phone", value: "07700 900123" } });
});

test("what was begun elsewhere is carried on as another contact", async () => {
  site.answers.push({ status: 201, body: { contact_id: "c-2" } });
  await page.evaluate(() => throughline.continueHere("MZXW6"));
  const contact = JSON.parse(posts()[0]?.body ?? "");
  assert.equal(contact.continuation_code, "MZXW6");
});

test("what the API says against it is told, with its code", async () => {
  site.answers.push({ status: 429, body: { code: "too_many_tries", detail: "Try later." }, headers: { "Retry-After": "60" } });
  const told = await page.evaluate(() => throughline.continueElsewhere().catch(({ status, code, message, waitMs }) => [status, code, message, waitMs]));
  assert.deepEqual(told, [429, "too_many_tries", "Try later.", 60_000]);
});

test("after somebody signed in the next call is theirs", async () => {
  site.answers.push({ status: 401 }, { status: 201, body: { contact_id: "c-1" } }, { status: 201, body: GIVEN });
  await page.evaluate(() => throughline.continueElsewhere());
  await page.evaluate(() => {
    throughline.identityChanged();
    return throughline.continueElsewhere();
  });
  assert.equal(posts().at(-1)?.authorization, "Bearer token-3");
});
