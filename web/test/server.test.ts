import assert from "node:assert/strict";
import { test } from "node:test";

test("a server that renders pages may load the client: it touches nothing before it is made", async () => {
  assert.equal(typeof globalThis.document, "undefined");
  const { Throughline } = await import("../client/index.js");
  assert.equal(typeof Throughline, "function");
});
