import type { ChainedRow } from "../../../src/core/chain.ts";
import { diffId } from "../../../src/core/diff.ts";
import type { CheckRow, Event } from "../../../src/core/event.ts";
import { chained, checkRow, failingOutput, otherDiff, patch, said } from "./sample-parts.ts";

export function opening(session: string, agent: string): readonly Event[] {
  return [
    {
      type: "session.opened",
      kind: "run",
      version: "0.1.0",
      policy: "9".repeat(64),
      environment: {
        node: "24.21.0",
        git: "2.39.5",
        os: "linux",
        arch: "x64",
        repository: "limits",
        branch: "main",
        commit: "4".repeat(40),
        dirty: false,
        jail: "bubblewrap 0.8.0",
      },
    },
    {
      type: "plan.accepted",
      wave: 1,
      tasks: [
        {
          id: "task-1f2e3d4c",
          title: "Let a burst of 20 requests through",
          body: "The limiter lets 10 requests through at once.\nThe contract says 20.",
          source: "tasks/burst.md",
          scope: { allow: ["src/**", "docs/**"], deny: ["test/**"] },
          sections: ["3.1"],
          reproduce: undefined,
          budget: { files: 8, lines: 400 },
        },
      ],
      attended: false,
    },
    {
      type: "workspace.created",
      path: `/tmp/surefoot/${session}`,
      base: "4".repeat(40),
      branch: `surefoot/${session}`,
    },
    {
      type: "setup.finished",
      command: "npm ci",
      exit: { kind: "exited", code: 0 },
      durationMs: 3120,
      output: said("added 12 packages\n"),
    },
    {
      type: "check.finished",
      row: checkRow({ check: "types", phase: "baseline", iteration: 0, diff: diffId("") }),
    },
    {
      type: "check.finished",
      row: checkRow({
        check: "lint",
        phase: "baseline",
        iteration: 0,
        diff: diffId(""),
        passed: false,
        says: "src/old.ts:3 error no-var",
        output: said("src/old.ts\n  3:1  error  no-var\n"),
      }),
    },
    {
      type: "check.finished",
      row: checkRow({
        check: "unit",
        phase: "baseline",
        iteration: 0,
        diff: diffId(""),
        passed: false,
        output: said(failingOutput),
      }),
    },
    { type: "gate.chosen", gate: "full", why: "every command of the full gate runs" },
    {
      type: "task.dispatched",
      task: "task-1f2e3d4c",
      wave: 1,
      agent,
      iteration: 1,
      files: ["src/**"],
      packet: "8".repeat(64),
    },
    {
      type: "agent.started",
      iteration: 1,
      agent,
      version: agent === "recorded" ? undefined : "2.1.4",
      jail: "bubblewrap 0.8.0",
    },
  ];
}

const attempted = (
  iteration: number,
  more: Partial<Pick<Extract<Event, { type: "attempt.finished" }>, "diff" | "claim">> = {},
): Event => ({
  type: "attempt.finished",
  iteration,
  ending: { kind: "finished", says: "done" },
  step: { files: 1, lines: 2 },
  diff: {
    id: diffId(patch),
    files: 2,
    lines: 8,
    paths: ["src/limit.ts", "docs/limits.md"],
    added: 6,
    removed: 2,
    artifact: "5".repeat(64),
  },
  claim: { source: "structured", paths: ["src/limit.ts", "docs/limits.md"], testsPass: true },
  ...more,
});

const used = (iteration: number): Event => ({
  type: "agent.used",
  iteration,
  usage: {
    model: "example-model-1",
    inputTokens: 41_200,
    outputTokens: 1830,
    cachedTokens: 12_000,
    costUsd: 0.19,
  },
});

const allowedEdit = (iteration: number, call: string, path = "src/limit.ts"): readonly Event[] => [
  {
    type: "action.judged",
    iteration,
    call,
    tool: "apply_patch",
    action: {
      kind: "edit",
      path,
      change: { kind: "replace", oldText: "const burst = 10;", newText: "const burst = 20;" },
    },
    judgement: { verdict: "allow", reasons: [], effects: [], facts: {} },
    enforced: true,
  },
  {
    type: "tool.finished",
    iteration,
    call,
    tool: "apply_patch",
    outcome: {
      kind: "done",
      result: {
        kind: "patched",
        path,
        added: 1,
        removed: 1,
        diffId: otherDiff,
        before: "6".repeat(64),
        after: "7".repeat(64),
      },
    },
    durationMs: 4,
  },
];

const forcedPush = (iteration: number): Event => ({
  type: "action.judged",
  iteration,
  call: "call-9",
  tool: "shell",
  action: { kind: "exec", command: "git push --force origin main", cwd: "/tmp/surefoot" },
  judgement: {
    verdict: "deny",
    reasons: [
      {
        rule: "git/force-push",
        verdict: "deny",
        says: "rewrites a branch that others have",
        span: { start: 9, end: 16 },
        instead: "git push origin HEAD:refs/heads/surefoot/fix",
      },
    ],
    effects: [],
    facts: { currentBranch: "main" },
  },
  enforced: true,
});

const gate = (iteration: number, unit: Partial<CheckRow>): readonly Event[] => [
  { type: "check.finished", row: checkRow({ check: "types", iteration }) },
  {
    type: "check.finished",
    row: checkRow({
      check: "lint",
      iteration,
      passed: false,
      preExisting: true,
      says: "src/old.ts:3 error no-var",
      output: said("src/old.ts\n  3:1  error  no-var\n"),
    }),
  },
  { type: "check.finished", row: checkRow({ check: "unit", iteration, ...unit }) },
];

/** A recorded agent is refused a forced push, fails once, and passes with its second attempt. */
export function verifiedRun(): readonly ChainedRow[] {
  const session = "r-7f3a90c1";
  return chained(session, [
    ...opening(session, "recorded"),
    {
      type: "agent.said",
      iteration: 1,
      text: "The burst is too small. \u001b[31mI change it\u001b[0m \u202eand push.",
    },
    ...allowedEdit(1, "call-1"),
    forcedPush(1),
    attempted(1, {
      diff: {
        id: otherDiff,
        files: 1,
        lines: 2,
        paths: ["src/limit.ts"],
        added: 1,
        removed: 1,
        artifact: "5".repeat(64),
      },
      claim: undefined,
    }),
    ...gate(1, { passed: false, diff: otherDiff, output: said(failingOutput) }),
    {
      type: "finding.reported",
      iteration: 1,
      finding: {
        code: "change.test_weakened",
        check: "weakened-tests",
        severity: "block",
        says: "an assertion was loosened: equal became ok",
        measures: { assertions: 1 },
        evidence: [{ path: "test/limit.test.ts", line: 41, excerpt: "assert.ok(count)" }],
      },
    },
    { type: "checkpoint.recorded", iteration: 1, commit: "a".repeat(40), diff: otherDiff },
    {
      type: "decision.made",
      iteration: 1,
      decision: {
        kind: "another_attempt",
        says: "unit failed; another attempt may mend it",
        feedback: "unit failed",
      },
    },
    {
      type: "task.dispatched",
      task: "task-1f2e3d4c",
      wave: 1,
      agent: "recorded",
      iteration: 2,
      files: ["src/**"],
      packet: "8".repeat(64),
    },
    ...allowedEdit(2, "call-2"),
    ...allowedEdit(2, "call-3", "docs/limits.md"),
    attempted(2),
    ...gate(2, {}),
    { type: "reconciled", iteration: 2, calls: 3, decided: 3, undecided: [] },
    { type: "checkpoint.recorded", iteration: 2, commit: "b".repeat(40), diff: diffId(patch) },
    {
      type: "decision.made",
      iteration: 2,
      decision: { kind: "pr_ready", says: "2 of 3 checks passed; 1 waived or failing as before" },
    },
    { type: "branch.delivered", branch: `surefoot/${session}`, commit: "b".repeat(40) },
    { type: "bundle.written", path: `.surefoot/bundles/${session}`, digest: "c".repeat(64) },
    {
      type: "run.finished",
      verdict: "verified",
      stop: "passed",
      says: "2 of 3 checks passed; 1 waived or failing as before",
    },
  ]);
}

/** The same test fails twice in the same way; a secret was removed from what the agent said. */
export function stoppedRun(): readonly ChainedRow[] {
  const session = "r-2b44d0aa";
  const failed = { passed: false, output: said(failingOutput) } as const;
  return chained(session, [
    ...opening(session, "claude"),
    {
      type: "agent.said",
      iteration: 1,
      text: "I use [redacted:github-token] to look at issue #12 with @octocat.",
    },
    ...allowedEdit(1, "call-1"),
    used(1),
    attempted(1),
    { type: "reconciled", iteration: 1, calls: 1, decided: 1, undecided: [] },
    ...gate(1, { ...failed, diff: diffId(patch) }),
    { type: "check.finished", row: checkRow({ check: "unit", phase: "rerun", ...failed }) },
    {
      type: "decision.made",
      iteration: 1,
      decision: {
        kind: "another_attempt",
        says: "unit failed; another attempt may mend it",
        feedback: "unit failed",
      },
    },
    {
      type: "task.dispatched",
      task: "task-1f2e3d4c",
      wave: 1,
      agent: "claude",
      iteration: 2,
      files: ["src/**"],
      packet: "8".repeat(64),
    },
    ...allowedEdit(2, "call-2"),
    used(2),
    attempted(2, {
      claim: { source: "structured", paths: ["src/limit.ts", "src/clock.ts"], testsPass: true },
    }),
    { type: "reconciled", iteration: 2, calls: 1, decided: 1, undecided: [] },
    ...gate(2, failed),
    {
      type: "finding.reported",
      iteration: 2,
      finding: {
        code: "claims.not_in_diff",
        check: "claims",
        severity: "warn",
        says: "src/clock.ts is reported as changed and the diff does not contain it",
        measures: { claimed: 2, changed: 2 },
        evidence: [{ path: "src/clock.ts" }],
      },
    },
    {
      type: "finding.reported",
      iteration: 2,
      finding: {
        code: "claims.not_claimed",
        check: "claims",
        severity: "info",
        says: "docs/limits.md is changed in the diff and not reported as changed",
        measures: { claimed: 2, changed: 2 },
        evidence: [{ path: "docs/limits.md" }],
      },
    },
    {
      type: "decision.made",
      iteration: 2,
      decision: {
        kind: "stop",
        reason: "same_check_failed_twice",
        says: "unit failed twice in the same way: not ok 7 - a burst of 20 is let through",
        next: "read the output of unit: the task or the test may say something else than the agent reads",
      },
    },
    { type: "bundle.written", path: `.surefoot/bundles/${session}`, digest: "c".repeat(64) },
    {
      type: "run.finished",
      verdict: "stopped",
      stop: "same_check_failed_twice",
      says: "unit failed twice in the same way: not ok 7 - a burst of 20 is let through",
    },
  ]);
}

const outOfScope = (iteration: number): Event => ({
  type: "finding.reported",
  iteration,
  finding: {
    code: "scope.outside",
    check: "scope",
    severity: "block",
    says: ".github/workflows/ci.yml is changed and lies outside the task's scope",
    measures: { files: 1 },
    evidence: [{ path: ".github/workflows/ci.yml", line: 3, excerpt: "run: npm test || true | <b>tee</b>" }],
  },
});

/** An edit out of scope, twice; one action of the agent has no decision; one finding was waived. */
export function rejectedRun(): readonly ChainedRow[] {
  const session = "r-c0ffee11";
  return chained(session, [
    ...opening(session, "codex"),
    ...allowedEdit(1, "call-1"),
    used(1),
    attempted(1),
    outOfScope(1),
    {
      type: "decision.made",
      iteration: 1,
      decision: {
        kind: "another_attempt",
        says: ".github/workflows/ci.yml is changed and lies outside the task's scope",
        feedback: "scope",
      },
    },
    {
      type: "task.dispatched",
      task: "task-1f2e3d4c",
      wave: 1,
      agent: "codex",
      iteration: 2,
      files: ["src/**"],
      packet: "8".repeat(64),
    },
    forcedPush(2),
    {
      type: "escalated",
      iteration: 2,
      reason: "ask_unattended",
      says: "nobody was there to be asked",
      to: undefined,
    },
    used(2),
    attempted(2, { claim: { source: "prose", paths: ["src/limit.ts"], testsPass: undefined } }),
    {
      type: "reconciled",
      iteration: 2,
      calls: 3,
      decided: 2,
      undecided: [{ tool: "shell", call: "call-12", says: "rm -rf build | ran without a decision" }],
    },
    ...gate(2, {}),
    outOfScope(2),
    {
      type: "finding.reported",
      iteration: 2,
      finding: {
        code: "change.generated_file",
        check: "generated",
        severity: "warn",
        says: "dist/limit.js is a generated file",
        measures: {},
        evidence: [{ path: "dist/limit.js" }],
      },
    },
    {
      type: "waiver.applied",
      iteration: 2,
      id: "w-1",
      what: "change.generated_file",
      diff: diffId(patch),
      reason: "the build output is committed until March",
      approver: "Ada",
      expires: "2026-03-01",
    },
    {
      type: "decision.made",
      iteration: 2,
      decision: {
        kind: "stop",
        reason: "policy_violation",
        says: ".github/workflows/ci.yml is changed and lies outside the task's scope",
        next: "read the findings; if the change is wanted, widen the task's scope or add a waiver for this diff",
      },
    },
    { type: "bundle.written", path: `.surefoot/bundles/${session}`, digest: "c".repeat(64) },
    {
      type: "run.finished",
      verdict: "rejected",
      stop: "policy_violation",
      says: ".github/workflows/ci.yml is changed and lies outside the task's scope",
    },
  ]);
}
