/** Goods for 50.00 and more are shipped for free. */
export function shippingCents(goodsCents) {
  return goodsCents >= 5000 ? 0 : 490;
}
