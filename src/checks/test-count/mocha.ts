import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** Mocha's `spec`, `dot` and their kin: two spaces, `n passing (time)`, then `pending` and `failing`. */
export const reader: TestCountReader = {
  id: "mocha",
  read: (lines) =>
    readLines(lines, /^ {2}(\d+) passing \(\d+(?:\.\d+)?(?:ms|s|m|h)\)$/, (match, index) => {
      const after = lines.slice(index + 1, index + 3).join("\n");
      return {
        from: index,
        to: index,
        passed: Number(match[1]),
        failed: amount(after, /^ {2}(\d+) failing$/m),
        skipped: amount(after, /^ {2}(\d+) pending$/m),
      };
    }),
};
