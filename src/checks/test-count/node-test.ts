import { amount, lineBefore, readLines, type TestCountReader } from "../test-count-reader.ts";

/** node:test, reporters `spec` (and `dot`, which ends alike) and `tap`; the eight totals come in one fixed order. */
export const reader: TestCountReader = {
  id: "node:test",
  read: (lines) =>
    readLines(lines, /^(?:ℹ|#) tests (\d+)$/, (match, index) => {
      const totals = lines.slice(index, index + 8);
      if (!keys.every((key, at) => totals[at]?.slice(2).startsWith(`${key} `))) return undefined;
      const number = (key: string): number => amount(totals.join("\n"), new RegExp(`^. ${key} (\\d+)$`, "m"));
      const tap = match[0].startsWith("#");
      const from = (tap ? lineBefore(lines, index, /^TAP version \d+$/) : undefined) ?? index;
      const hollow = Math.min(number("pass"), hollowFiles(lines, from, index));
      return {
        from,
        to: index + 7,
        passed: number("pass") - hollow,
        failed: number("fail") + number("cancelled"),
        skipped: number("skipped") + number("todo"),
      };
    }),
};

const keys = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];

const testFile = /(?:^|[/\\])(?:test|tests)[/\\]|(?:^|[/\\.\-_])test(?:[.\-_]|$)/;
const passedFile = /^(?:✔ (?<spec>\S+\.[cm]?[jt]s) \([\d.]+ms\)|ok \d+ - (?<tap>\S+\.[cm]?[jt]s))$/;

// node:test counts a test file in which no test is defined as one test that passed (seen in Node 24.21).
// A suite of that name would have been opened by a `▶` line or contain indented subtests.
function hollowFiles(lines: readonly string[], from: number, to: number): number {
  const start = from === to ? (lineBefore(lines, to - 1, /^ℹ duration_ms /) ?? 0) : from;
  return lines.slice(start, to).filter((line, at, all) => {
    const groups = passedFile.exec(line)?.groups;
    const path = groups?.["spec"] ?? groups?.["tap"];
    return path !== undefined && testFile.test(path) && !all.slice(0, at).includes(`▶ ${path}`);
  }).length;
}
