import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** `deno test`. Steps stand in brackets and are not tests of their own. */
export const reader: TestCountReader = {
  id: "deno",
  read: (lines) => [
    ...readLines(
      lines,
      /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| .*)? \([\dmsh.]+\)$/,
      (match, index) => ({
        from: index,
        to: index,
        passed: Number(match[1]),
        failed: Number(match[2]),
        skipped: amount(match[0], / (\d+) ignored\b/),
      }),
    ),
    ...readLines(lines, /^error: No test modules found$/, (_, index) => ({
      from: index,
      to: index,
      passed: 0,
      failed: 0,
      skipped: 0,
    })),
  ],
};
