import type { Change, FileChange } from "../../../src/core/change.ts";

export interface Versions {
  readonly path: string;
  readonly from?: string;
  readonly before?: string;
  readonly after?: string;
}

/** The change between versions of files, with three lines of context, as git would show it. */
export function changeOf(...files: readonly Versions[]): Change {
  return { base: "base", head: "head", files: files.map(fileOf) };
}

function fileOf({ path, from, before, after }: Versions): FileChange {
  const lines = editsOf(linesOf(before), linesOf(after));
  return {
    path,
    status:
      before === undefined
        ? "added"
        : after === undefined
          ? "deleted"
          : from === undefined
            ? "modified"
            : "renamed",
    ...(from === undefined ? {} : { from }),
    added: lines.filter((line) => line.startsWith("+")).length,
    removed: lines.filter((line) => line.startsWith("-")).length,
    binary: false,
    hunks: hunksOf(lines),
  };
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function editsOf(a: readonly string[], b: readonly string[]): readonly string[] {
  const common = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row !== undefined)
        row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const out: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(` ${a[i]}`);
      i++;
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) out.push(`-${a[i++]}`);
    else out.push(`+${b[j++]}`);
  }
  return out;
}

const context = 3;

function hunksOf(lines: readonly string[]): string {
  const changed = lines.flatMap((line, at) => (line.startsWith(" ") ? [] : [at]));
  const kept = lines.map((_, at) => changed.some((other) => Math.abs(other - at) <= context));
  const out: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  lines.forEach((line, at) => {
    if (kept[at] === true) {
      if (kept[at - 1] !== true) {
        const end = kept.findIndex((keep, later) => later > at && !keep);
        const hunk = lines.slice(at, end === -1 ? undefined : end);
        const olds = hunk.filter((one) => !one.startsWith("+")).length;
        const news = hunk.filter((one) => !one.startsWith("-")).length;
        out.push(
          `@@ -${olds === 0 ? oldLine - 1 : oldLine},${olds} +${news === 0 ? newLine - 1 : newLine},${news} @@`,
        );
      }
      out.push(line);
    }
    if (!line.startsWith("+")) oldLine++;
    if (!line.startsWith("-")) newLine++;
  });
  return out.length === 0 ? "" : `${out.join("\n")}\n`;
}
