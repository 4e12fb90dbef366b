import type { FileChange } from "../../core/change.ts";
import type { Finding } from "../../core/finding.ts";
import { factAbout } from "./fact-about.ts";
import type { AllTests, ReadHunk, TestFile } from "./read-files.ts";
import type { Mark } from "./read-side.ts";

/** Marks that were not there before: a test that was there is muted, a new one born so, or one set to run alone. */
export function newMarks(from: TestFile, all: AllTests): readonly Finding[] {
  const { file, hunks } = from;
  if (!hunks.some(({ after }) => after.mutes.some((mark) => mark.changed))) return [];
  const known = [
    ...hunks.flatMap((hunk) => hunk.before.mutes),
    ...all.marksGone.flatMap(([other, mark]) => (other === from ? [] : [mark])),
  ];
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
      return [markFinding(file, mark, isBorn(file, mark, hunk, all.existing))];
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
    return factAbout(
      "tests.focused",
      `${which} in ${file.path} was marked to run alone, which leaves out the others`,
      evidence,
    );
  return born
    ? factAbout("tests.born_muted", `${which} is new in ${file.path} and marked not to count`, evidence)
    : factAbout(
        "tests.muted",
        `${which} in ${file.path} was there before and is now marked not to count`,
        evidence,
      );
}
