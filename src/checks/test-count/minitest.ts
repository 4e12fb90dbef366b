import { readLines, type TestCountReader } from "../test-count-reader.ts";

/** minitest (also under Rails) and test-unit: five or seven numbers in one fixed order. */
export const reader: TestCountReader = {
  id: "minitest",
  read: (lines) =>
    readLines(
      lines,
      /^(\d+) (?:runs|tests), \d+ assertions, (\d+) failures, (\d+) errors, (\d+) (?:skips|pendings, (\d+) omissions, \d+ notifications)$/,
      (match, index) => {
        const failed = Number(match[2]) + Number(match[3]);
        const skipped = Number(match[4]) + Number(match[5] ?? 0);
        return {
          from: index,
          to: index,
          passed: Math.max(0, Number(match[1]) - failed - skipped),
          failed,
          skipped,
        };
      },
    ),
};
