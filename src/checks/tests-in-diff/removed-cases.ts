import type { FileChange } from "../../core/change.ts";
import type { Finding } from "../../core/finding.ts";
import { factAbout } from "./fact-about.ts";
import { isTestFile, type Language, languageOf } from "../../core/test-language.ts";
import { readHunks, type SideLine } from "./sides.ts";

/** Code in the tests' own folders: tests, and the tables of cases that they read. */
export function isTestMaterial(path: string): boolean {
  return (
    languageOf(path) !== undefined &&
    (isTestFile(path) || /(?:^|\/)(?:tests?|__tests__|specs?|testdata|__fixtures__)\//.test(path))
  );
}

/**
 * Rows that a table of cases lost and that no other row took the place of. A test that runs over a table keeps its head
 * and its assertions when a row goes, and its runner may count it as one test before and after.
 */
export function removedCases(files: readonly FileChange[]): readonly Finding[] {
  const material = files.filter((file) => isTestMaterial(file.path) && file.status !== "deleted");
  const arrived = new Map<string, number>();
  const read = material.map((file) => {
    const language = languageOf(file.path);
    const hunks = language === undefined ? [] : readHunks(file.hunks);
    const before = hunks.flatMap((hunk) => (language === undefined ? [] : rowsOf(hunk.before, language)));
    const after = hunks.flatMap((hunk) => (language === undefined ? [] : rowsOf(hunk.after, language)));
    for (const { key } of after) arrived.set(key, (arrived.get(key) ?? 0) + 1);
    return { file, before, after };
  });
  return read.flatMap(({ file, before, after }) => {
    // A row that moved, also to another file, is not lost.
    const lost = before.filter(({ key }) => {
      const left = arrived.get(key) ?? 0;
      arrived.set(key, left - 1);
      return left <= 0;
    });
    const net = lost.length - Math.max(0, after.length - (before.length - lost.length));
    const first = lost[0];
    if (net <= 0 || first === undefined) return [];
    return [
      {
        ...factAbout(
          "tests.weakened",
          `a table of cases in ${file.path} lost ${net === 1 ? "a row" : `${net} rows`} and none took ${net === 1 ? "its" : "their"} place`,
          {
            path: file.path,
            line: first.line,
            excerpt: lost.map(({ text }) => `- ${text}`).join("\n"),
          },
        ),
        measures: { rows: net },
      },
    ];
  });
}

interface Row {
  readonly text: string;
  /** Equal where restyling (quotes, spaces, a comma behind the last row) is all that differs. */
  readonly key: string;
  readonly line: number;
}

// Longer lines are data; leaving them out bounds the work on each.
const longestRow = 1000;

// A row is a whole bracketed value on a line of its own that has another one beside it; a lone one is an argument.
function rowsOf(lines: readonly SideLine[], language: Language): readonly Row[] {
  const keys = lines.map(({ text }) => keyOf(text.trim(), language));
  return lines.flatMap(({ changed, line, text }, at) => {
    const key = keys[at];
    const inTable = keys[at - 1] !== undefined || keys[at + 1] !== undefined;
    return changed && key !== undefined && inTable ? [{ text: text.trim(), key, line }] : [];
  });
}

function keyOf(text: string, { comment }: Language): string | undefined {
  if (text.length > longestRow || comment.test(text)) return undefined;
  const row = /^((?:[[({]|pytest\.param\().*[\])}]),?(?:\s*(?:\/\/|#).*)?$/.exec(text)?.[1];
  return row === undefined || !balanced(row) ? undefined : row.replace(/\s+/g, "").replace(/["`]/g, "'");
}

// `[['a', 1],` opens the table on the line of its first row, and is no row by itself.
function balanced(row: string): boolean {
  const bare = row.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "");
  const count = (pattern: RegExp): number => bare.match(pattern)?.length ?? 0;
  return count(/[([{]/g) === count(/[)\]}]/g);
}
