import { amount, lineBefore, readLines, type TestCountReader } from "../test-count-reader.ts";

/** `bun test`: indented counts, then `Ran n tests across m files.` */
export const reader: TestCountReader = {
  id: "bun",
  read: (lines) => [
    ...readLines(lines, /^Ran \d+ tests? across \d+ files?\. .*\[[\d.]+ ?m?s\]$/, (_, index) => {
      const first = lineBefore(lines, index, /^ +\d+ pass$/, 8);
      if (first === undefined) return undefined;
      const block = lines.slice(first, index).join("\n");
      return {
        from: first,
        to: index,
        passed: amount(block, /^ +(\d+) pass$/m),
        failed: amount(block, /^ +(\d+) fail$/m),
        skipped: amount(block, /^ +(\d+) skip$/m) + amount(block, /^ +(\d+) todo$/m),
      };
    }),
    ...readLines(lines, /^No tests found!$/, (_, index) =>
      lineBefore(lines, index, /^bun test v/) === undefined
        ? undefined
        : { from: index, to: index, passed: 0, failed: 0, skipped: 0 },
    ),
  ],
};
