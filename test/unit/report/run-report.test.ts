import assert from "node:assert/strict";
import { test } from "node:test";
import { entryOf, hashOf } from "../../../src/core/chain.ts";
import type { ChainedRow } from "../../../src/core/chain.ts";
import { sha256 } from "../../../src/core/digest.ts";
import type { Event } from "../../../src/core/event.ts";
import { foldSession } from "../../../src/core/session.ts";
import { stops } from "../../../src/core/stop.ts";
import type { StopReason } from "../../../src/core/stop.ts";
import { runReport } from "../../../src/report/run-report.ts";
import { chained, checkRow, otherDiff, patch, policy, reportOf, said } from "./sample-parts.ts";
import { opening, rejectedRun, stoppedRun, verifiedRun } from "./sample-runs.ts";

const states = (rows: readonly ChainedRow[], iteration: number): readonly string[] =>
  reportOf(rows)
    .grid.find((row) => row.iteration === iteration)
    ?.cells.map((cell) => `${cell.check} ${cell.state}`) ?? [];

const afterOpening = (...events: readonly Event[]): readonly ChainedRow[] =>
  chained("r-1", [...opening("r-1", "codex"), ...events]);

test("entries and rows of a ledger give the same report", () => {
  const rows = verifiedRun();
  const entries = rows.map(entryOf);
  const session = foldSession("r-7f3a90c1", entries);
  const given = { session, policy, recorded: true, patch, version: "0.1.0" };
  assert.deepEqual(runReport({ ...given, entries }), runReport({ ...given, entries: rows }));
});

test("every digest and hash of the report's slice is that of the ledger", () => {
  for (const row of reportOf(stoppedRun()).ledger.rows)
    assert.deepEqual([row.digest, row.hash], [sha256(row.payload), hashOf(row)]);
});

test("a report written before the run is closed says what the closed run says", () => {
  for (const rows of [verifiedRun(), stoppedRun(), rejectedRun()]) {
    const [before, after] = [reportOf(rows.slice(0, -2)), reportOf(rows)];
    const told = ({ verdict, stop, exit, headline, summary }: typeof before): unknown => ({
      verdict,
      stop,
      exit,
      headline,
      summary,
    });
    assert.deepEqual(told(before), told(after));
  }
});

test("every stop reason has a verdict, an exit and words", () => {
  for (const [reason, meaning] of Object.entries(stops) as [StopReason, (typeof stops)[StopReason]][]) {
    const report = reportOf(
      afterOpening({ type: "run.finished", verdict: meaning.verdict, stop: reason, says: "it ended" }),
    );
    assert.deepEqual([report.verdict, report.stop, report.exit], [meaning.verdict, reason, meaning.exit]);
    assert.match(report.headline, new RegExp(`: ${meaning.says}$`));
    assert.ok(report.next.length > 0, reason);
  }
});

test("a pass with an undecided action is not guarded and exits 2", () => {
  const rows = afterOpening(
    {
      type: "reconciled",
      iteration: 1,
      calls: 2,
      decided: 1,
      undecided: [{ tool: "shell", call: undefined, says: "rm x" }],
    },
    { type: "decision.made", iteration: 1, decision: { kind: "pr_ready", says: "3 of 3 checks passed" } },
  );
  const report = reportOf(rows);
  assert.deepEqual([report.verdict, report.exit, report.reconciliation.state], ["unguarded", 2, "unguarded"]);
});

test("a pass whose branch was not delivered is unfinished and can be resumed", () => {
  const decided = { kind: "pr_ready", says: "3 of 3 checks passed" } as const;
  const report = reportOf(afterOpening({ type: "decision.made", iteration: 1, decision: decided }));
  assert.deepEqual(
    [report.verdict, report.summary, report.next[0]?.command],
    [
      "unfinished",
      "The gate passed in attempt 1, and its branch has not been delivered yet.",
      "surefoot run --resume r-1",
    ],
  );
});

test("an interrupted run can be resumed, and a resumed one is unfinished", () => {
  const interrupted = afterOpening({ type: "run.interrupted", says: "a person pressed Ctrl-C" });
  const report = reportOf(interrupted);
  assert.deepEqual(
    [report.verdict, report.exit, report.next[0]?.command],
    ["could_not_verify", 130, "surefoot run --resume r-1"],
  );
  const resumed = reportOf(
    afterOpening({ type: "run.interrupted", says: "Ctrl-C" }, { type: "run.resumed", from: "the start" }),
  );
  assert.equal(resumed.verdict, "unfinished");
});

test("the pause before a resume is not counted as work", () => {
  const rows = afterOpening({ type: "run.resumed", from: "the start" }).map((row, index, all) =>
    index === all.length - 1 ? { ...row, at: "2026-01-06T00:00:00.000Z" } : row,
  );
  assert.equal(reportOf(rows).workMs, (rows.length - 2) * 1500);
});

test("a cell says why a check did not simply pass or fail", () => {
  const lint = { check: "lint", passed: false, preExisting: true } as const;
  assert.deepEqual(
    states(
      afterOpening(
        {
          type: "check.finished",
          row: checkRow({ check: "types", passed: false, exit: { kind: "exited", code: 127 } }),
        },
        { type: "check.finished", row: checkRow(lint) },
        { type: "check.finished", row: checkRow({ check: "unit", passed: false }) },
        { type: "check.finished", row: checkRow({ check: "unit", phase: "rerun" }) },
        { type: "check.finished", row: checkRow({ check: "e2e", passed: false }) },
        {
          type: "waiver.applied",
          iteration: 1,
          id: "w",
          what: "e2e",
          diff: otherDiff,
          reason: "r",
          approver: "a",
          expires: "2030-01-01",
        },
      ),
      1,
    ),
    ["types unrunnable", "lint known", "unit flaky", "e2e waived"],
  );
  assert.deepEqual(
    states(
      afterOpening({
        type: "check.finished",
        row: checkRow({ check: "unit", passed: false, preExisting: true }),
      }),
      1,
    ).slice(2),
    ["unit failed"],
  );
});

test("a check that passed before on another diff is not flaky", () => {
  const rows = afterOpening(
    { type: "check.finished", row: checkRow({ check: "unit", passed: false, diff: otherDiff }) },
    { type: "check.finished", row: checkRow({ check: "unit", phase: "rerun" }) },
  );
  assert.deepEqual(states(rows, 1).slice(2), ["unit passed"]);
});

const budgetsOf = (rows: readonly ChainedRow[]): readonly string[] =>
  reportOf(rows).budgets.map((line) => `${line.name}: ${line.usedText} of ${line.allowedText}`);

test("budgets show what was used of what was allowed, and what is not known", () => {
  assert.deepEqual(budgetsOf(stoppedRun()), [
    "attempts: 2 of 3",
    "time: 51.0 s of 30 min",
    "tokens: 86,060 of 600,000",
    "cost: $0.38 of $2.00",
    "files changed: 2 of 10",
    "lines changed: 8 of 500",
    "refusals in one turn: 0 of 3",
  ]);
  assert.deepEqual(budgetsOf(verifiedRun()).slice(2, 4), [
    "tokens: not reported of 600,000",
    "cost: not reported of $2.00",
  ]);
  assert.deepEqual(reportOf(stoppedRun(), { policy: undefined }).budgets, []);
});

test("claims stand beside what the diff and the gate show", () => {
  assert.deepEqual(
    reportOf(stoppedRun()).claims?.rows.map((row) => `${row.claim}: ${row.shown}`),
    [
      "changed src/limit.ts: true",
      "changed src/clock.ts: not_true",
      "(nothing about docs/limits.md): unclaimed",
      "the tests pass: not_true",
    ],
  );
});

test("the largest change is read first", () => {
  assert.deepEqual(
    reportOf(verifiedRun(), { patch }).patch.files.map((file) => [
      file.path,
      file.status,
      file.added,
      file.removed,
    ]),
    [
      ["src/limit.ts", "modified", 4, 2],
      ["docs/limits.md", "added", 2, 0],
    ],
  );
});

test("removed secrets and erased payloads are counted", () => {
  const rows = stoppedRun();
  const erased = rows.map((row, index) =>
    index === 12
      ? {
          ...row,
          type: "erased",
          payload: JSON.stringify({ type: "erased", reason: "a key", at: "2026-01-06" }),
        }
      : row,
  );
  assert.deepEqual([reportOf(rows).ledger.redactions, reportOf(erased).ledger.erased], [1, 1]);
});

test("output is shown without colour codes and with its hidden characters", () => {
  const rows = afterOpening({
    type: "check.finished",
    row: checkRow({
      check: "e2e",
      passed: false,
      output: said("\u001b[31mred\u001b[0m\r\nnext\u202e\u0000\n"),
    }),
  });
  assert.equal(reportOf(rows).outputs.at(-1)?.text, "red\nnext[U+202E]␀\n");
});
