import { readLines, type TestCountReader } from "../test-count-reader.ts";

/** Bats' pretty formatter; without a terminal Bats writes TAP. */
export const reader: TestCountReader = {
  id: "bats",
  read: (lines) =>
    readLines(lines, /^(\d+) tests?, (\d+) failures?(?:, (\d+) skipped)?$/, (match, index) => {
      const marked = lines.slice(0, index).some((line) => /(?:^| )(?:✓|✗|-) \S/.test(line));
      if (!marked && match[1] !== "0") return undefined;
      const failed = Number(match[2]);
      const skipped = Number(match[3] ?? 0);
      return {
        from: index,
        to: index,
        passed: Math.max(0, Number(match[1]) - failed - skipped),
        failed,
        skipped,
      };
    }),
};
