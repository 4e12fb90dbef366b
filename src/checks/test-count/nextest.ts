import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** cargo-nextest's summary line. */
export const reader: TestCountReader = {
  id: "nextest",
  read: (lines) =>
    readLines(lines, /^ *Summary \[ *[\d.]+s\] (?:\d+\/)?\d+ tests? run: .*$/, (match, index) => ({
      from: index,
      to: index,
      passed: amount(match[0], / (\d+) passed\b/),
      failed:
        amount(match[0], / (\d+) failed\b/) +
        amount(match[0], / (\d+) timed out\b/) +
        amount(match[0], / (\d+) exec failed\b/),
      skipped: amount(match[0], / (\d+) skipped\b/),
    })),
};
