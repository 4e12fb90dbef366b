import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** PHPUnit 6 to 12. `No tests found in class` is a warning that PHPUnit counts as a test. */
export const reader: TestCountReader = {
  id: "phpunit",
  read(lines) {
    const hollow = lines.filter((line) => line.startsWith('No tests found in class "')).length;
    return [
      ...readLines(lines, /^OK \((\d+) tests?, \d+ assertions?\)$/, (match, index) => ({
        from: index,
        to: index,
        passed: Number(match[1]),
        failed: 0,
        skipped: 0,
      })),
      ...readLines(lines, /^Tests: (\d+), Assertions: \d+(?:, [A-Za-z ]+: \d+)*\.$/, (match, index) => {
        const number = (key: string): number => amount(match[0], new RegExp(`, ${key}: (\\d+)`));
        const failed = number("Errors") + number("Failures");
        const skipped = number("Skipped") + number("Incomplete");
        return {
          from: index,
          to: index,
          passed: Math.max(0, Number(match[1]) - failed - skipped - hollow),
          failed,
          skipped,
        };
      }),
      ...readLines(lines, /^No tests executed!$/, (_, index) => ({
        from: index,
        to: index,
        passed: 0,
        failed: 0,
        skipped: 0,
      })),
    ];
  },
};
