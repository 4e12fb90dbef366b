import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** `cargo test`: one result line for each test binary and for the doc tests. Measured benchmarks ran too. */
export const reader: TestCountReader = {
  id: "cargo",
  read: (lines) =>
    readLines(
      lines,
      /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored;.*$/,
      (match, index) => ({
        from: index,
        to: index,
        passed: Number(match[1]) + amount(match[0], / (\d+) measured;/),
        failed: Number(match[2]),
        skipped: Number(match[3]),
      }),
    ),
};
