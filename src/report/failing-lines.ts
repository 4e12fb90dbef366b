export interface Excerpt {
  readonly lines: readonly string[];
  /** Index of the first line of `lines` in the whole text, from 0. */
  readonly start: number;
  /** Index of the first failing line in the whole text; `undefined` where no line speaks of a failure. */
  readonly failing: number | undefined;
  readonly total: number;
}

/** The lines around the first one that says what went wrong; the end of the text where no line does. */
export function failingExcerpt(
  text: string,
  { before = 5, lines = 40 }: { readonly before?: number; readonly lines?: number } = {},
): Excerpt {
  const all = text.replace(/\n+$/, "").split("\n");
  const failing = firstFailing(all);
  const start = Math.max(
    0,
    Math.min((failing ?? all.length) - (failing === undefined ? lines : before), all.length - lines),
  );
  return { lines: all.slice(start, start + lines), start, failing, total: all.length };
}

/** Index of the first failing line: what a runner or compiler marks as a failure beats a line that only mentions one. */
export function firstFailing(lines: readonly string[]): number | undefined {
  const marked = lines.findIndex((line) => strong.test(line) && !harmless.test(line));
  if (marked !== -1) return marked;
  const mentioned = lines.findIndex((line) => weak.test(line) && !harmless.test(line));
  return mentioned === -1 ? undefined : mentioned;
}

// TAP, node:test, Mocha, Jest, Vitest, pytest, unittest, Go, Rust, tsc, ESLint, GCC and Clang, plain exceptions.
const strong =
  /^\s*not ok\b|^\s*[✖✗×✘●]|^\s*(---\s+)?FAIL\b|^E\s{2,}|^FAILED\b|^ERROR\b|^(FAIL|ERROR): |\berror (TS\d+|CS\d+)|^error(\[|:)|: (fatal )?error:? |^\s*\d+:\d+\s+error\b|^Traceback \(|\bpanicked at\b|^panic:|^\s*(Uncaught\s+)?(Assertion|Type|Reference|Syntax|Range)?Error(:| \[)/;

const weak =
  /\b(error|failed|failure|exception|panic|assert\w*|cannot|not found|unexpected|timed? ?out|refused|denied)\b/i;

// Summaries and passing lines that only contain the word.
const harmless =
  /\b(0|no) (errors?|fail(ed|ures?|ing)?)\b|\b(fail(ed|ures?)?|errors?)[:= ]+0\b|^\s*(ok\b|[✓✔√]|PASS\b|# Subtest)/i;
