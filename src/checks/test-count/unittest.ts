import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** Python's unittest, Django's runner and nose: a rule, `Ran n tests in …`, an empty line, the result. Skipped tests are among the n. */
export const reader: TestCountReader = {
  id: "unittest",
  read: (lines) =>
    readLines(lines, /^Ran (\d+) tests? in [\d.]+s$/, (match, index) => {
      const result = lines
        .slice(index + 1, index + 3)
        .find((line) => /^(?:OK|FAILED|NO TESTS RAN)(?: \([a-z0-9=, ]+\))?$/.test(line));
      if (result === undefined) return undefined;
      const skipped = amount(result, /[( ]skipped=(\d+)/);
      const failed =
        amount(result, /[(] ?failures=(\d+)/) +
        amount(result, /[( ]errors=(\d+)/) +
        amount(result, /[( ]unexpected successes=(\d+)/);
      // An error in a class's set-up is counted as an error and not as a test.
      const passed = Math.max(0, Number(match[1]) - skipped - failed);
      return { from: index, to: index + 2, passed, failed, skipped };
    }),
};
