/** Lines as comments at the end of a file: an edit that looks busy and changes nothing. */
export function withComments(path: string, text: string, lines: readonly string[]): string {
  const sign = path.endsWith(".py") ? "#" : "//";
  const end = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${end}\n${lines.map((line) => `${sign} ${line.trim()}\n`).join("")}`;
}

/**
 * Marks every test that holds one of the given lines (from 1) to be skipped, as its runner spells it. `undefined` where
 * the language is not known or no test stands around any of the lines, for instance in a table of fixtures.
 */
export function muted(path: string, text: string, at: readonly number[]): string | undefined {
  const dialect = dialects.find(({ ending }) => ending.test(path));
  if (dialect === undefined) return undefined;
  const lines = text.split("\n");
  const heads = new Set(
    at.flatMap((number) => {
      const head = lines.findLastIndex((line, index) => index < number && dialect.head.test(line));
      return head === -1 ? [] : [head];
    }),
  );
  if (heads.size === 0) return undefined;
  const marked = lines.flatMap((line, index) => (heads.has(index) ? dialect.mark(line) : [line]));
  return dialect.finish(marked).join("\n");
}

interface Dialect {
  readonly ending: RegExp;
  readonly head: RegExp;
  readonly mark: (line: string) => readonly string[];
  readonly finish: (lines: readonly string[]) => readonly string[];
}

const dialects: readonly Dialect[] = [
  {
    ending: /\.py$/,
    head: /^\s*(?:async )?def test\w*\(/,
    mark: (line) => [`${/^\s*/.exec(line)?.[0] ?? ""}@pytest.mark.skip(reason="not now")`, line],
    finish: (lines) => {
      if (lines.some((line) => /^import pytest\b/.test(line))) return lines;
      const first = lines.findIndex((line) => /^(?:import|from) (?!__future__)/.test(line));
      return lines.toSpliced(Math.max(0, first), 0, "import pytest");
    },
  },
  {
    ending: /_test\.go$/,
    head: /^func Test\w*\(t \*testing\.T\) \{/,
    mark: (line) => [line, '\tt.Skip("not now")'],
    finish: (lines) => lines,
  },
  {
    ending: /\.[cm]?[jt]s$/,
    head: /^\s*it\(/,
    mark: (line) => [line.replace(/\bit\(/, "it.skip(")],
    finish: (lines) => lines,
  },
];
