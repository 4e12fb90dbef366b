import { amounts, lineBefore, readLines, total, type TestCountReader } from "../test-count-reader.ts";

/** Vitest: ` Test Files …` stands right above `      Tests …`. A crashed file says `no tests`. */
export const reader: TestCountReader = {
  id: "vitest",
  read: (lines) => [
    ...readLines(lines, /^ *Tests {2}(no tests|\d+ [a-z ]+(?: \| \d+ [a-z ]+)* \(\d+\))$/, (match, index) => {
      const from = lineBefore(lines, index, /^ *Test Files {2}/, 1);
      if (from === undefined) return undefined;
      const found = amounts(String(match[1]));
      return {
        from,
        to: index,
        passed: total(found, "passed", "expected fail"),
        failed: total(found, "failed"),
        skipped: total(found, "skipped", "todo"),
      };
    }),
    ...readLines(lines, /^No test files found, exiting with code \d+$/, (_, index) => ({
      from: index,
      to: index,
      passed: 0,
      failed: 0,
      skipped: 0,
    })),
  ],
};
