import { readLines, type TestCountReader } from "../test-count-reader.ts";

/** Maven Surefire and Failsafe: one total for each module (the lines for single classes carry `Time elapsed`). */
export const reader: TestCountReader = {
  id: "maven",
  read: (lines) => [
    ...readLines(
      lines,
      /^(?:\[(?:INFO|WARNING|ERROR)\] )?Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)(?:, Flakes: \d+)?$/,
      (match, index) => {
        const failed = Number(match[2]) + Number(match[3]);
        const skipped = Number(match[4]);
        return {
          from: index,
          to: index,
          passed: Math.max(0, Number(match[1]) - failed - skipped),
          failed,
          skipped,
        };
      },
    ),
    ...readLines(lines, /^(?:\[INFO\] )?No tests (?:to run|were executed)[.!]?$/, (_, index) => ({
      from: index,
      to: index,
      passed: 0,
      failed: 0,
      skipped: 0,
    })),
  ],
};
