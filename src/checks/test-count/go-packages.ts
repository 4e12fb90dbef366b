import type { TestCountReader } from "../test-count-reader.ts";

/**
 * Plain `go test` names packages, never tests: a package that is `ok` counts as one, and so does one that failed.
 * A package without test files, without a matching test, or that did not build ran nothing. One whose tests all skip
 * themselves says `ok` too, which only `-v` or `-json` would show.
 */
export const reader: TestCountReader = {
  id: "go (packages)",
  read(lines) {
    const found = lines.map(packageEnding);
    const from = found.findIndex((ending) => ending !== undefined);
    if (from === -1) return [];
    const number = (wanted: Ending): number => found.filter((ending) => ending === wanted).length;
    return [
      {
        from,
        to: found.findLastIndex((ending) => ending !== undefined),
        passed: number("ok"),
        failed: number("failed"),
        skipped: 0,
      },
    ];
  },
};

type Ending = "ok" | "failed" | "nothing";

function packageEnding(line: string): Ending | undefined {
  if (/^\? {3}\t\S+\t\[no test files\]$/.test(line)) return "nothing";
  if (/^\t\S+\t\tcoverage: 0\.0% of statements$/.test(line)) return "nothing";
  const ok = /^ok {2}\t\S+\t(?:\d+\.\d+s|\(cached\))(.*)$/.exec(line);
  if (ok !== null) return /\[no tests to run\]/.test(String(ok[1])) ? "nothing" : "ok";
  if (/^FAIL\t\S+ \[(?:build|setup) failed\]$/.test(line)) return "nothing";
  return /^FAIL\t\S+\t\d+\.\d+s$/.test(line) ? "failed" : undefined;
}
