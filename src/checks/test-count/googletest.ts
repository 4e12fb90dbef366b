import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** GoogleTest: `[==========] n tests from m test suites ran.` and the counts below it. */
export const reader: TestCountReader = {
  id: "googletest",
  read: (lines) =>
    readLines(
      lines,
      /^\[={10}\] \d+ tests? from \d+ test (?:suites?|cases?) ran\. \(\d+ ms total\)$/,
      (_, index) => {
        const next = lines.findIndex((line, at) => at > index && /^\[={10}\]/.test(line));
        const below = lines.slice(index + 1, next === -1 ? undefined : next).join("\n");
        return {
          from: index,
          to: index + 1,
          passed: amount(below, /^\[ {2}PASSED {2}\] (\d+) tests?\.$/m),
          failed: amount(below, /^\[ {2}FAILED {2}\] (\d+) tests?, listed below:$/m),
          skipped: amount(below, /^\[ {2}SKIPPED \] (\d+) tests?, listed below:$/m),
        };
      },
    ),
};
