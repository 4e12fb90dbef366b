/** A share with its bounds, each between 0 and 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Bounds of a share of `n` where `k` were counted: Wilson's score interval (1927), two-sided, 95 %. For `k` of 0 the
 * upper bound is what "none of n" can promise; nothing looked at promises nothing.
 */
export function wilson(k: number, n: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const share = k / n;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { low: k === 0 ? 0 : middle - half, high: k === n ? 1 : middle + half };
}
