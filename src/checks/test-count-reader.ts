/** Recognises one runner's own words about how many tests it ran. One file per runner in `test-count/`. */
export interface TestCountReader {
  /** As in `TestCount.runner`. */
  readonly id: string;
  /** Lines come without colour codes. Nothing recognised gives no reading, which is not the same as a reading of zero. */
  read(lines: readonly string[]): readonly Reading[];
}

/** One finished run of a runner, and the lines (indexes, inclusive) that tell of it. */
export interface Reading {
  readonly from: number;
  readonly to: number;
  readonly passed: number;
  readonly failed: number;
  /** Skipped, pending, todo, ignored, disabled. */
  readonly skipped: number;
}

/** One reading for each line that matches as a whole. */
export function readLines(
  lines: readonly string[],
  pattern: RegExp,
  take: (match: RegExpExecArray, index: number) => Reading | undefined,
): readonly Reading[] {
  return lines.flatMap((line, index) => {
    const match = line.length > longestLine ? null : pattern.exec(line);
    const reading = match === null ? undefined : take(match, index);
    return reading === undefined ? [] : [reading];
  });
}

// No runner writes a summary line of this length; bounding it bounds every pattern's work.
const longestLine = 2000;

/** The index of the nearest line at or before `index` that matches, at most `within` lines back. */
export function lineBefore(
  lines: readonly string[],
  index: number,
  pattern: RegExp,
  within = lines.length,
): number | undefined {
  for (let at = index; at >= 0 && at >= index - within; at--) if (pattern.test(lines[at] ?? "")) return at;
  return undefined;
}

/** The number that a pattern's first group captures in the text, or 0. */
export function amount(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? 0);
}

/** Numbers by word of a list such as `2 passed, 1 failed`. A word that comes twice is added up. */
export function amounts(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [, number, word] of text.matchAll(/(\d+)\s+([a-z]+(?: (?:failures?|successes))?)/gi)) {
    const key = String(word).toLowerCase();
    found.set(key, (found.get(key) ?? 0) + Number(number));
  }
  return found;
}

/** The sum of the named numbers. */
export function total(found: ReadonlyMap<string, number>, ...words: readonly string[]): number {
  return words.reduce((sum, word) => sum + (found.get(word) ?? 0), 0);
}
