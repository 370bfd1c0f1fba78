import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import type { ChatEvents } from "../../client/index.js";
import { until } from "../chromium.js";
import { aBrowser, open } from "./browser.js";
import { Desk } from "./desk.js";
import { Site } from "./site.js";

const browser = aBrowser();
let site: Site;
let desk: Desk;
let visitor: BrowserContext;
let page: Page;

declare global {
  /** What the chat told the page. */
  var told: { [Name in keyof ChatEvents]?: ChatEvents[Name][] };
}

beforeEach(async () => {
  site = new Site();
  await site.start();
  desk = new Desk(site.server, site.url("/v1/held"));
  visitor = await browser.visitor();
  page = await open(visitor, site.url("/"));
  await listen();
});
afterEach(async () => {
  await visitor.close();
  site.stop();
});

async function listen(): Promise<void> {
  await page.waitForFunction(() => "throughline" in globalThis);
  await page.evaluate(() => {
    globalThis.told = {};
    const names = ["state", "message", "sending", "failed", "typing", "read", "presence", "ended", "refused"] as const;
    for (const name of names) throughline.chat.on(name, (event) => ((told[name] ??= []) as unknown[]).push(event));
  });
}

async function opened(): Promise<void> {
  await page.evaluate(() => throughline.chat.open({ name: "Ada" }));
  await until("the chat is live", () => isState("live"));
}

const isState = (state: string) => page.evaluate((wanted) => throughline.chat.state === wanted, state);
const send = (text: string) => page.evaluate((words) => throughline.chat.send(words), text);
const shown = () => page.evaluate(() => (told.message ?? []).map(({ text }) => text ?? ""));
const kept = () => desk.messages.map(({ text }) => text);

test("both sides read what the other wrote, as it was written", async () => {
  await opened();
  await send("<img src=x onerror=alert(1)> hello");
  desk.say("good morning");
  await until("both are shown", async () => (await shown()).length === 2);
  assert.deepEqual(kept(), ["<img src=x onerror=alert(1)> hello", "good morning"]);
  assert.deepEqual(new Set(await shown()), new Set(kept()));
  const begun = desk.asked.find(({ action }) => action === "start");
  assert.equal(begun?.["name"], "Ada");
});

test("with lines that break at random and every frame twice, all is there once and in order, at both ends", async () => {
  desk.trouble = { breaksWithin: 16, doubles: true };
  await page.evaluate(() => throughline.chat.open());
  const ours = Array.from({ length: 25 }, (_, number) => `visitor ${number}`);
  const theirs = Array.from({ length: 25 }, (_, number) => `agent ${number}`);
  for (const [number, text] of ours.entries()) {
    await send(text);
    desk.say(theirs[number] ?? "");
  }
  await until("all has arrived", async () => desk.messages.length === 50 && (await shown()).length >= 50, 60_000);
  assert.deepEqual(await shown(), kept());
  assert.deepEqual(kept().filter((text) => text?.startsWith("visitor")), ours);
  assert.ok(desk.connections > 3, `only ${desk.connections} connections`);
});

test("over a page load the chat goes on, with all that was said and what was not yet sent", async () => {
  await opened();
  await send("first");
  desk.say("second");
  await until("both are shown", async () => (await shown()).length === 2);
  desk.mute = true;
  await send("third");
  await page.reload();
  await listen();
  desk.mute = false;
  assert.equal(await page.evaluate(() => throughline.chat.contactId), "contact-1");
  await opened();
  await until("all are shown", async () => (await shown()).length === 3);
  assert.deepEqual(await shown(), ["first", "second", "third"]);
  assert.deepEqual(kept(), ["first", "second", "third"]);
  assert.equal(desk.actions().filter((action) => action === "start").length, 1);
});

test("what was said while the line was down is caught up with", async () => {
  await opened();
  desk.cut();
  for (let number = 1; number <= 8; number++) desk.say(`missed ${number}`);
  await until("all are shown", async () => (await shown()).length === 8);
  assert.deepEqual(await shown(), kept());
});

test("a line that is silent is given up, and what it owed is asked again", async () => {
  await page.clock.install();
  await opened();
  desk.mute = true;
  await send("is anybody there?");
  await until("it was sent", () => desk.actions().includes("send"));
  desk.mute = false;
  await page.clock.fastForward(21_000);
  await page.clock.runFor(2_000);
  await until("it is kept", () => kept().length);
  assert.deepEqual([kept(), desk.connections], [["is anybody there?"], 2]);
});

test("a quiet line is kept open", async () => {
  await page.clock.install();
  await opened();
  for (const pings of [1, 2]) {
    await page.clock.fastForward(4 * 60_000 + 1_000);
    await until("it has pinged", () => desk.actions().filter((action) => action === "ping").length === pings);
  }
  assert.equal(desk.connections, 1);
});

test("a token that the handshake refuses is replaced", async () => {
  desk.refusals = 1;
  await opened();
  assert.deepEqual(desk.tokens, ["token-1", "token-2"]);
});

test("a message that is refused is told, and the next ones go on", async () => {
  await opened();
  await send("forbidden");
  await send("allowed");
  await until("the next is kept", () => kept().length);
  const failed = await page.evaluate(() => told.failed?.map(({ message, problem }) => [message.text, problem.code]));
  assert.deepEqual([failed, kept()], [[["forbidden", "invalid_input"]], ["allowed"]]);
});

test("a file is put where the server says, then sent", async () => {
  await opened();
  await page.evaluate(() => throughline.chat.attach(new File(["%PDF"], "bill.pdf", { type: "application/pdf" })));
  await until("it is kept", () => desk.messages.length);
  const [put] = site.requests.filter(({ method }) => method === "PUT");
  assert.equal(put?.body, "%PDF");
  assert.deepEqual(desk.messages[0]?.attachment, { attachment_id: "a1", name: "bill.pdf", type: "application/pdf", size: 4 });
});

test("a chat that ended while the page was away is over, and what could not be sent is told", async () => {
  await opened();
  desk.status = "ended";
  desk.messages.push({ message_id: "m1", cursor: 1, at: "2026-11-26T09:00:00Z", from: { side: "agent" }, text: "goodbye" });
  desk.cut();
  await until("it waits", () => isState("waiting"));
  await send("wait!");
  await until("it is over", () => isState("ended"));
  const [failed, ended] = await page.evaluate(() => [told.failed?.map(({ message }) => message.text), told.ended?.length]);
  assert.deepEqual([await shown(), failed, ended], [["goodbye"], ["wait!"], 1]);
  await page.evaluate(() => throughline.chat.open());
  await until("another is begun", () => desk.actions().filter((action) => action === "start").length === 2);
});

test("the chat of somebody who was here before is not gone on with", async () => {
  await opened();
  desk.contactId = "contact-2";
  desk.cut();
  await until("another is begun", async () => (await page.evaluate(() => throughline.chat.contactId)) === "contact-2");
  await until("it is live", () => isState("live"));
});

test("typing is told every few seconds only; reading, and what the other end does, as it happens", async () => {
  await opened();
  desk.say("hello");
  await until("it is shown", async () => (await shown()).length === 1);
  await page.evaluate(() => {
    for (let key = 0; key < 5; key++) throughline.chat.typing();
    throughline.chat.read();
  });
  desk.push({ type: "typing", from: { side: "agent", name: "Amara" } });
  desk.push({ type: "presence", side: "agent", status: "online" });
  desk.push({ type: "something new" });
  await until("it is told", () => page.evaluate(() => told.presence?.length));
  assert.equal(desk.actions().filter((action) => action === "typing").length, 1);
  assert.equal(desk.asked.find(({ action }) => action === "read")?.["up_to"], 1);
  assert.equal(await page.evaluate(() => told.typing?.[0]?.from.name), "Amara");
});

test("a chat that is ended here is over, and so is one that the agent ends", async () => {
  await opened();
  await page.evaluate(() => throughline.chat.end());
  assert.ok(await isState("ended"));
  desk.status = "live";
  await opened();
  desk.end("agent");
  await until("it is over", () => isState("ended"));
  assert.deepEqual(await page.evaluate(() => told.ended), [{ by: "customer" }, { by: "agent" }]);
});
