import { amount, lineBefore, readLines, type TestCountReader } from "../test-count-reader.ts";

/** ExUnit: `Finished in …` above, `n doctests, n tests, n failures, n excluded, n invalid, n skipped`. */
export const reader: TestCountReader = {
  id: "exunit",
  read: (lines) =>
    readLines(
      lines,
      /^(?:\d+ (?:doctests?|properties|property), )*\d+ tests?, (\d+) failures?(?: \(\d+ excluded\))?(?:, \d+ (?:excluded|invalid|skipped))*$/,
      (match, index) => {
        const from = lineBefore(lines, index, /^Finished in [\d.]+ seconds/, 3);
        if (from === undefined) return undefined;
        const counted =
          amount(match[0], /(\d+) doctests?,/) +
          amount(match[0], /(\d+) propert(?:ies|y),/) +
          amount(match[0], /(\d+) tests?,/);
        const failed = Number(match[1]) + amount(match[0], /, (\d+) invalid/);
        const skipped = amount(match[0], /(\d+) excluded/) + amount(match[0], /, (\d+) skipped/);
        return { from, to: index, passed: Math.max(0, counted - failed - skipped), failed, skipped };
      },
    ),
};
