import assert from "node:assert/strict";
import { test } from "node:test";
import { countTests } from "../../../src/checks/count-tests.ts";
import { firstFailingLine, judgeRow, type RowVerdict } from "../../../src/checks/gate-result.ts";
import type { CheckRow } from "../../../src/core/event.ts";
import type { Exit } from "../../../src/core/exit.ts";
import type { GateCheck } from "../../../src/core/policy.ts";

const unit: GateCheck = {
  name: "unit",
  run: "npm test",
  timeoutMs: 1000,
  tests: "auto",
  junit: undefined,
  whenRedBefore: "must_fix",
  reruns: 0,
  targeted: false,
};
const exited = (code: number): Exit => ({ kind: "exited", code });
const green = "= 3 passed in 0.01s =\n";
const red = "E   assert 1 == 2\nFAILED test_a.py::test_a\n= 1 failed, 2 passed in 0.01s =\n";

interface Given {
  readonly check?: Partial<GateCheck>;
  readonly exit?: Exit;
  readonly baseline?: CheckRow;
}

const judge = (output: string, { check, exit = exited(0), baseline }: Given = {}): RowVerdict =>
  judgeRow({ check: { ...unit, ...check }, exit, output, tests: countTests(output), baseline });

const row = (output: string, exit: Exit): CheckRow => {
  const judged = judge(output, { exit });
  return {
    phase: "baseline",
    iteration: 0,
    check: unit.name,
    command: unit.run,
    exit,
    durationMs: 1,
    tests: countTests(output),
    output: { text: output, bytes: output.length, truncated: false, artifact: undefined },
    diff: "diff:0",
    passed: judged.passed,
    preExisting: false,
    signature: judged.signature?.digest,
    says: judged.says,
  };
};

const codes = (verdict: RowVerdict): readonly unknown[] => [
  verdict.passed,
  ...verdict.findings.map((one) => one.code),
];

test("exit 0 with tests executed passes and says how many", () => {
  assert.deepEqual(judge(green), {
    passed: true,
    says: "3 passed (pytest)",
    signature: undefined,
    preExisting: false,
    findings: [],
  });
});

test("exit 0 with no test executed fails, and says so in one line", () => {
  const verdict = judge("= 2 skipped in 0.01s =\n");
  assert.deepEqual(codes(verdict), [false, "gate.no_tests_executed"]);
  assert.equal(verdict.says, "unit exited 0 and pytest executed no test (2 skipped)");
  assert.equal(verdict.signature?.digest, judge("= 2 skipped in 9.99s =\n").signature?.digest);
});

test("a test command whose output says nothing about tests is not believed", () => {
  assert.deepEqual(codes(judge("done\n")), [false, "gate.tests_unknown"]);
  assert.match(judge("done\n").says, /set `junit:` .* or `tests: none`/);
  assert.deepEqual(codes(judge("done\n", { check: { run: "make it", tests: "required" } })), [
    false,
    "gate.tests_unknown",
  ]);
});

test("a command that is no test command needs only its exit", () => {
  assert.deepEqual(judge("done\n", { check: { run: "npx tsc" } }).says, "exit 0");
  assert.deepEqual(codes(judge("done\n", { check: { run: "npx tsc" } })), [true]);
  assert.deepEqual(codes(judge("done\n", { check: { tests: "none" } })), [true]);
  assert.deepEqual(codes(judge("= no tests ran in 0.01s =\n", { check: { tests: "none" } })), [true]);
});

test("a runner seen in the output of any command is held to its word", () => {
  assert.deepEqual(codes(judge("= no tests ran in 0.01s =\n", { check: { run: "make everything" } })), [
    false,
    "gate.no_tests_executed",
  ]);
});

test("a failure names how it ended and the line that tells of it", () => {
  const verdict = judge(red, { exit: exited(1) });
  assert.deepEqual([verdict.passed, verdict.says], [false, "exit 1: E   assert 1 == 2"]);
  assert.equal(
    judge("", { exit: { kind: "timedOut", afterMs: 1000 } }).says,
    "timed out after 1000 ms: no output",
  );
  assert.equal(judge(green, { exit: { kind: "signaled", signal: "SIGKILL" } }).passed, false);
});

test("a failure that the base shows in the same way is pre-existing, another one is not", () => {
  const baseline = row(red, exited(1));
  assert.equal(judge(red.replace("0.01s", "7.77s"), { exit: exited(1), baseline }).preExisting, true);
  assert.equal(judge(red.replace("1 == 2", "5 == 2"), { exit: exited(1), baseline }).preExisting, false);
  assert.equal(judge(red, { exit: exited(1), baseline: row(green, exited(0)) }).preExisting, false);
  const silent = row("= no tests ran in 0.01s =\n", exited(0));
  assert.equal(judge("= no tests ran in 3.00s =\n", { baseline: silent }).preExisting, true);
});

test("fewer executed tests than on the base are a finding with both numbers", () => {
  const verdict = judge("= 1 passed, 2 skipped in 0.01s =\n", { baseline: row(green, exited(0)) });
  assert.deepEqual(verdict.findings, [
    {
      code: "gate.fewer_tests_than_baseline",
      says: "unit executed 1 tests; on the untouched base it executed 3",
      measures: { executed: 1, before: 3, skipped: 2, skippedBefore: 0 },
      evidence: [{ excerpt: "npm test" }],
    },
  ]);
  assert.deepEqual(codes(judge(green, { baseline: row(red, exited(1)) })), [true]);
});

test("exit 0 does not undo the tests that failed", () => {
  const failed = red.replace(/^E.*\n/, "");
  const verdict = judge(failed, { baseline: row(green, exited(0)) });
  assert.deepEqual(codes(verdict), [false, "gate.failures_ignored"]);
  assert.equal(verdict.says, "unit exited 0 although pytest counted 1 failed test");
  assert.deepEqual(codes(judge(failed, { baseline: row(red, exited(1)) })), [false, "gate.failures_ignored"]);
  assert.deepEqual(codes(judge(failed, { baseline: row(failed, exited(0)) })), [true], "as on the base");
});

test("counts of different runners are not compared", () => {
  const packages = "ok  \texample.com/a\t0.01s\n";
  assert.deepEqual(codes(judge(packages, { baseline: row(green, exited(0)) })), [true]);
});

test("the first failing line is counted as the output is split", () => {
  assert.equal(firstFailingLine("a\r\nb\r\nError: x\r\n"), 3);
  assert.equal(firstFailingLine("10%\r50%\rdone\n\u001b[31mError: x\u001b[0m\n"), 2);
  assert.equal(firstFailingLine("nothing here\n"), 1);
  assert.equal(firstFailingLine(""), 1);
});
