import { readLines, type Reading, type TestCountReader } from "../test-count-reader.ts";

/**
 * Gradle says nothing about tests that passed unless `testLogging` asks for it; then each test has a line of its own.
 * Otherwise it tells of failures (`n tests completed, m failed`) and of tasks without sources. A test task that is up to
 * date ran nothing, and a task that succeeded in silence stays unknown: configure `junit` for it.
 */
export const reader: TestCountReader = {
  id: "gradle",
  read(lines) {
    if (!lines.some((line) => /^(?:> Task :|BUILD (?:SUCCESSFUL|FAILED) in )/.test(line))) return [];
    const events = readLines(lines, /^\S.* > .* (PASSED|FAILED|SKIPPED)$/, (match, index) => ({
      from: index,
      to: index,
      passed: match[1] === "PASSED" ? 1 : 0,
      failed: match[1] === "FAILED" ? 1 : 0,
      skipped: match[1] === "SKIPPED" ? 1 : 0,
    }));
    // Failures are listed by default; only passes show that every test is.
    if (events.some((event) => event.passed > 0)) return events;
    const completed = readLines(
      lines,
      /^(\d+) tests? completed, (\d+) failed(?:, (\d+) skipped)?$/,
      (match, index) => {
        const failed = Number(match[2]);
        const skipped = Number(match[3] ?? 0);
        return {
          from: index,
          to: index,
          passed: Math.max(0, Number(match[1]) - failed - skipped),
          failed,
          skipped,
        };
      },
    );
    return completed.length > 0 ? completed : withoutSources(lines);
  },
};

function withoutSources(lines: readonly string[]): readonly Reading[] {
  const tasks = readLines(lines, /^> Task (?::[\w-]+)*:\w*[tT]est(?: [A-Z-]+)?$/, (match, index) => ({
    from: index,
    to: index,
    passed: /(?:NO-SOURCE|SKIPPED)$/.test(match[0]) ? 0 : 1,
    failed: 0,
    skipped: 0,
  }));
  return tasks.some((task) => task.passed > 0) ? [] : tasks;
}
