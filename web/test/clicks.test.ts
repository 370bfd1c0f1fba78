import assert from "node:assert/strict";
import { test } from "node:test";
import { type Click, isRage } from "../client/clicks.js";

const click = (at: number, x = 100, y = 100): Click => ({ at, x, y });

test("four fast clicks on one spot are rage", () => {
  assert.ok(isRage([click(0), click(200, 104), click(390), click(600, 98, 103)]));
});

test("a double click, a paragraph's three, slow ones and ones all over the page are not", () => {
  assert.ok(!isRage([click(0), click(100), click(200)]));
  assert.ok(!isRage([click(0), click(600), click(1_200), click(1_800)]));
  assert.ok(!isRage([click(0), click(200, 300), click(400, 500), click(600, 700)]));
  assert.ok(!isRage([]));
});
