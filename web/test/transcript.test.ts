import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../client/frames.js";
import { Transcript } from "../client/transcript.js";

function message(cursor: number): Message {
  return { message_id: `m${cursor}`, cursor, at: "2026-11-26T09:00:00Z", from: { side: "agent" }, text: `${cursor}` };
}

test("each is shown once and in order, however they come", () => {
  for (let round = 0; round < 200; round++) {
    const transcript = new Transcript();
    const all = Array.from({ length: 12 }, (_, index) => index + 1);
    const coming = [...all, ...all].sort(() => Math.random() - 0.5);
    const shown = coming.flatMap((cursor) => transcript.take(message(cursor)));
    assert.deepEqual(shown.map(({ cursor }) => cursor), all, `came as ${coming}`);
    assert.ok(!transcript.gap);
  }
});

test("what leaves a gap waits for what is missing", () => {
  const transcript = new Transcript();
  assert.deepEqual(transcript.take(message(3)), []);
  assert.ok(transcript.gap);
  transcript.take(message(1));
  assert.deepEqual(transcript.take(message(2)).map(({ cursor }) => cursor), [2, 3]);
});

test("when the server has nothing more, what waits is shown, and nothing waits for ever", () => {
  const transcript = new Transcript();
  transcript.take(message(5));
  transcript.take(message(2));
  assert.deepEqual(transcript.complete(4).map(({ cursor }) => cursor), [2, 5]);
  assert.equal(transcript.seen, 5);
  assert.deepEqual(transcript.take(message(4)), []);
});
