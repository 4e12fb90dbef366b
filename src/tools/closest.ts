import { linesOf } from "./line-diff.ts";
import type { LineRange } from "./match.ts";

export interface Closest {
  readonly range: LineRange;
  /** The first thing in which the text there differs from the anchor, in words. */
  readonly differs: string;
}

/** Anchor lines that are compared; longer anchors are found by their beginning. */
const anchorLines = 30;
/** Comparisons of unequal lines; after so many only equal ones count. */
const comparisonsAtMost = 200_000;
/** Below this share of likeness a region has nothing to do with the anchor. */
const likeEnough = 0.4;

/** The region of a text that is most like an anchor that does not stand in it; `undefined` where nothing is like it. */
export function closest(text: string, anchor: string): Closest | undefined {
  const lines = linesOf(text);
  const wanted = linesOf(anchor).slice(0, anchorLines);
  const compare = comparer();
  let best = { score: 0, at: 0 };
  for (let at = 0; at < lines.length; at += 1) {
    let score = 0;
    for (const [offset, line] of wanted.entries()) score += compare(line, lines[at + offset] ?? "");
    if (score > best.score) best = { score, at };
  }
  if (wanted.length === 0 || best.score / wanted.length < likeEnough) return undefined;
  const there = lines.slice(best.at, best.at + wanted.length);
  return {
    range: { first: best.at + 1, last: best.at + there.length },
    differs: difference(wanted, there, best.at + 1),
  };
}

function difference(wanted: readonly string[], there: readonly string[], first: number): string {
  const same = (edit: (line: string) => string): boolean =>
    wanted.every((line, index) => edit(line) === edit(there[index] ?? ""));
  if (same((line) => line.replace(/\r?\n$/, "")) && ending(wanted) !== ending(there))
    return ending(there)
      ? "only the line endings differ: the file has CRLF, old_str has LF"
      : "only the line endings differ: the file has LF, old_str has CRLF";
  const at = wanted.findIndex((line, index) => bare(line) !== bare(there[index] ?? ""));
  const index = Math.max(0, at);
  const pair = `line ${first + index} is ${quote(there[index])}, old_str has ${quote(wanted[index])}`;
  if (same((line) => line.replace(/\s+/g, ""))) return `only white space differs: ${pair}`;
  if (same((line) => line.toLowerCase().trim())) return `only upper and lower case differ: ${pair}`;
  return pair;
}

function ending(lines: readonly string[]): boolean {
  return lines.some((line) => line.endsWith("\r\n"));
}

function bare(line: string): string {
  return line.replace(/\r?\n$/, "");
}

function quote(line: string | undefined): string {
  if (line === undefined) return "the end of the file";
  return JSON.stringify(bare(line).slice(0, 200));
}

// Likeness of two lines from 0 to 1. Blank lines say nothing about where a region is.
function comparer(): (a: string, b: string) => number {
  let compared = 0;
  const known = new Map<string, ReadonlyMap<string, number>>();
  const pairs = (line: string): ReadonlyMap<string, number> => {
    const found = known.get(line) ?? pairsOf(line);
    known.set(line, found);
    return found;
  };
  return (a, b) => {
    if (a === b) return a.trim() === "" ? 0.1 : 1;
    const [left, right] = [a.trim(), b.trim()];
    if (left === "" || right === "") return 0;
    if (left === right) return 0.95;
    compared += 1;
    if (compared > comparisonsAtMost) return 0;
    return 0.9 * dice(pairs(left), pairs(right));
  };
}

function pairsOf(line: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const text = line.slice(0, 200);
  for (let at = 0; at + 1 < text.length; at += 1) {
    const pair = text.slice(at, at + 2);
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return counts;
}

// Sørensen-Dice coefficient over pairs of characters.
function dice(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let shared = 0;
  let total = 0;
  for (const [pair, count] of a) {
    shared += Math.min(count, b.get(pair) ?? 0);
    total += count;
  }
  for (const count of b.values()) total += count;
  return total === 0 ? 0 : (2 * shared) / total;
}
