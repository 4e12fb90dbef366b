import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** Perl's prove. Its total counts every TAP point, also skipped ones, which only `-v` shows. */
export const reader: TestCountReader = {
  id: "prove",
  read: (lines) =>
    readLines(lines, /^Files=\d+, Tests=(\d+), +\d+ wallclock secs? \(.*\)$/, (match, index) => {
      if (!/^Result: (?:PASS|FAIL|NOTESTS)$/.test(lines[index + 1] ?? "")) return undefined;
      const start = lines
        .slice(0, index)
        .findLastIndex((line) => /^Result: (?:PASS|FAIL|NOTESTS)$/.test(line));
      const region = lines.slice(start + 1, index);
      const first = region.findIndex((line) => /^\S.* \.\. *(?:ok|skipped.*)?$/.test(line));
      const failed = region.reduce((sum, line) => sum + amount(line, /\(Wstat: .*\bFailed: (\d+)\)$/), 0);
      const skipped = region.filter((line) => /^(?:not )?ok \d+.* # (?:skip|todo)\b/i.test(line)).length;
      return {
        from: first === -1 ? index : start + 1 + first,
        to: index + 1,
        passed: Math.max(0, Number(match[1]) - failed - skipped),
        failed,
        skipped,
      };
    }),
};
