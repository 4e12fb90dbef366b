import type { FileChange } from "../../core/change.ts";
import type { Finding } from "../../core/finding.ts";
import { type Assertion, likeness, loosened } from "./assertion.ts";
import { factAbout } from "./fact-about.ts";
import { type AllTests, comparedAtMost, type TestFile } from "./read-files.ts";
import type { PlacedAssertion, TestHead } from "./read-side.ts";

/** Assertions that were removed without another in their place, or that demand less than before. */
export function weakened(
  from: TestFile,
  all: AllTests,
  removed: readonly TestHead[],
  sourceChanged: boolean,
): readonly Finding[] {
  const { file, hunks } = from;
  if (file.status === "deleted" || file.status === "added") return [];
  const gone = new Set(removed.map((test) => test.name));
  // In another file only what was added can have come from here.
  const arrived = new Map(all.asserted);
  for (const { after } of hunks)
    for (const { assertion, changed } of after.assertions)
      if (!changed) arrived.set(assertion.text, (arrived.get(assertion.text) ?? 0) + 1);
  const take = (text: string): boolean => {
    const left = arrived.get(text) ?? 0;
    arrived.set(text, left - 1);
    return left > 0;
  };
  const lost = hunks.map(({ before }) =>
    before.assertions.filter(
      (one) => !take(one.assertion.text) && one.changed && !(one.test !== undefined && gone.has(one.test)),
    ),
  );
  const present = new Map<string, number>();
  for (const { before } of hunks)
    for (const { assertion } of before.assertions)
      present.set(assertion.text, (present.get(assertion.text) ?? 0) + 1);
  const fresh = hunks.map(({ after }) =>
    after.assertions.filter((one) => {
      const left = present.get(one.assertion.text) ?? 0;
      present.set(one.assertion.text, left - 1);
      return left <= 0 && one.changed;
    }),
  );
  const spare = fresh.flat();
  if (lost.flat().length > comparedAtMost || spare.length > comparedAtMost)
    return fewer(file, lost.flat(), spare);
  const findings: Finding[] = [];
  const unmatched: PlacedAssertion[] = [];
  lost.forEach((those, at) => {
    for (const one of those) {
      const match = bestMatch(one, fresh[at] ?? [], spare);
      if (match === undefined) unmatched.push(one);
      else {
        spare.splice(spare.indexOf(match), 1);
        findings.push(...compare(file, one, match, sourceChanged));
      }
    }
  });
  // What is left over was rewritten, as long as something new that can fail stands for it.
  const standing = spare.filter((one) => one.assertion.strength !== 0).length;
  return [...findings, ...unmatched.slice(standing).map((one) => removedAssertion(file, one))];
}

const likeEnough = 0.4;

function bestMatch(
  one: PlacedAssertion,
  near: readonly PlacedAssertion[],
  spare: readonly PlacedAssertion[],
): PlacedAssertion | undefined {
  return near
    .filter((other) => spare.includes(other))
    .map((other) => ({
      other,
      score: likeness(one.assertion, other.assertion) + (one.test === other.test ? 0.1 : 0),
    }))
    .filter(({ score }) => score >= likeEnough)
    .toSorted((a, b) => b.score - a.score)[0]?.other;
}

function compare(
  file: FileChange,
  was: PlacedAssertion,
  is: PlacedAssertion,
  sourceChanged: boolean,
): readonly Finding[] {
  const evidence = {
    path: file.path,
    line: is.line,
    excerpt: `- ${was.assertion.text}\n+ ${is.assertion.text}`,
  };
  const looser = loosened(was.assertion, is.assertion);
  if (looser !== undefined)
    return [factAbout("tests.weakened", `an assertion in ${inTest(file, is)} ${looser.says}`, evidence)];
  if (!literalChanged(was.assertion, is.assertion)) return [];
  return [
    {
      ...factAbout(
        "tests.expectation_changed",
        `an expected value in ${inTest(file, is)} was changed${sourceChanged ? " together with the source" : " and no source file was"}`,
        evidence,
      ),
      measures: { sourceChanged: sourceChanged ? 1 : 0 },
    },
  ];
}

function literalChanged(was: Assertion, is: Assertion): boolean {
  return was.text !== is.text && shape(was.text) === shape(is.text);
}

function shape(text: string): string {
  return text.replace(
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b\d+(?:\.\d+)?\b|\b(?:true|false|null|None|True|False)\b/g,
    "§",
  );
}

function removedAssertion(file: FileChange, one: PlacedAssertion): Finding {
  return factAbout(
    "tests.weakened",
    `an assertion in ${inTest(file, one)} was removed and none took its place`,
    {
      path: file.path,
      line: one.line,
      excerpt: `- ${one.assertion.text}`,
    },
  );
}

function fewer(
  file: FileChange,
  lost: readonly PlacedAssertion[],
  fresh: readonly PlacedAssertion[],
): readonly Finding[] {
  if (lost.length <= fresh.length) return [];
  return [
    {
      ...factAbout(
        "tests.weakened",
        `${file.path} lost ${lost.length} assertions and gained ${fresh.length}`,
        {
          path: file.path,
        },
      ),
      measures: { lost: lost.length, gained: fresh.length },
    },
  ];
}

function inTest(file: FileChange, { test }: PlacedAssertion): string {
  return test === undefined ? file.path : `the test “${test}” (${file.path})`;
}
