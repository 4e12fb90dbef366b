import { amounts, readLines, total, type TestCountReader } from "../test-count-reader.ts";

/** Pest, and Laravel's `artisan test`: counts, then the assertions in brackets. */
export const reader: TestCountReader = {
  id: "pest",
  read: (lines) =>
    readLines(lines, /^ {2}Tests: {2,}((?:\d+ [a-z]+, )*\d+ [a-z]+) \(\d+ assertions?\)$/, (match, index) => {
      const found = amounts(String(match[1]));
      return {
        from: index,
        to: index,
        passed: total(found, "passed", "warnings", "warning", "risky", "deprecated"),
        failed: total(found, "failed"),
        skipped: total(found, "skipped", "todo", "todos", "incomplete"),
      };
    }),
};
