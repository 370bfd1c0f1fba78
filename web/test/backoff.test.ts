import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../client/backoff.js";

test("waits double, up to half a minute, and at least half of it is waited", () => {
  const longest = [1, 2, 3, 6, 7, 50].map((failures) => backoff(failures, () => 1));
  assert.deepEqual(longest, [500, 1_000, 2_000, 16_000, 30_000, 30_000]);
  assert.equal(backoff(3, () => 0), 1_000);
});

test("two clients that lost the same server do not come back together", () => {
  assert.notEqual(backoff(5), backoff(5));
});
