import type { Finding } from "../../core/finding.ts";
import type { ChangeCheck } from "../change-check.ts";
import { isTestFile, languageOf } from "../../core/test-language.ts";
import { newMarks } from "../tests-in-diff/new-marks.ts";
import { readTestFile, type TestFile, testsOf } from "../tests-in-diff/read-files.ts";
import { removedCases } from "../tests-in-diff/removed-cases.ts";
import { missingTests, removedTests } from "../tests-in-diff/removed-tests.ts";
import { weakened } from "../tests-in-diff/weakened-assertions.ts";

/**
 * What a change does to the tests that were there: removed, marked to be skipped, demanding less. It reads the diff
 * alone, so it sees a test only where a hunk shows it. `looked` counts test files.
 */
export const check: ChangeCheck = {
  id: "test-set",
  needs: ["change"],
  check({ change }) {
    const files = change.files.flatMap((file) => readTestFile(file) ?? []);
    const tests = testsOf(files);
    const sourceChanged = change.files.some(
      (file) => !isTestFile(file.path) && languageOf(file.path) !== undefined,
    );
    return {
      check: "test-set",
      looked: files.length,
      findings: [
        ...files.flatMap((file) => {
          const gone = missingTests(file, tests);
          return [
            ...unreadable(file),
            ...removedTests(file, gone),
            ...newMarks(file, tests),
            ...weakened(file, tests, gone, sourceChanged),
          ];
        }),
        ...removedCases(change.files),
      ],
    };
  },
};

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
