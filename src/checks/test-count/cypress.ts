import { amount, readLines, type TestCountReader } from "../test-count-reader.ts";

/** Cypress: one `(Results)` box per spec file. The region reaches up to the spec's head, because Mocha's words stand inside. */
export const reader: TestCountReader = {
  id: "cypress",
  read: (lines) =>
    readLines(lines, /^ *│ Tests: +(\d+) +│$/, (_, index) => {
      const box = lines.slice(index, index + 5).join("\n");
      if (!/│ Passing: /.test(box)) return undefined;
      const head = lines.slice(0, index).findLastIndex((line) => /^ *Running: +\S/.test(line));
      const number = (key: string): number => amount(box, new RegExp(`│ ${key}: +(\\d+) `));
      return {
        from: head === -1 ? index : head,
        to: index + 4,
        passed: number("Passing"),
        failed: number("Failing"),
        skipped: number("Pending") + number("Skipped"),
      };
    }),
};
