import type { FileChange } from "../../core/change.ts";
import { isTestFile, type Language, languageOf } from "../../core/test-language.ts";
import { type Mark, readSide, type SideFacts, type TestHead } from "./read-side.ts";
import { type Hunk, readHunks } from "./sides.ts";

// Beyond this many a side by side comparison costs too much: of assertions only the number is compared then, and of
// added tests no more are tried as the new place of a removed one.
export const comparedAtMost = 400;

export interface TestFile {
  readonly file: FileChange;
  readonly hunks: readonly ReadHunk[];
}

export interface ReadHunk {
  readonly hunk: Hunk;
  readonly before: SideFacts;
  readonly after: SideFacts;
  /** The test that the hunk's heading names. */
  readonly enclosing: boolean;
}

/** `undefined` for a file that holds no tests as far as the diff shows. */
export function readTestFile(file: FileChange): TestFile | undefined {
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

/** What the tests of all files together say: a test, a mark or an assertion may have moved from one to another. */
export interface AllTests {
  readonly existing: ReadonlySet<string>;
  readonly added: readonly TestBody[];
  readonly addedNames: ReadonlySet<string>;
  /** Whole bodies, for any number of tests. */
  readonly addedBodies: ReadonlySet<string>;
  /** Marks that were taken away somewhere. */
  readonly marksGone: readonly (readonly [TestFile, Mark])[];
  /** How often an assertion's text was added, by text. */
  readonly asserted: ReadonlyMap<string, number>;
}

/** A test's head with its body prepared for comparing. */
export interface TestBody {
  readonly lines: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

export function testsOf(files: readonly TestFile[]): AllTests {
  const live = files.filter((one) => one.file.status !== "deleted");
  const added = live.flatMap(({ hunks }) => {
    const known = new Set(hunks.flatMap(({ before }) => before.tests.map((test) => test.name)));
    return hunks.flatMap(({ after }) => after.tests.filter((test) => test.changed && !known.has(test.name)));
  });
  const asserted = new Map<string, number>();
  for (const { hunks } of live)
    for (const { after } of hunks)
      for (const { assertion, changed } of after.assertions)
        if (changed) asserted.set(assertion.text, (asserted.get(assertion.text) ?? 0) + 1);
  return {
    existing: new Set(
      files.flatMap(({ hunks }) => hunks.flatMap(({ before }) => before.tests.map((test) => test.name))),
    ),
    added: added.slice(0, comparedAtMost).map(bodyOf),
    addedBodies: new Set(added.map((test) => test.body.join("\n"))),
    addedNames: new Set(added.map((test) => test.name)),
    marksGone: files.flatMap((one) =>
      one.hunks.flatMap(({ before }) =>
        before.mutes.filter((mark) => mark.changed).map((mark) => [one, mark] as const),
      ),
    ),
    asserted,
  };
}

function bodyOf(test: TestHead): TestBody {
  return { lines: new Set(test.body), words: new Set(test.body.flatMap(wordsOf)) };
}

export function wordsOf(line: string): readonly string[] {
  return line.match(/[A-Za-z_]\w+|\d+(?:\.\d+)?/g) ?? [];
}
