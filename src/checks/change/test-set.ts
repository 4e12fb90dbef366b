import type { FileChange } from "../../core/change.ts";
import type { Evidence, Finding } from "../../core/finding.ts";
import type { ChangeCheck } from "../change-check.ts";
import { type Assertion, likeness, loosened } from "../tests-in-diff/assertion.ts";
import { isTestFile, type Language, languageOf } from "../tests-in-diff/languages.ts";
import {
  type Mark,
  type PlacedAssertion,
  readSide,
  type SideFacts,
  type TestHead,
} from "../tests-in-diff/read-side.ts";
import { type Hunk, readHunks } from "../tests-in-diff/sides.ts";

/**
 * What a change does to the tests that were there: removed, marked to be skipped, demanding less. It reads the diff
 * alone, so it sees a test only where a hunk shows it. `looked` counts test files.
 */
export const check: ChangeCheck = {
  id: "test-set",
  needs: ["change"],
  check({ change }) {
    const files = change.files.flatMap((file) => read(file) ?? []);
    const sourceChanged = change.files.some(
      (file) => !isTestFile(file.path) && languageOf(file.path) !== undefined,
    );
    return {
      check: "test-set",
      looked: files.length,
      findings: files.flatMap((file) => [
        ...unreadable(file),
        ...removedTests(file, files),
        ...newMarks(file, files),
        ...weakened(file, files, sourceChanged),
      ]),
    };
  },
};

interface TestFile {
  readonly file: FileChange;
  readonly hunks: readonly ReadHunk[];
}

interface ReadHunk {
  readonly hunk: Hunk;
  readonly before: SideFacts;
  readonly after: SideFacts;
  /** The test that the hunk's heading names. */
  readonly enclosing: boolean;
}

function read(file: FileChange): TestFile | undefined {
  const path =
    file.status === "renamed" && file.from !== undefined && !isTestFile(file.path) ? file.from : file.path;
  const language = languageOf(path);
  if (language === undefined || !(isTestFile(path) || testsInside(file, language))) return undefined;
  const hunks = readHunks(file.hunks).map((hunk) => ({
    hunk,
    before: readSide(hunk.before, language),
    after: readSide(hunk.after, language),
    enclosing: language.test.test(hunk.heading.trim()),
  }));
  return { file, hunks };
}

// Rust keeps unit tests beside the code.
function testsInside(file: FileChange, { attribute, endings }: Language): boolean {
  return (
    endings.test("a.rs") &&
    attribute !== undefined &&
    /^[ +-]\s*#\[(?:\w+::)*(?:test|cfg\(test\))/m.test(file.hunks)
  );
}

function unreadable({ file }: TestFile): readonly Finding[] {
  if (file.hunks !== "" || file.binary || file.added + file.removed === 0) return [];
  return [
    {
      code: "tests.unreadable",
      says: `${file.path} is a test file whose changes were too large to read`,
      measures: { added: file.added, removed: file.removed },
      evidence: [{ path: file.path }],
    },
  ];
}

function removedTests(from: TestFile, files: readonly TestFile[]): readonly Finding[] {
  const { file } = from;
  const gone = missingTests(from, files);
  if (file.status === "renamed" && file.from !== undefined && isTestFile(file.from) && !isTestFile(file.path))
    return [
      finding(
        "tests.removed",
        `the test file ${file.from} was renamed to ${file.path}, which runners do not take for tests`,
        {
          path: file.path,
        },
      ),
    ];
  if (file.status === "deleted" && gone.length > 0)
    return [
      {
        ...finding(
          "tests.removed",
          `the test file ${file.path} was deleted with ${counted(gone.length, "test")}`,
          {
            path: file.path,
            line: 1,
            excerpt: gone
              .slice(0, 10)
              .map((test) => test.name)
              .join("\n"),
          },
        ),
        measures: { tests: gone.length },
      },
    ];
  return gone.map((test) =>
    finding("tests.removed", `the test “${test.name}” was removed from ${file.path}`, {
      path: file.path,
      line: test.line,
      excerpt: test.name,
    }),
  );
}

function missingTests({ file, hunks }: TestFile, files: readonly TestFile[]): readonly TestHead[] {
  const stays = new Set(
    file.status === "deleted" ? [] : hunks.flatMap(({ after }) => after.tests.map((test) => test.name)),
  );
  const added = files
    .filter((other) => other.file.status !== "deleted")
    .flatMap((other) => {
      const known = new Set(other.hunks.flatMap(({ before }) => before.tests.map((test) => test.name)));
      return other.hunks.flatMap(({ after }) =>
        after.tests.filter((test) => test.changed && !known.has(test.name)),
      );
    });
  const moved = new Set(added.map((test) => test.name));
  return hunks
    .flatMap(({ before }) => before.tests)
    .filter(
      (test) =>
        test.changed &&
        !stays.has(test.name) &&
        !moved.has(test.name) &&
        !added.some((other) => sameBody(test, other)),
    );
}

// A renamed test keeps its body; tests that were merged into a table leave nearly all of their words there.
function sameBody(gone: TestHead, added: TestHead): boolean {
  if (gone.body.length === 0) return added.body.length === 0;
  const lines = new Set(added.body);
  const common = gone.body.filter((line) => lines.has(line)).length;
  if (common / Math.max(gone.body.length, 1) >= 0.6) return true;
  const words = new Set(added.body.flatMap(wordsOf));
  const own = gone.body.flatMap(wordsOf);
  return own.length > 0 && own.filter((word) => words.has(word)).length / own.length >= 0.8;
}

function wordsOf(line: string): readonly string[] {
  return line.match(/[A-Za-z_]\w+|\d+(?:\.\d+)?/g) ?? [];
}

function newMarks({ file, hunks }: TestFile, files: readonly TestFile[]): readonly Finding[] {
  const known = [
    ...hunks.flatMap((hunk) => hunk.before.mutes),
    ...files
      .filter((other) => other.file !== file)
      .flatMap((other) => other.hunks.flatMap((hunk) => hunk.before.mutes.filter((mark) => mark.changed))),
  ];
  const existing = new Set(
    files.flatMap((other) => other.hunks.flatMap((hunk) => hunk.before.tests.map((test) => test.name))),
  );
  return hunks.flatMap((hunk) =>
    hunk.after.mutes.flatMap((mark) => {
      const same = known.findIndex((other) => other.text === mark.text);
      // A mark that was reworded still stands on the same test.
      const at = same === -1 ? known.findIndex((other) => other.changed && reworded(other, mark)) : same;
      if (at !== -1) {
        known.splice(at, 1);
        return [];
      }
      if (!mark.changed) return [];
      return [markFinding(file, mark, isBorn(file, mark, hunk, existing))];
    }),
  );
}

function reworded(was: Mark, is: Mark): boolean {
  return was.kind === is.kind && was.test !== undefined && was.test.name === is.test?.name;
}

function isBorn(file: FileChange, mark: Mark, hunk: ReadHunk, existing: ReadonlySet<string>): boolean {
  if (file.status === "added") return true;
  if (mark.test !== undefined) return mark.test.changed && !existing.has(mark.test.name);
  // Above the first test of the hunk: the mark stands in what was there before, unless everything around it is new.
  return !hunk.enclosing && hunk.hunk.before.length === 0;
}

function markFinding(file: FileChange, mark: Mark, born: boolean): Finding {
  const evidence = { path: file.path, line: mark.line, excerpt: mark.text };
  const which = mark.test === undefined ? "a test" : `the test “${mark.test.name}”`;
  if (mark.kind === "focus")
    return finding(
      "tests.focused",
      `${which} in ${file.path} was marked to run alone, which leaves out the others`,
      evidence,
    );
  return born
    ? finding("tests.born_muted", `${which} is new in ${file.path} and marked not to count`, evidence)
    : finding(
        "tests.muted",
        `${which} in ${file.path} was there before and is now marked not to count`,
        evidence,
      );
}

// Beyond this many statements a side by side comparison costs too much; their number is compared then.
const comparedAtMost = 400;

function weakened(from: TestFile, files: readonly TestFile[], sourceChanged: boolean): readonly Finding[] {
  const { file, hunks } = from;
  if (file.status === "deleted" || file.status === "added") return [];
  const gone = new Set(missingTests(from, files).map((test) => test.name));
  const arrived = new Map<string, number>();
  for (const other of files)
    for (const { after } of other.hunks)
      for (const { assertion, changed } of after.assertions)
        // In another file only what was added can have come from here.
        if (other === from || changed) arrived.set(assertion.text, (arrived.get(assertion.text) ?? 0) + 1);
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
    return [finding("tests.weakened", `an assertion in ${inTest(file, is)} ${looser.says}`, evidence)];
  if (!literalChanged(was.assertion, is.assertion)) return [];
  return [
    {
      ...finding(
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
  return finding(
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
      ...finding("tests.weakened", `${file.path} lost ${lost.length} assertions and gained ${fresh.length}`, {
        path: file.path,
      }),
      measures: { lost: lost.length, gained: fresh.length },
    },
  ];
}

function inTest(file: FileChange, { test }: PlacedAssertion): string {
  return test === undefined ? file.path : `the test “${test}” (${file.path})`;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

const excerptAtMost = 400;

function finding(code: string, says: string, evidence: Evidence): Finding {
  const { excerpt } = evidence;
  const short =
    excerpt === undefined || excerpt.length <= excerptAtMost
      ? evidence
      : { ...evidence, excerpt: `${excerpt.slice(0, excerptAtMost)}…` };
  return { code, says, measures: {}, evidence: [short] };
}
