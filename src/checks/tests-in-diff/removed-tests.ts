import type { Finding } from "../../core/finding.ts";
import { factAbout } from "./fact-about.ts";
import { isTestFile } from "../../core/test-language.ts";
import { type AllTests, comparedAtMost, type TestBody, type TestFile, wordsOf } from "./read-files.ts";
import type { TestHead } from "./read-side.ts";

/** Tests whose head was removed and that left no trace: the same name, the same body, or nearly all of its words. */
export function missingTests({ file, hunks }: TestFile, all: AllTests): readonly TestHead[] {
  const stays = new Set(
    file.status === "deleted" ? [] : hunks.flatMap(({ after }) => after.tests.map((test) => test.name)),
  );
  const gone = hunks
    .flatMap(({ before }) => before.tests)
    .filter(
      (test) =>
        test.changed &&
        !stays.has(test.name) &&
        !all.addedNames.has(test.name) &&
        !all.addedBodies.has(test.body.join("\n")),
    );
  const [compared, rest] = [gone.slice(0, comparedAtMost), gone.slice(comparedAtMost)];
  return [...compared.filter((test) => !all.added.some((other) => likeBody(test, other))), ...rest];
}

// A renamed test keeps its body; tests that were merged into a table leave nearly all of their words there.
function likeBody(gone: TestHead, added: TestBody): boolean {
  if (gone.body.length === 0) return false;
  if (gone.body.filter((line) => added.lines.has(line)).length / gone.body.length >= 0.6) return true;
  const own = gone.body.flatMap(wordsOf);
  return own.length > 0 && own.filter((word) => added.words.has(word)).length / own.length >= 0.8;
}

const namedAtMost = 20;

export function removedTests({ file }: TestFile, gone: readonly TestHead[]): readonly Finding[] {
  if (file.status === "renamed" && file.from !== undefined && isTestFile(file.from) && !isTestFile(file.path))
    return [
      factAbout(
        "tests.removed",
        `the test file ${file.from} was renamed to ${file.path}, which runners do not take for tests`,
        {
          path: file.path,
        },
      ),
    ];
  if ((file.status === "deleted" && gone.length > 0) || gone.length > namedAtMost)
    return [
      {
        ...factAbout(
          "tests.removed",
          file.status === "deleted"
            ? `the test file ${file.path} was deleted with ${counted(gone.length, "test")}`
            : `${counted(gone.length, "test")} were removed from ${file.path}`,
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
    factAbout("tests.removed", `the test “${test.name}” was removed from ${file.path}`, {
      path: file.path,
      line: test.line,
      excerpt: test.name,
    }),
  );
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
