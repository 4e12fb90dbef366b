import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { countTests } from "../../../src/checks/count-tests.ts";

const folder = join(import.meta.dirname, "../../fixtures/test-output");
const output = (name: string): string => readFileSync(join(folder, `${name}.txt`), "utf8");

type Counted = readonly [passed: number, failed: number, skipped: number, runner: string] | undefined;

const counted = (text: string, junit?: readonly string[]): Counted => {
  const count = countTests(text, junit);
  if (count === undefined) return undefined;
  assert.equal(count.executed, count.passed + count.failed);
  return [count.passed, count.failed, count.skipped, count.runner];
};

// Recorded from the real runners (machine paths removed), except `.written`, which follow the documented formats.
const expected: Readonly<Record<string, Counted>> = {
  "ava-crash": [0, 0, 0, "ava"],
  "ava-empty": [0, 0, 0, "ava"],
  "ava-fail": [1, 1, 0, "ava"],
  "ava-nothing": undefined,
  "ava-pass": [2, 0, 2, "ava"],
  "ava-skip": [0, 0, 1, "ava"],
  "ava-tap-crash": [0, 2, 0, "tap"],
  "ava-tap-empty": [0, 1, 0, "tap"],
  "ava-tap-fail": [2, 1, 0, "tap"],
  "ava-tap-nothing": [0, 0, 0, "tap"],
  "ava-tap-pass": [2, 0, 2, "tap"],
  "ava-tap-skip": [0, 0, 1, "tap"],
  "bats-empty": [0, 0, 0, "bats"],
  "bats-fail": [1, 1, 0, "bats"],
  "bats-pass": [1, 0, 1, "bats"],
  "bats-tap-empty": [0, 0, 0, "tap"],
  "bats-tap-fail": [1, 1, 0, "tap"],
  "bats-tap-pass": [1, 0, 1, "tap"],
  "bun-pass.written": [1, 0, 1, "bun"],
  "cargo-crash": undefined,
  "cargo-empty": [0, 0, 0, "cargo"],
  "cargo-fail": [0, 1, 1, "cargo"],
  "cargo-pass": [3, 0, 1, "cargo"],
  "cargo-skip": [0, 0, 1, "cargo"],
  "ctest-fail": [2, 1, 1, "ctest"],
  "ctest-none": [0, 0, 0, "ctest"],
  "ctest-pass": [2, 0, 1, "ctest"],
  "ctest-skip": [0, 0, 0, "ctest"],
  "cypress-fail.written": [1, 1, 1, "cypress"],
  "deno-fail.written": [1, 1, 1, "deno"],
  "deno-pass.written": [3, 0, 0, "deno"],
  "dotnet-block.written": [2, 1, 1, "dotnet"],
  "dotnet-fail.written": [5, 1, 1, "dotnet"],
  "dotnet-logger.written": [2, 0, 1, "dotnet"],
  "exunit-fail.written": [3, 1, 1, "exunit"],
  "go-crash": [0, 0, 0, "go (packages)"],
  "go-fail": [2, 1, 0, "go (packages)"],
  "go-json-fail": [1, 1, 0, "go"],
  "go-json-pass": [4, 0, 0, "go"],
  "go-none": [0, 0, 0, "go (packages)"],
  "go-norun": [0, 0, 0, "go (packages)"],
  "go-pass": [1, 0, 0, "go (packages)"],
  "go-skip": [1, 0, 0, "go (packages)"],
  "go-v-fail": [5, 1, 1, "go"],
  "go-v-norun": [0, 0, 0, "go (packages)"],
  "go-v-pass": [4, 0, 0, "go"],
  "go-v-skip": [0, 0, 1, "go"],
  "gradle-events.written": [1, 0, 1, "gradle"],
  "gradle-fail.written": [3, 1, 1, "gradle"],
  "gradle-none.written": [0, 0, 0, "gradle"],
  "gradle-silent.written": undefined,
  "gtest-fail": [1, 1, 1, "googletest"],
  "gtest-none": [0, 0, 0, "googletest"],
  "gtest-pass": [1, 0, 0, "googletest"],
  "gtest-skip": [0, 0, 1, "googletest"],
  "jasmine-fail.written": [1, 1, 1, "jasmine"],
  "jest-crash": [0, 0, 0, "jest"],
  "jest-empty": [0, 0, 0, "jest"],
  "jest-fail": [1, 1, 1, "jest"],
  "jest-many": [3, 1, 5, "jest"],
  "jest-nothing": [0, 0, 0, "jest"],
  "jest-pass": [2, 0, 2, "jest"],
  "jest-skip": [0, 0, 2, "jest"],
  "junit-console-fail.written": [2, 1, 1, "junit-console"],
  "maven-fail.written": [3, 1, 1, "maven"],
  "maven-none.written": [0, 0, 0, "maven"],
  "minitest-empty": [0, 0, 0, "minitest"],
  "minitest-fail": [1, 1, 1, "minitest"],
  "minitest-pass": [2, 0, 1, "minitest"],
  "minitest-skip": [0, 0, 1, "minitest"],
  "mocha-crash": undefined,
  "mocha-empty": [0, 0, 0, "mocha"],
  "mocha-fail": [1, 1, 1, "mocha"],
  "mocha-nothing": undefined,
  "mocha-pass": [2, 0, 2, "mocha"],
  "mocha-skip": [0, 0, 2, "mocha"],
  "nextest-fail.written": [2, 1, 1, "nextest"],
  "node-test-missing": undefined,
  "node-test-spec-crash": [0, 1, 0, "node:test"],
  "node-test-spec-empty": [0, 0, 0, "node:test"],
  "node-test-spec-fail": [1, 2, 0, "node:test"],
  "node-test-spec-none": [0, 0, 0, "node:test"],
  "node-test-spec-pass": [3, 0, 2, "node:test"],
  "node-test-spec-skip": [0, 0, 1, "node:test"],
  "node-test-tap-crash": [0, 1, 0, "node:test"],
  "node-test-tap-empty": [0, 0, 0, "node:test"],
  "node-test-tap-fail": [1, 2, 0, "node:test"],
  "node-test-tap-pass": [3, 0, 2, "node:test"],
  "node-test-tap-skip": [0, 0, 1, "node:test"],
  "pest-fail.written": [2, 1, 1, "pest"],
  "phpunit-empty": [0, 0, 0, "phpunit"],
  "phpunit-fail": [1, 1, 1, "phpunit"],
  "phpunit-none": [0, 0, 0, "phpunit"],
  "phpunit-pass": [2, 0, 0, "phpunit"],
  "phpunit-skip": [0, 0, 1, "phpunit"],
  "playwright-fail.written": [1, 1, 1, "playwright"],
  "playwright-pass.written": [4, 0, 1, "playwright"],
  "prove-crash": [0, 0, 0, "prove"],
  "prove-empty": [0, 0, 0, "prove"],
  "prove-fail": [1, 1, 0, "prove"],
  "prove-pass": [4, 0, 0, "prove"],
  "prove-skip": [0, 0, 0, "prove"],
  "prove-v-empty": [0, 0, 0, "prove"],
  "prove-v-fail": [1, 1, 0, "prove"],
  "prove-v-pass": [3, 0, 1, "prove"],
  "prove-v-skip": [0, 0, 0, "prove"],
  "pytest-crash": [0, 1, 0, "pytest"],
  "pytest-deselected": [0, 0, 0, "pytest"],
  "pytest-empty": [0, 0, 0, "pytest"],
  "pytest-error": [0, 1, 0, "pytest"],
  "pytest-fail": [1, 1, 0, "pytest"],
  "pytest-pass": [4, 0, 1, "pytest"],
  "pytest-quiet": [4, 0, 1, "pytest"],
  "pytest-skip": [0, 0, 1, "pytest"],
  "rspec-crash": [0, 0, 0, "rspec"],
  "rspec-empty": [0, 0, 0, "rspec"],
  "rspec-fail": [1, 1, 0, "rspec"],
  "rspec-pass": [2, 0, 1, "rspec"],
  "rspec-skip": [0, 0, 1, "rspec"],
  "tape-fail": [1, 1, 0, "tap"],
  "unittest-crash": [0, 1, 0, "unittest"],
  "unittest-empty": [0, 0, 0, "unittest"],
  "unittest-fail": [1, 2, 1, "unittest"],
  "unittest-pass": [3, 0, 1, "unittest"],
  "unittest-skip": [0, 0, 1, "unittest"],
  "vitest-crash": [0, 0, 0, "vitest"],
  "vitest-empty": [0, 0, 0, "vitest"],
  "vitest-fail": [1, 1, 1, "vitest"],
  "vitest-many": [3, 1, 5, "vitest"],
  "vitest-nothing": [0, 0, 0, "vitest"],
  "vitest-pass": [2, 0, 2, "vitest"],
  "vitest-skip": [0, 0, 2, "vitest"],
};

test("every recorded output is read as the runner meant it", () => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".txt"))
    .map((file) => file.replace(/\.txt$/, ""))
    .sort();
  assert.deepEqual(Object.fromEntries(names.map((name) => [name, counted(output(name))])), expected);
});

test("line ends of Windows, colours and trailing blanks change no count", () => {
  for (const [name, want] of Object.entries(expected)) {
    const dressed = output(name)
      .split("\n")
      .map((line) => `\u001b[32m${line}\u001b[0m  \r`)
      .join("\n");
    assert.deepEqual([name, counted(dressed)], [name, want]);
  }
});

test("runners in one output add up, and no line is counted through two readers", () => {
  assert.deepEqual(counted(`${output("jest-pass")}\n> next\n${output("node-test-tap-fail")}`), [
    3,
    2,
    2,
    "jest + node:test",
  ]);
  assert.deepEqual(counted(output("mocha-pass") + output("mocha-fail")), [3, 1, 3, "mocha"]);
  assert.deepEqual(counted(output("cargo-pass") + output("pytest-pass")), [7, 0, 2, "cargo + pytest"]);
});

const prefix = (name: string, text: string): readonly string[] =>
  text.split("\n").map((line) => `${name}${line}`);

test("lines of packages that a workspace runner mixes are read apart", () => {
  const one = prefix("packages/a test: ", output("jest-pass"));
  const two = prefix("packages/b test: ", output("vitest-fail"));
  const mixed = one.flatMap((line, at) => [line, ...(two[at] === undefined ? [] : [two[at]])]);
  assert.deepEqual(counted([...mixed, ...two.slice(one.length)].join("\n")), [3, 1, 3, "jest + vitest"]);
});

test("a node:test file without tests is not a test, whatever the runner counts", () => {
  const hollow = "✔ test/empty.test.mjs (30.6ms)\n";
  assert.deepEqual(counted(output("node-test-spec-empty")), [0, 0, 0, "node:test"]);
  assert.deepEqual(counted(`${hollow}✔ adds (1.2ms)\n${totals(2)}`), [1, 0, 0, "node:test"]);
});

function totals(pass: number): string {
  const rest = ["fail 0", "cancelled 0", "skipped 0", "todo 0", "duration_ms 12.3"];
  return [`tests ${pass}`, "suites 0", `pass ${pass}`, ...rest].map((line) => `ℹ ${line}`).join("\n");
}

test("zero executed tests are told apart from an output that nobody recognises", () => {
  assert.equal(countTests("all good\n"), undefined);
  assert.equal(countTests(""), undefined);
  assert.equal(countTests(output("pytest-empty"))?.executed, 0);
});

test("prose about tests is not a count", () => {
  for (const line of [
    "12 passed",
    "All 12 tests passed in the end.",
    "I ran pytest: 12 passed in 0.12s, great",
    "ok",
    "ok then 3 tests",
    "Tests: 12 passed, 12 total",
    "12 passing",
    "Ran 3 tests in 0.001s",
    "3 examples, 0 failures",
    "3 tests, 0 failures",
    "  12 passed (3.4s)",
    "100% of tests passed, 0 failed",
    "ℹ tests 12",
    "# tests 12",
    "Tests run: 12 and all is well",
  ])
    assert.equal(countTests(`building\n${line}\ndone\n`), undefined, line);
});

test("arbitrary text is not recognised and never breaks a reader", () => {
  const word = fc.constantFrom(
    "ok",
    "12",
    "tests",
    "passed",
    "failed",
    "Tests:",
    "FAIL",
    "PASS",
    "0",
    "in",
    "#",
    "-",
    "1..2",
  );
  const line = fc.array(fc.oneof(word, fc.string()), { maxLength: 6 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const count = countTests(lines.join("\n"));
      // TAP is the one format so short that words drawn at random may spell it.
      return count === undefined || count.runner === "tap";
    }),
  );
});

const total = (text: string): number => {
  const count = countTests(text);
  return count === undefined ? 0 : count.executed + count.skipped;
};

test("a cut output never counts more than the whole", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(expected)), fc.nat(5000), (name, length) => {
      const whole = output(name);
      const cut = whole.slice(0, length);
      // Cut before node:test's own totals, its TAP is only TAP, and a hollow file looks like a test in it.
      return total(cut) <= total(whole) || name === "node-test-tap-empty";
    }),
  );
});

const junit = `<?xml version="1.0"?>
<testsuites tests="99"><testsuite name="outer"><testsuite name="inner">
<testcase name="a" classname="x"/><testcase name="b > c" classname='"'><system-out><![CDATA[<testcase name="quoted"/>]]></system-out></testcase>
<!-- <testcase name="gone"/> -->
<testcase name="d"><failure message="no">trace</failure></testcase></testsuite>
<testcase name="e"><error/></testcase><testcase name="f"><skipped/></testcase>
<testcase name="g"><skipped type="todo"/><failure>still red</failure></testcase></testsuite></testsuites>`;

test("JUnit files are counted by their cases, whatever the suites say", () => {
  assert.deepEqual(counted("", [junit]), [2, 2, 2, "junit"]);
  assert.deepEqual(counted("", [junit, `<testsuite><testcase name="z"/></testsuite>`]), [3, 2, 2, "junit"]);
  assert.deepEqual(counted("", [`<testsuite name="empty" tests="0"></testsuite>`]), [0, 0, 0, "junit"]);
  assert.deepEqual(counted("", ["<html>not a report</html>"]), undefined);
});

test("one JUnit file given twice counts once", () => {
  assert.deepEqual(counted("", [junit, junit]), [2, 2, 2, "junit"]);
});

test("where JUnit shows a todo as a pass, the runner's own words win", () => {
  const todoAsPass = `<testsuites><testsuite><testcase name="adds"/><testcase name="more"/><testcase name="some day"/><testcase name="later"><skipped/></testcase></testsuite></testsuites>`;
  assert.deepEqual(counted(output("jest-pass"), [todoAsPass]), [2, 0, 2, "jest"]);
  assert.deepEqual(counted(output("jest-pass"), [junit]), [2, 2, 2, "junit"]);
});
