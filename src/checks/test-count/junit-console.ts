import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** The JUnit Platform's console launcher: a box of bracketed counts, tests after containers. */
export const reader: TestCountReader = {
  id: "junit-console",
  read: (lines) =>
    readLines(lines, /^\[ +\d+ tests found +\]$/, (_, index) => {
      const box = lines.slice(index, index + 6).join("\n");
      const number = (key: string): number => amount(box, new RegExp(`^\\[ +(\\d+) tests ${key} +\\]$`, "m"));
      return {
        from: index,
        to: Math.min(lines.length - 1, index + 5),
        passed: number("successful"),
        failed: number("failed"),
        skipped: number("skipped") + number("aborted"),
      };
    }),
};
