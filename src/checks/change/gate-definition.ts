import type { FileChange } from "../../core/change.ts";
import { matchesAny } from "../../core/glob.ts";
import type { ChangeCheck, Judges } from "../change-check.ts";
import { isTestFile } from "../../core/test-language.ts";
import { named } from "./protected-files.ts";

/**
 * What the gate runs is not for the change to decide: its scripts, the files that it starts, the settings of test
 * runners. A change is fine where a scope names the file. Tests themselves are the test-set check's. `looked` counts files.
 */
export const check: ChangeCheck = {
  id: "gate-definition",
  needs: ["change", "scope", "judges"],
  check({ change, scope, taskScope, judges }) {
    if (judges === undefined) return { check: "gate-definition", looked: 0, findings: [] };
    return {
      check: "gate-definition",
      looked: change.files.length,
      findings: change.files.flatMap((file) => {
        const what = redefines(file, judges);
        const free = [file.path, file.from].some(
          (path) => path !== undefined && named(path, taskScope ?? scope),
        );
        return what === undefined || free
          ? []
          : [
              {
                code: "change.gate_definition",
                says: `${what}, and no allowed path names ${file.from ?? file.path}`,
                measures: {},
                evidence: [{ path: file.path }],
              },
            ];
      }),
    };
  },
};

function redefines(file: FileChange, judges: Judges): string | undefined {
  const before = file.from ?? file.path;
  if (before === "package.json") {
    const script = judges.scripts.find((name) => changesKey(file, name));
    if (script !== undefined) return `the script ${script} of ${before}, which the gate runs, was changed`;
  }
  if (/(?:^|\/)(?:package\.json|pyproject\.toml|setup\.cfg)$/.test(before) && selects(file))
    return `${before} was changed in which tests a runner takes`;
  if (matchesAny(before, runnerSettings)) return `${before}, the settings of a test runner, was changed`;
  return judges.files.includes(before) && file.status !== "added" && !isTestFile(before)
    ? `${before}, which the gate runs, was changed`
    : undefined;
}

function changedLines({ hunks }: FileChange): readonly string[] {
  return hunks.split("\n").flatMap((line) => (/^[-+]/.test(line) ? [line.slice(1).trim()] : []));
}

// A line that only moved, or got a comma because another was added below, says the same as before.
function changesKey(file: FileChange, key: string): boolean {
  const about = (sign: string): readonly string[] =>
    file.hunks
      .split("\n")
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1).trim().replace(/,$/, ""))
      .filter(
        (line) => line.startsWith(`${JSON.stringify(key)}:`) || line.startsWith(`${JSON.stringify(key)} :`),
      );
  return about("-").join("\n") !== about("+").join("\n");
}

function selects(file: FileChange): boolean {
  return changedLines(file).some((line) =>
    /\b(?:testPathIgnorePatterns|testMatch|testRegex|modulePathIgnorePatterns|addopts|testpaths|python_files|python_functions|norecursedirs|collect_ignore\w*)\b/.test(
      line,
    ),
  );
}

const runnerSettings = [
  "**/jest.config.*",
  "**/vitest.config.*",
  "**/vitest.workspace.*",
  "**/.mocharc*",
  "**/karma.conf.*",
  "**/ava.config.*",
  "**/playwright.config.*",
  "**/cypress.config.*",
  "**/.taprc",
  "**/.jasmine.json",
  "**/pytest.ini",
  "**/.pytest.ini",
  "**/tox.ini",
  "**/phpunit.xml*",
  "**/.rspec",
  "**/.config/nextest.toml",
];
