import { readLines, type TestCountReader } from "../test-count-reader.ts";

/** Bats' pretty formatter; without a terminal Bats writes TAP. */
export const reader: TestCountReader = {
  id: "bats",
  read(lines) {
    const firstMark = lines.findIndex((line) => /(?:^| )(?:✓|✗|-) \S/.test(line));
    return readLines(lines, /^(\d+) tests?, (\d+) failures?(?:, (\d+) skipped)?$/, (match, index) => {
      if (match[1] !== "0" && (firstMark === -1 || firstMark > index)) return undefined;
      const failed = Number(match[2]);
      const skipped = Number(match[3] ?? 0);
      return {
        from: index,
        to: index,
        passed: Math.max(0, Number(match[1]) - failed - skipped),
        failed,
        skipped,
      };
    });
  },
};
