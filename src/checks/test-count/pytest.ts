import { amounts, readLines, total, type TestCountReader } from "../test-count-reader.ts";

/**
 * pytest's last line, with its rule of `=` or bare under `-q`. An error in a fixture is a test that did not end well;
 * an expected failure (xfail) ran.
 */
export const reader: TestCountReader = {
  id: "pytest",
  read: (lines) =>
    readLines(lines, summary, (match, index) => {
      const found = amounts(String(match[1]));
      return {
        from: index,
        to: index,
        passed: total(found, "passed", "xpassed", "xfailed"),
        failed: total(found, "failed", "error", "errors"),
        skipped: total(found, "skipped"),
      };
    }),
};

const word = "(?:passed|failed|errors?|skipped|deselected|xfailed|xpassed|warnings?|rerun|subtests passed)";
const summary = new RegExp(
  `^(?:=+ )?(no tests ran|no tests collected|(?:\\d+ ${word}, )*\\d+ ${word}) in \\d+(?:\\.\\d+)?s(?: \\(\\d+:\\d\\d:\\d\\d\\))?(?: =+)?$`,
);
