import { amount, lineBefore, readLines, type TestCountReader } from "../test-count-reader.ts";

/** Playwright Test's list, line and dot reporters: a `Running n tests using m workers` head and indented counts. */
export const reader: TestCountReader = {
  id: "playwright",
  read: (lines) => [
    ...readLines(lines, /^Running (\d+) tests? using \d+ workers?(?:, shard \d+ of \d+)?$/, (_, from) => {
      const next = lines.findIndex((line, at) => at > from && /^Running \d+ tests? using /.test(line));
      const region = lines.slice(from + 1, next === -1 ? undefined : next);
      const last = region.findLastIndex((line) => countLine.test(line));
      if (last === -1) return undefined;
      const text = region.filter((line) => countLine.test(line)).join("\n");
      return {
        from,
        to: from + 1 + last,
        passed: amount(text, /^ {2}(\d+) passed/m) + amount(text, /^ {2}(\d+) flaky$/m),
        failed: amount(text, /^ {2}(\d+) failed$/m) + amount(text, /^ {2}(\d+) interrupted$/m),
        skipped: amount(text, /^ {2}(\d+) skipped$/m) + amount(text, /^ {2}(\d+) did not run$/m),
      };
    }),
    ...readLines(lines, /^Error: No tests found\.?$/, (_, index) =>
      lineBefore(lines, index, /playwright/i) === undefined
        ? undefined
        : { from: index, to: index, passed: 0, failed: 0, skipped: 0 },
    ),
  ],
};

const countLine =
  /^ {2}\d+ (?:passed(?: \([\d.]+(?:ms|s|m|h)\))?|failed|flaky|skipped|did not run|interrupted)$/;
