import assert from "node:assert/strict";
import { test } from "node:test";
import { shippingCents } from "../src/shipping.js";

test("small orders pay for shipping", () => {
  assert.equal(shippingCents(4999), 490);
});

test("orders of 50.00 and more are shipped for free", () => {
  assert.equal(shippingCents(5000), 0);
});
