import { readLines, type TestCountReader } from "../test-count-reader.ts";

/** CTest. Disabled tests are outside its `out of n`; a test that skipped itself is inside and stands as passed. */
export const reader: TestCountReader = {
  id: "ctest",
  read: (lines) => [
    ...readLines(lines, /^\d+% tests passed, (\d+) tests? failed out of (\d+)$/, (match, index) => {
      const failed = Number(match[1]);
      const before = lines.slice(0, index);
      const start = before.findLastIndex((line) => line.startsWith("Test project "));
      const region = before.slice(Math.max(0, start));
      const disabled = region.filter((line) => /\*\*\*Not Run \(Disabled\)/.test(line)).length;
      const skipped = region.filter((line) => /\*\*\*Skipped +[\d.]+ sec$/.test(line)).length;
      return {
        from: Math.max(0, start),
        to: index,
        passed: Math.max(0, Number(match[2]) - failed - skipped),
        failed,
        skipped: skipped + disabled,
      };
    }),
    ...readLines(lines, /^No tests were found!!!$/, (_, index) => ({
      from: index,
      to: index,
      passed: 0,
      failed: 0,
      skipped: 0,
    })),
  ],
};
