import type { Reading, TestCountReader } from "../test-count-reader.ts";

/** `go test -v`: every test's own line. Subtests count, as they do in JSON and JUnit. */
export const reader: TestCountReader = {
  id: "go",
  read(lines) {
    const from = lines.findIndex((line) => /^=== RUN {3}\S/.test(line) || isEnding(line) !== undefined);
    if (from === -1 || !lines.some((line) => /^=== RUN {3}\S/.test(line))) return [];
    const endings = lines.map(isEnding);
    const to = Math.max(
      endings.findLastIndex((ending) => ending !== undefined),
      lines.findLastIndex((line) => packageLine.test(line)),
    );
    const number = (wanted: string): number => endings.filter((ending) => ending === wanted).length;
    const reading: Reading = {
      from,
      to: Math.max(from, to),
      passed: number("PASS"),
      failed: number("FAIL"),
      skipped: number("SKIP"),
    };
    return [reading];
  },
};

const packageLine = /^(?:ok {2}|FAIL|\? {2} )\t\S+/;

function isEnding(line: string): string | undefined {
  return /^ *--- (PASS|FAIL|SKIP): \S.* \(\d+\.\d+s\)$/.exec(line)?.[1];
}
