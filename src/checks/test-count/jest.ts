import { amounts, lineBefore, readLines, total, type TestCountReader } from "../test-count-reader.ts";

/** Jest 20 and later: `Test Suites:` stands right above `Tests:`. */
export const reader: TestCountReader = {
  id: "jest",
  read: (lines) => [
    ...readLines(lines, /^Tests: {2,}((?:\d+ [a-z]+, )*\d+ total)$/, (match, index) => {
      const from = lineBefore(lines, index, /^Test Suites: .*\btotal$/, 1);
      if (from === undefined) return undefined;
      const found = amounts(String(match[1]));
      return {
        from,
        to: index,
        passed: total(found, "passed"),
        failed: total(found, "failed"),
        skipped: total(found, "skipped", "todo", "pending", "disabled"),
      };
    }),
    ...readLines(lines, /^No tests found, exiting with code \d+$/, (_, index) => ({
      from: index,
      to: index,
      passed: 0,
      failed: 0,
      skipped: 0,
    })),
  ],
};
