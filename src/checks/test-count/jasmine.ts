import { lineBefore, readLines, type TestCountReader } from "../test-count-reader.ts";

/** Jasmine's own reporter: counts, then `Finished in …`. */
export const reader: TestCountReader = {
  id: "jasmine",
  read: (lines) =>
    readLines(lines, /^(\d+) specs?, (\d+) failures?(?:, (\d+) pending specs?)?$/, (match, index) => {
      const finished = lines
        .slice(index + 1, index + 3)
        .some((line) => /^Finished in [\d.]+ seconds?$/.test(line));
      if (!finished || lineBefore(lines, index, /^Started$/) === undefined) return undefined;
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
