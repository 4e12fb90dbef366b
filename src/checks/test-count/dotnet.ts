import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** `dotnet test`: VSTest's line per assembly, its older block, and the summary of the terminal logger (.NET 9). */
export const reader: TestCountReader = {
  id: "dotnet",
  read: (lines) => [
    ...readLines(
      lines,
      /^(?:Passed|Failed|Skipped)! +- Failed: +(\d+), Passed: +(\d+), Skipped: +(\d+), Total: +\d+, Duration: .*$/,
      (match, index) => ({
        from: index,
        to: index,
        passed: Number(match[2]),
        failed: Number(match[1]),
        skipped: Number(match[3]),
      }),
    ),
    ...readLines(lines, /^Total tests: \d+$/, (_, index) => {
      const block = lines.slice(index + 1, index + 4).join("\n");
      if (!/^ +(?:Passed|Failed|Skipped): \d+$/m.test(block)) return undefined;
      return {
        from: index,
        to: index + 3,
        passed: amount(block, /^ +Passed: (\d+)$/m),
        failed: amount(block, /^ +Failed: (\d+)$/m),
        skipped: amount(block, /^ +Skipped: (\d+)$/m),
      };
    }),
    ...readLines(
      lines,
      /^Test summary: total: \d+, failed: (\d+), succeeded: (\d+), skipped: (\d+), duration: .*$/,
      (match, index) => ({
        from: index,
        to: index,
        passed: Number(match[2]),
        failed: Number(match[1]),
        skipped: Number(match[3]),
      }),
    ),
    ...readLines(lines, /^No test is available in .+\. Make sure that .*$/, (_, index) => ({
      from: index,
      to: index,
      passed: 0,
      failed: 0,
      skipped: 0,
    })),
  ],
};
