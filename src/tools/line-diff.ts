import { diffId } from "../core/diff.ts";

export interface LineDiff {
  readonly added: number;
  readonly removed: number;
  readonly diffId: string;
  /** The changed lines with up to three lines around them, as they were and as they are. */
  readonly before: string;
  readonly after: string;
}

const contextLines = 3;
const snippetCharacters = 4000;
/** Above so many pairs of lines no longest common sequence is looked for: everything between counts as changed. */
const pairsAtMost = 4_000_000;

/** The difference between two versions of one file. A last line with and without its line break are different lines. */
export function lineDiff(path: string, before: string, after: string): LineDiff {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start += 1;
  let tail = 0;
  while (
    tail < old.length - start &&
    tail < fresh.length - start &&
    old.at(-1 - tail) === fresh.at(-1 - tail)
  )
    tail += 1;
  const removed = old.slice(start, old.length - tail);
  const added = fresh.slice(start, fresh.length - tail);
  const common = commonLines(removed, added);
  const around = (lines: readonly string[]): string =>
    bounded(
      lines
        .slice(Math.max(0, start - contextLines), lines.length - Math.max(0, tail - contextLines))
        .join(""),
    );
  return {
    added: added.length - common,
    removed: removed.length - common,
    diffId: diffId(canonicalPatch(path, start, removed, added)),
    before: around(old),
    after: around(fresh),
  };
}

/** Lines with their line breaks. */
export function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function canonicalPatch(
  path: string,
  start: number,
  removed: readonly string[],
  added: readonly string[],
): string {
  if (removed.length + added.length === 0) return "";
  const lines = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
  const marked = lines.map((line) =>
    line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`,
  );
  return `${path}\n@@ -${start + 1},${removed.length} +${start + 1},${added.length} @@\n${marked.join("")}`;
}

// Length of the longest common subsequence, one row at a time.
function commonLines(a: readonly string[], b: readonly string[]): number {
  if (a.length * b.length > pairsAtMost) return 0;
  let row = Array.from({ length: b.length + 1 }, () => 0);
  for (const line of a) {
    const next = [0];
    for (const [index, other] of b.entries())
      next.push(line === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

function bounded(text: string): string {
  if (text.length <= snippetCharacters) return text;
  const half = snippetCharacters / 2;
  return `${text.slice(0, half)}\n[… ${text.length - snippetCharacters} characters cut …]\n${text.slice(-half)}`;
}
