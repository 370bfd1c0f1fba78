import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../client/api.js";
import type { Outgoing } from "../client/frames.js";
import { Outbox } from "../client/outbox.js";
import { until } from "./chromium.js";

const message = (id: string): Outgoing => ({ id, text: id });

/** An outbox whose way answers, for each try, what is listed: a status, or 200. */
function outboxWith(statuses: number[]) {
  const tried: string[] = [];
  const refused: string[] = [];
  const way = {
    isOpen: true,
    open: () => way.isOpen,
    deliver: async ({ id }: Outgoing) => {
      tried.push(id);
      const status = statuses.shift() ?? 200;
      if (status === 0) way.isOpen = false;
      if (status !== 200) throw new Problem(status, "", "");
    },
    refused: ({ id }: Outgoing) => void refused.push(id),
  };
  return { outbox: new Outbox(way, []), way, tried, refused };
}

test("what could not be delivered is, before what was written after it", async () => {
  const { outbox, tried } = outboxWith([503, 429]);
  ["a", "b", "c"].forEach((id) => outbox.add(message(id)));
  await until("all is delivered", () => !outbox.waiting.length);
  assert.deepEqual([tried, outbox.waiting], [["a", "a", "a", "b", "c"], []]);
});

test("what is refused for good is told, and holds nothing up", async () => {
  const { outbox, tried, refused } = outboxWith([422]);
  ["a", "b"].forEach((id) => outbox.add(message(id)));
  await new Promise(setImmediate);
  assert.deepEqual([tried, refused, outbox.waiting], [["a", "b"], ["a"], []]);
});

test("with the way gone all waits, and goes when it is back", async () => {
  const { outbox, way, tried } = outboxWith([200, 0]);
  ["a", "b", "c"].forEach((id) => outbox.add(message(id)));
  await new Promise(setImmediate);
  assert.deepEqual(outbox.waiting.map(({ id }) => id), ["b", "c"]);
  way.isOpen = true;
  await outbox.go();
  assert.deepEqual([tried, outbox.waiting], [["a", "b", "b", "c"], []]);
});

test("what the server turns out to have is not sent", async () => {
  const { outbox, way, tried } = outboxWith([0]);
  ["a", "b"].forEach((id) => outbox.add(message(id)));
  await new Promise(setImmediate);
  outbox.drop("a");
  way.isOpen = true;
  await outbox.go();
  assert.deepEqual(tried, ["a", "b"]);
});
