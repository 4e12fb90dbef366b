import { readLines, type Reading, type TestCountReader } from "../test-count-reader.ts";

/** AVA: a rule `─`, then its counts. Known failures ran and did what they must. */
export const reader: TestCountReader = {
  id: "ava",
  read: (lines) => readLines(lines, /^ {2}─+$/, (_, index) => after(lines, index)),
};

const count =
  /^ {2}(\d+) (tests? passed|(?:tests?|hooks?) failed|known failures?|tests? skipped|tests? todo|uncaught exceptions?|unhandled rejections?)$/;

function after(lines: readonly string[], rule: number): Reading | undefined {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let to: number | undefined;
  for (let at = rule + 1; at < Math.min(lines.length, rule + 10); at++) {
    const found = count.exec(lines[at] ?? "");
    if (found === null) {
      if ((lines[at] ?? "").trim() === "") continue;
      break;
    }
    to = at;
    const number = Number(found[1]);
    const what = String(found[2]);
    if (/passed|known/.test(what)) passed += number;
    else if (/^tests? failed/.test(what)) failed += number;
    else if (/skipped|todo/.test(what)) skipped += number;
  }
  if (to !== undefined) return { from: rule, to, passed, failed, skipped };
  const empty = lines
    .slice(Math.max(0, rule - 3), rule)
    .some((line) => /^ {2}✘ (?:No tests found in |Couldn’t find any files)/.test(line));
  return empty ? { from: rule, to: rule, passed, failed, skipped } : undefined;
}
