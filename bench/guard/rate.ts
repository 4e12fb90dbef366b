import { wilson } from "../../src/evidence/wilson.ts";

/** As in `3 of 5,000 (0.06 %, at most 0.18 %)`; the bound is Wilson's, 95 %. */
export function rate(k: number, n: number, bound: "high" | "low"): string {
  const edge = wilson(k, n)[bound];
  const word = bound === "high" ? "at most" : "at least";
  return `${count(k)} of ${count(n)} (${percent(k / n)}, ${word} ${percent(edge)})`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
