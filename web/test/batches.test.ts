import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_CHARACTERS, MOST_EVENTS, firstBatch, withoutRefused } from "../client/batches.js";
import { type Sent, cut } from "../client/events.js";

function events(many: number, text = ""): Sent[] {
  return Array.from({ length: many }, (_, number) => ({ id: `${number}`, at: "2026-11-26T09:00:00Z", type: "search", query: text }));
}

test("a batch has as many events as the API takes", () => {
  assert.equal(firstBatch(events(MOST_EVENTS + 20)).length, MOST_EVENTS);
});

test("a batch fits into a beacon, whatever is written in it", () => {
  const batch = firstBatch(events(MOST_EVENTS, "語".repeat(256)));
  assert.ok(new Blob([JSON.stringify(batch)]).size <= 60_000);
  assert.ok(batch.length > 1);
});

test("an event that is too large for any batch goes alone", () => {
  assert.equal(firstBatch(events(3, "x".repeat(MOST_CHARACTERS))).length, 1);
});

test("of a refused batch stays what nothing was said against", () => {
  const left = withoutRefused(events(4), [{ field: "events.1.type" }, { field: "events.3" }]);
  assert.deepEqual(left.map(({ id }) => id), ["0", "2"]);
});

test("of a batch that is refused as such nothing stays", () => {
  assert.deepEqual(withoutRefused(events(4), [{ field: "events.1.type" }, { field: "screen.device" }]), []);
  assert.deepEqual(withoutRefused(events(4), []), []);
});

test("texts are cut to what the API takes", () => {
  const long = "x".repeat(2_000);
  const short = cut({ type: "form_error", task: long, field: long, error: long, page: long, facts: { postcode: long } });
  const { task, field, error, page, facts } = short;
  assert.deepEqual([task, field, error, page, facts?.["postcode"]].map((text) => text?.length), [64, 64, 256, 256, 1_000]);
});
