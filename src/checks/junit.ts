import type { TestCount } from "../core/test-count.ts";

/**
 * Counts `<testcase>` elements over all files, however deep the suites nest; the attributes of suites are not trusted,
 * because writers disagree about what they include. `undefined` when no file holds a test suite.
 * Jest's writer reports todo and expected failures as passes, Vitest's reports expected failures so.
 */
export function countJunit(files: readonly string[]): TestCount | undefined {
  const counts = [...new Set(files)].flatMap((file) => countFile(file) ?? []);
  if (counts.length === 0) return undefined;
  const add = (field: keyof Cases): number => counts.reduce((sum, count) => sum + count[field], 0);
  return {
    executed: add("passed") + add("failed"),
    passed: add("passed"),
    failed: add("failed"),
    skipped: add("skipped"),
    runner: "junit",
  };
}

interface Cases {
  passed: number;
  failed: number;
  skipped: number;
}

// Comments and character data may quote tags; a tag's attributes may hold `>` inside quotes.
const token =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([A-Za-z][\w:.-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/g;

function countFile(text: string): Cases | undefined {
  const cases: Cases = { passed: 0, failed: 0, skipped: 0 };
  let suites = 0;
  let ending: keyof Cases | undefined;
  for (const [, slash, name, attributes] of text.matchAll(token)) {
    if (name === undefined) continue;
    const closing = slash === "/";
    const selfClosing = attributes?.endsWith("/") === true;
    if (!closing && (name === "testsuite" || name === "testsuites")) suites++;
    if (name === "testcase") {
      if (closing || selfClosing) {
        cases[ending ?? "passed"]++;
        ending = undefined;
      } else ending = "passed";
    } else if (!closing && ending !== undefined) {
      // A failing todo carries both marks (node:test); it is not a failure.
      if (name === "skipped") ending = "skipped";
      else if ((name === "failure" || name === "error") && ending === "passed") ending = "failed";
    }
  }
  return suites > 0 ? cases : undefined;
}
