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

const tag = /<(\/?)([A-Za-z][\w:.-]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/y;

interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly empty: boolean;
}

// Comments and character data may quote tags, so they are stepped over whole; what is torn at the end is left out.
function* tagsOf(text: string): Generator<Tag> {
  for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at)) {
    const end = text.startsWith("<!--", at) ? "-->" : text.startsWith("<![CDATA[", at) ? "]]>" : undefined;
    if (end !== undefined) {
      const close = text.indexOf(end, at);
      if (close === -1) return;
      at = close + end.length;
      continue;
    }
    tag.lastIndex = at;
    const found = tag.exec(text);
    if (found === null) {
      at++;
      continue;
    }
    at = tag.lastIndex;
    yield { name: String(found[2]), closing: found[1] === "/", empty: String(found[3]).endsWith("/") };
  }
}

function countFile(text: string): Cases | undefined {
  const cases: Cases = { passed: 0, failed: 0, skipped: 0 };
  let suites = 0;
  let ending: keyof Cases | undefined;
  for (const { name, closing, empty } of tagsOf(text)) {
    if (!closing && (name === "testsuite" || name === "testsuites")) suites++;
    if (name === "testcase") {
      if (closing || empty) {
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
