import { shippingCents } from "./shipping.js";

/** Ten or more of one article cost 10 % less. */
export function lineCents({ quantity, unitCents }) {
  const full = quantity * unitCents;
  return quantity > 10 ? Math.round(full * 0.9) : full;
}

export function orderCents(lines) {
  const goods = lines.reduce((sum, line) => sum + lineCents(line), 0);
  return goods + shippingCents(goods);
}
