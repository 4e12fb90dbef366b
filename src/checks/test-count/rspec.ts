import { lineBefore, readLines, type TestCountReader } from "../test-count-reader.ts";

/** RSpec: `Finished in …` stands right above the counts. Pending examples are among the examples. */
export const reader: TestCountReader = {
  id: "rspec",
  read: (lines) =>
    readLines(
      lines,
      /^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?(?:, \d+ errors? occurred outside of examples)?$/,
      (match, index) => {
        const from = lineBefore(lines, index, /^Finished in .*\bseconds?\b/, 2);
        if (from === undefined) return undefined;
        const failed = Number(match[2]);
        const skipped = Number(match[3] ?? 0);
        return { from, to: index, passed: Math.max(0, Number(match[1]) - failed - skipped), failed, skipped };
      },
    ),
};
