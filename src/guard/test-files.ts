import type { Facts } from "../core/action.ts";
import { isTestFile, languageOf } from "../core/test-language.ts";
import { builtFolder, placeOf } from "./paths.ts";
import type { FileEffect } from "./paths.ts";

/**
 * Whether a path relative to the worktree is a test by its own name, as the usual runners of the known languages see it.
 * What only lies beside tests (helpers, fixtures) is none. Patterns count as what they match.
 */
export function isTest(rel: string): boolean {
  if (builtFolder(rel) || apart.test(rel) || /(^|\/)conftest\.py$/.test(rel)) return false;
  const last = rel.slice(rel.lastIndexOf("/") + 1);
  const shown = rel
    .replace(/\*\*\//g, "")
    .replaceAll("*", "x")
    .replace(/\[[^\]]*\]/g, "x");
  if (otherTests.test(last)) return true;
  // Where a runner takes every file of a folder, all but what only helps is a test.
  const whole = wholeFolder.test(shown) && !helper.test(last);
  return (whole || namedAsTest.test(last)) && isTestFile(shown);
}

/** Whether a path is a folder of tests, or a pattern for everything in one. */
export function isTestFolder(rel: string): boolean {
  if (builtFolder(rel) || apart.test(`${rel}/`)) return false;
  const [, ending] = /\/\*(\.\w+)$/.exec(rel) ?? [];
  // `tests/*.log` is no test, `tests/*.py` are.
  if (ending !== undefined && languageOf(`x${ending}`) === undefined) return false;
  const folder = rel.replace(/\/(\*\*\/)?(\*|\[listed\]|\*\.\w+)$/, "").replace(/\/\*\*$/, "");
  if (testFolder.test(folder)) return true;
  return inTestFolder.test(folder) && !beside.test(folder.slice(folder.lastIndexOf("/") + 1));
}

/** Whether something that lies here is still run as a test. */
export function keepsTests(rel: string): boolean {
  return isTest(rel) || isTestFolder(rel) || isTestFile(rel) || inTestFolder.test(rel);
}

/** Where a file effect acts inside the worktree, relative to it. */
export function relOf(effect: FileEffect, facts: Facts): string | undefined {
  const place = placeOf(effect, facts);
  return place.kind === "inside" ? place.rel : undefined;
}

/** Whether a path is one that tells a runner which tests count and when they pass. */
export function isTestConfig(rel: string): boolean {
  return configName.test(rel.slice(rel.lastIndexOf("/") + 1));
}

export function isSnapshot(rel: string): boolean {
  return /(^|\/)(__snapshots__|__image_snapshots__|snapshots)(\/|$)|\.(snap|ambr|approved\.\w+|snap\.new)$/.test(
    rel,
  );
}

const apart =
  /(^|\/)(fixtures?|testdata|test-data|__fixtures__|__snapshots__|__mocks__|mocks|node_modules|vendor|test-results|playwright-report|_build|obj|\.git)\//;
const namedAsTest = /test|spec|\bcy\b|e2e|Tests?|IT\./i;
const wholeFolder = /(^|\/)(?:tests?|__tests__|specs?)\/(?:[\w-]+\/)?[^/]+\.(?:[cm]?[jt]sx?|rs)$/;
const helper =
  /help|util|setup|teardown|support|config|fixture|mock|stub|index|types|global|env|data|common|shared|mod\.rs|factor|server|client|\.d\.ts$|run/i;
const otherTests = /\.(bats|feature)$|_test\.(dart|lua)$|_spec\.lua$|^test_.*\.(sh|lua)$/;
const folderNames =
  "tests?|specs?|__tests__|e2e|cypress|integration-tests?|integrationTest|androidTest|unit-tests?";
const testFolder = new RegExp(
  `(^|/)(${folderNames})(/(unit|integration|e2e|functional|acceptance|system|specs?|tests?|api|smoke|regression))?$`,
);
const inTestFolder = new RegExp(`(^|/)(${folderNames})/`);
// What lies in a folder of tests and holds none.
const beside =
  /^\.|^(bin|obj|build|dist|target)$|tmp|temp|^out(put)?$|results?|screenshots?|videos?|downloads?|support|help|utils?|data|assets?|resources?|fixtures?|mocks?|stubs?|cache|logs?|snapshots?|node_modules|\.\w+$/i;
const configName =
  /^(package\.json|(jest|vitest|vite|playwright|cypress|karma|ava|wdio|mocha|nightwatch)\.(config|conf|workspace)\b.*|karma\.conf\..*|\.mocharc.*|pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|conftest\.py|noxfile\.py|\.coveragerc|\.nycrc.*|\.c8rc.*|phpunit\.xml.*|\.rspec|spec_helper\.rb|\.?codecov\.ya?ml|pom\.xml|build\.gradle(\.kts)?|maven\.config|Cargo\.toml|\.config\/nextest\.toml|nextest\.toml|Makefile|makefile|justfile|Taskfile\.ya?ml|Rakefile|deno\.jsonc?|bunfig\.toml|Directory\.Build\.props|.*\.runsettings|test_helper\.exs|\.simplecov)$/;
