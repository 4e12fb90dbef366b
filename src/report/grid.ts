import type { CheckRow, Decision } from "../core/event.ts";
import { couldNotRun, describeExit } from "../core/exit.ts";
import type { Policy } from "../core/policy.ts";
import type { Session } from "../core/session.ts";
import type { Cell, CellState, CheckOutput, GridRow } from "./report-model.ts";
import { visible, visibleLine } from "./visible-text.ts";

/** Every run of a check, the base first, with what it means for the gate. */
export function checkOutputs(session: Session, policy: Policy | undefined): readonly CheckOutput[] {
  const reportOnly = new Set(
    (policy?.gates.full ?? []).filter((check) => check.whenRedBefore === "report").map((check) => check.name),
  );
  const rows = [...session.baseline, ...session.iterations.flatMap((iteration) => iteration.checks)];
  return rows.map((row, index) => {
    const failedBefore = rows
      .slice(0, index)
      .some(
        (other) =>
          other.iteration === row.iteration &&
          other.check === row.check &&
          other.diff === row.diff &&
          !other.passed,
      );
    const waived = session.iterations.find((iteration) => iteration.number === row.iteration)?.waived ?? [];
    const state = stateOf(row, {
      flaky: row.phase === "rerun" && failedBefore,
      waived: waived.includes(row.check),
      reportOnly: reportOnly.has(row.check),
    });
    return {
      id: `output-${index + 1}`,
      iteration: row.iteration,
      phase: row.phase,
      check: visibleLine(row.check, 80),
      command: visibleLine(row.command),
      state,
      ended: visibleLine(describeExit(row.exit)),
      durationMs: row.durationMs,
      tests: row.tests,
      says: visibleLine(row.says),
      diff: row.diff,
      text: visible(row.output.text),
      bytes: row.output.bytes,
      truncated: row.output.truncated,
      artifact: row.output.artifact,
    };
  });
}

function stateOf(
  row: CheckRow,
  known: { readonly flaky: boolean; readonly waived: boolean; readonly reportOnly: boolean },
): CellState {
  if (row.passed) return known.flaky ? "flaky" : "passed";
  if (known.waived) return "waived";
  if (row.preExisting && known.reportOnly) return "known";
  return couldNotRun(row.exit) ? "unrunnable" : "failed";
}

/** Iteration × check, the untouched base first. */
export function gridOf(session: Session, outputs: readonly CheckOutput[]): readonly GridRow[] {
  const checks = [...new Set(outputs.map((output) => output.check))];
  const cellsOf = (iteration: number): readonly Cell[] =>
    checks.map((check) =>
      cellOf(
        check,
        outputs.findLast((output) => output.check === check && output.iteration === iteration),
      ),
    );
  const base: readonly GridRow[] =
    session.baseline.length === 0
      ? []
      : [
          {
            iteration: 0,
            name: "base",
            diff: undefined,
            calls: 0,
            refused: 0,
            cells: cellsOf(0),
            decision: undefined,
          },
        ];
  return [
    ...base,
    ...session.iterations.map((iteration): GridRow => ({
      iteration: iteration.number,
      name: `attempt ${iteration.number}`,
      diff:
        iteration.diff === undefined
          ? undefined
          : {
              id: iteration.diff.id,
              files: iteration.diff.files,
              added: iteration.diff.added,
              removed: iteration.diff.removed,
            },
      calls: iteration.calls,
      refused: iteration.refused,
      cells: cellsOf(iteration.number),
      decision: iteration.decision === undefined ? undefined : decisionOf(iteration.decision),
    })),
  ];
}

function cellOf(check: string, output: CheckOutput | undefined): Cell {
  if (output === undefined)
    return {
      check,
      state: "not_run",
      says: "did not run",
      tests: undefined,
      durationMs: undefined,
      output: undefined,
    };
  return {
    check,
    state: output.state,
    says: output.says,
    tests: output.tests,
    durationMs: output.durationMs,
    output: output.id,
  };
}

function decisionOf(decision: Decision): GridRow["decision"] {
  const says = visibleLine(decision.says);
  switch (decision.kind) {
    case "pr_ready":
      return { kind: decision.kind, word: "ready", says };
    case "another_attempt":
      return { kind: decision.kind, word: "another attempt", says };
    case "stop":
      return { kind: decision.kind, word: decision.reason, says };
  }
}
