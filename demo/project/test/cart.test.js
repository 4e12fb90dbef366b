import assert from "node:assert/strict";
import { test } from "node:test";
import { lineCents, orderCents } from "../src/cart.js";

test("nine articles cost the full price", () => {
  assert.equal(lineCents({ quantity: 9, unitCents: 300 }), 2700);
});

test("the tenth article brings the discount", () => {
  assert.equal(lineCents({ quantity: 10, unitCents: 300 }), 2700);
});

test("an order adds shipping to the discounted goods", () => {
  assert.equal(orderCents([{ quantity: 10, unitCents: 300 }]), 3190);
});
