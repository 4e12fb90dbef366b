import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, feedbackOf } from "../../../src/control/decide.ts";
import { blankPolicy } from "../../../src/core/blank-policy.ts";
import type { Evidence } from "../../../src/control/decide.ts";
import type { CheckRow, Decision } from "../../../src/core/event.ts";
import type { JudgedFinding } from "../../../src/core/finding.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { openSession } from "../../../src/core/session.ts";
import type { Iteration, Session } from "../../../src/core/session.ts";

const limit = { files: 3, lines: 100 };

const policy: Policy = {
  ...blankPolicy,
  budgets: {
    ...blankPolicy.budgets,
    iterations: 3,
    wallTimeMs: 60_000,
    tokensHard: 2000,
    costUsd: 1,
    patch: { perCall: limit, perAttempt: limit, total: limit, underFallback: { files: 1, lines: 20 } },
  },
};

function row(check: string, given: Partial<CheckRow> = {}): CheckRow {
  return {
    phase: "after",
    iteration: 1,
    check,
    command: `run ${check}`,
    exit: { kind: "exited", code: given.passed === false ? 1 : 0 },
    durationMs: 10,
    tests: undefined,
    output: { text: given.says ?? "fine", bytes: 4, truncated: false, artifact: undefined },
    diff: "diff:1",
    passed: true,
    preExisting: false,
    signature: given.passed === false ? `signature of ${check}` : undefined,
    says: "fine",
    ...given,
  };
}

function finding(code: string, given: Partial<JudgedFinding> = {}): JudgedFinding {
  return {
    check: "scope",
    code,
    severity: "block",
    says: `${code} happened`,
    measures: {},
    evidence: [],
    ...given,
  };
}

function evidence(given: Partial<Evidence> = {}): Evidence {
  return {
    iteration: 1,
    diff: "diff:1",
    ending: { kind: "finished", says: "done" },
    total: { files: 1, lines: 10 },
    attempt: { files: 1, lines: 10 },
    gate: "full",
    rows: [row("lint"), row("test")],
    findings: [],
    waived: [],
    reportOnly: [],
    elapsedMs: 100,
    ...given,
  };
}

function after(number: number, given: Partial<Iteration>): Session {
  const iteration: Iteration = {
    number,
    startedAt: "2026-01-01T00:00:00.000Z",
    diff: undefined,
    checks: [],
    findings: [],
    refused: 0,
    calls: 0,
    undecided: [],
    reconciled: false,
    step: undefined,
    ending: undefined,
    claim: undefined,
    decision: { kind: "another_attempt", says: "", feedback: "" },
    waived: [],
    ended: true,
    ...given,
  };
  return { ...openSession("run_1"), iterations: [iteration] };
}

function reason(decision: Decision): string {
  return decision.kind === "stop" ? decision.reason : decision.kind;
}

function decides(
  expected: string,
  given: Partial<Evidence>,
  session: Session = openSession("run_1"),
  rules: Policy = policy,
): void {
  assert.equal(reason(decide(session, evidence(given), rules)), expected);
}

const red = row("test", { passed: false, says: "1 is not 2" });

test("a gate whose checks all pass is ready for a pull request", () => {
  decides("pr_ready", {});
});

test("a failing check is worth another attempt while budgets last", () => {
  decides("another_attempt", { rows: [row("lint"), red] });
});

test("an empty diff is a failure whatever the checks say", () => {
  decides("no_change", { total: { files: 0, lines: 0 } });
});

test("a gate that ran nothing verifies nothing", () => {
  decides("gate_unrunnable", { rows: [] });
});

test("each way in which a turn is cut off is its own stop", () => {
  const ended = (
    by: "strikes" | "conflicts" | "tokens" | "cost" | "wall_time" | "escalation",
  ): Partial<Evidence> => ({
    ending: { kind: "ended", by, says: "" },
  });
  decides("three_strikes", ended("strikes"));
  decides("edit_conflict_twice", ended("conflicts"));
  decides("tokens", ended("tokens"));
  decides("cost", ended("cost"));
  decides("wall_time", ended("wall_time"));
  decides("escalated", ended("escalation"));
  decides("agent_unavailable", { ending: { kind: "unavailable", says: "" } });
  decides("agent_unavailable", { ending: { kind: "failed", says: "" } });
});

test("a change over the budget of an attempt or of the run is not gated", () => {
  decides("patch_budget", { attempt: { files: 4, lines: 1 } });
  decides("patch_budget", { total: { files: 1, lines: 101 } });
});

test("the fallback gate tightens the patch budget", () => {
  decides("pr_ready", { total: { files: 1, lines: 20 }, attempt: { files: 1, lines: 20 }, gate: "fallback" });
  decides("patch_budget", {
    total: { files: 1, lines: 21 },
    attempt: { files: 1, lines: 20 },
    gate: "fallback",
  });
});

test("the same check failing twice in the same way stops the run with budget left", () => {
  decides(
    "same_check_failed_twice",
    { iteration: 2, rows: [row("test", { passed: false })] },
    after(1, { checks: [row("test", { passed: false })] }),
  );
});

test("the same check failing in another way is worth another attempt", () => {
  decides(
    "another_attempt",
    { iteration: 2, rows: [row("test", { passed: false, signature: "another" })] },
    after(1, { checks: [row("test", { passed: false })] }),
  );
});

test("a recorded rerun that passed keeps the same failure from stopping the run", () => {
  const flaky = [row("test", { passed: false }), row("test", { phase: "rerun" })];
  decides(
    "another_attempt",
    { iteration: 2, rows: [row("test", { passed: false })] },
    after(1, { checks: flaky }),
  );
});

test("the last attempt ends with the iteration budget", () => {
  decides("iterations", { iteration: 3, rows: [red] });
});

test("spent time, tokens and cost end the run after a failing gate", () => {
  decides("wall_time", { rows: [red], elapsedMs: 60_000 });
  const usage = {
    model: undefined,
    inputTokens: 1500,
    outputTokens: 500,
    cachedTokens: 0,
    costUsd: undefined,
  };
  decides("tokens", { rows: [red] }, { ...openSession("run_1"), usage });
  decides(
    "cost",
    { rows: [red] },
    { ...openSession("run_1"), usage: { ...usage, inputTokens: 0, costUsd: 1 } },
  );
});

test("a check that was killed from outside is not actionable", () => {
  decides("not_actionable", {
    rows: [row("test", { passed: false, exit: { kind: "signaled", signal: "SIGKILL" } })],
  });
});

test("a change that breaks the policy may be taken back once", () => {
  const outside = finding("change.out_of_scope");
  decides("another_attempt", { findings: [outside] });
  decides("policy_violation", { iteration: 2, findings: [outside] }, after(1, { findings: [outside] }));
  decides("policy_violation", { iteration: 3, findings: [outside] });
});

test("a finding that does not block leaves a green gate green", () => {
  decides("pr_ready", { findings: [finding("claims.prose_mismatch", { severity: "warn" })] });
});

test("a waiver covers its check or its finding, and nothing else", () => {
  decides("pr_ready", { rows: [row("lint"), red], waived: ["test"] });
  decides("pr_ready", { findings: [finding("tests.weakened")], waived: ["tests.weakened"] });
  decides("another_attempt", {
    rows: [red],
    findings: [finding("tests.weakened")],
    waived: ["tests.weakened"],
  });
});

test("a failure from before keeps the gate from passing unless the policy only reports it", () => {
  const old = row("types", { passed: false, preExisting: true });
  decides("another_attempt", { rows: [row("test"), old] });
  decides("pr_ready", { rows: [row("test"), old], reportOnly: ["types"] });
  decides("another_attempt", { rows: [row("test"), { ...old, preExisting: false }], reportOnly: ["types"] });
});

test("failures from before alone verify nothing, unless a person waives them", () => {
  const old = row("types", { passed: false, preExisting: true });
  decides("gate_unrunnable", { rows: [old], reportOnly: ["types"] });
  decides("pr_ready", { rows: [old], waived: ["types"] });
});

test("a decision names the finding where no check failed", () => {
  const fewer = finding("gate.fewer_tests_than_baseline");
  const says = (iteration: number): string =>
    decide(openSession("run_1"), evidence({ iteration, findings: [fewer] }), policy).says;
  assert.deepEqual(
    [says(1), says(3)],
    [
      "gate.fewer_tests_than_baseline happened; another attempt may mend it",
      "gate.fewer_tests_than_baseline happened, still after 3 of 3 attempts",
    ],
  );
});

test("feedback holds the failing output in a fence that the output cannot end", () => {
  const feedback = feedbackOf(
    evidence({
      rows: [
        row("test", {
          passed: false,
          output: { text: "```\nbad\n```", bytes: 12, truncated: false, artifact: undefined },
        }),
      ],
    }),
  );
  assert.equal(feedback, "### test failed (`run test`)\n\n````\n```\nbad\n```\n````");
});

test("of a long output the feedback keeps the first failing lines and the end", () => {
  const noise = Array.from({ length: 200 }, (_, line) => `ok ${line}`);
  const text = [...noise, "AssertionError: 1 is not 2", ...noise, "the end"].join("\n");
  const output = { text, bytes: text.length, truncated: false, artifact: undefined };
  const feedback = feedbackOf(evidence({ rows: [row("test", { passed: false, output })] }));
  assert.match(feedback, /AssertionError: 1 is not 2/);
  assert.match(feedback, /the end/);
  assert.ok(feedback.split("\n").length < 80);
});
