const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A whole number and a unit, as in `90s`, `10m`, `2h`, `30d`. */
export const durationPattern = /^([1-9][0-9]{0,8})(ms|s|m|h|d)$/;

/** Milliseconds, or `undefined` for a text that is not a duration. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const each = unitMs[unit];
  return each === undefined ? undefined : Number(count) * each;
}

/** The shortest exact way to write it: 90000 is `90s`, 600000 is `10m`. */
export function writeDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const each = unitMs[unit] ?? 1;
    if (ms >= each && ms % each === 0) return `${ms / each}${unit}`;
  }
  return `${ms}ms`;
}
