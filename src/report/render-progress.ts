import type { CheckRow, Entry } from "../core/event.ts";
import { describeExit, succeeded } from "../core/exit.ts";
import type { Session } from "../core/session.ts";
import { count, diffText, duration } from "./amounts.ts";
import { describeAction, describeDecision } from "./describe-event.ts";
import { gridOf, checkOutputs } from "./grid.ts";
import { fit, pad } from "./screen-text.ts";
import { cellMarks, verdictMarks } from "./state-words.ts";
import { visibleLine } from "./visible-text.ts";

/**
 * One line for a change of state, `undefined` for an entry that changes none that people wait for. `session` is the
 * session after the entry. Without a line break; never coloured.
 */
export function progressLine(session: Session, { event }: Entry): string | undefined {
  const told = tell(session, event);
  if (told === undefined) return undefined;
  const [where, says] = told;
  return `${pad(where, 11)}${visibleLine(says, 240)}`;
}

type Told = readonly [where: string, says: string] | undefined;

function tell(session: Session, event: Entry["event"]): Told {
  const attempt = "iteration" in event && event.iteration > 0 ? `attempt ${event.iteration}` : "";
  switch (event.type) {
    case "session.opened": {
      const { repository, commit } = event.environment;
      return ["surefoot", `${event.version} · ${session.id} · ${repository} at ${commit.slice(0, 12)}`];
    }
    case "plan.accepted":
      return ["task", event.tasks.map((task) => task.title).join(", ")];
    case "workspace.created":
      return ["workspace", event.branch];
    case "setup.finished": {
      const ended = succeeded(event.exit) ? "✓ done" : "✗ fail";
      return [
        "setup",
        `${ended} ${event.command} · ${describeExit(event.exit)} · ${duration(event.durationMs)}`,
      ];
    }
    case "gate.chosen":
      return ["gate", `${event.gate}: ${event.why}`];
    case "agent.probed":
      return ["probe", event.refused ? "✓ a forbidden call was refused" : `✗ not guarded: ${event.says}`];
    case "task.dispatched":
      return [attempt, `given to ${event.agent}`];
    case "action.judged": {
      const { verdict, reasons } = event.judgement;
      if (verdict === "allow") return undefined;
      const word = event.enforced ? "refused" : "observed";
      return [attempt, `✗ ${word} ${describeAction(event.action)} · ${reasons[0]?.rule ?? verdict}`];
    }
    case "escalated":
      return [attempt, `! escalated, ${event.reason}: ${event.says}`];
    case "attempt.finished": {
      const ending = event.ending.kind === "finished" ? "" : ` · ${event.ending.kind}: ${event.ending.says}`;
      return [attempt, `${diffText(event.diff)}${ending}`];
    }
    case "check.finished":
      return [
        event.row.phase === "baseline" ? "base" : `attempt ${event.row.iteration}`,
        checkSays(event.row),
      ];
    case "finding.reported":
      return event.finding.severity === "info"
        ? undefined
        : [attempt, `! ${event.finding.severity}: ${event.finding.says} (${event.finding.code})`];
    case "waiver.applied":
      return [attempt, `~ ${event.what} waived by ${event.approver}`];
    case "reconciled": {
      const open = event.undecided.length;
      return open === 0 ? undefined : [attempt, `! not guarded: ${count(open, "action")} without a decision`];
    }
    case "decision.made":
      return [attempt === "" ? "decision" : attempt, `→ ${describeDecision(event.decision)}`];
    case "run.interrupted":
      return ["interrupted", event.says];
    case "run.resumed":
      return ["resumed", `from ${event.from}`];
    case "branch.delivered":
      return ["branch", `${event.branch} at ${event.commit.slice(0, 12)}`];
    case "run.finished": {
      const { glyph, word } = verdictMarks[event.verdict];
      return ["verdict", `${glyph} ${word} ${event.stop}: ${event.says}`];
    }
    case "agent.started":
    case "agent.said":
    case "agent.used":
    case "tool.finished":
    case "checkpoint.recorded":
    case "bundle.written":
    case "run.accepted":
    case "run.discarded":
    case "permit.granted":
    case "permit.used":
    case "entry.erased":
    case "artifacts.pruned":
    case "erased":
      return undefined;
  }
}

function checkSays(row: CheckRow): string {
  const tests = row.tests === undefined ? "" : ` · ${count(row.tests.executed, "test")}`;
  const rerun = row.phase === "rerun" ? " (rerun)" : "";
  const failure = row.passed ? "" : ` · ${row.preExisting ? "as before: " : ""}${row.says}`;
  return `${row.passed ? "✓ pass" : "✗ fail"} ${row.check}${rerun}${tests} · ${duration(row.durationMs)}${failure}`;
}

/**
 * The line that stands for what is being worked on now, rewritten in place on a terminal: at most `columns` wide. The
 * line of an attempt whose decision is made no longer changes.
 */
export function liveLine(session: Session, { columns }: { readonly columns: number }): string {
  const iteration = session.iterations.at(-1);
  const grid = gridOf(session, checkOutputs(session, undefined)).at(-1);
  const ran = (grid?.cells ?? []).filter((cell) => cell.state !== "not_run");
  const cells = ran.map((cell) => {
    const { glyph, word } = cellMarks[cell.state];
    return `${cell.check} ${glyph} ${word}`;
  });
  if (iteration === undefined) {
    const stage = session.workspace === undefined ? "preparing" : cells.length === 0 ? "setting up" : "base";
    return fit([`  ${stage}`, ...cells, "…"].join("  "), columns);
  }
  const refused = iteration.refused === 0 ? [] : [`${iteration.refused} refused`];
  const work =
    iteration.diff === undefined
      ? [`working · ${count(iteration.calls, "call")}`, ...refused].join(" · ")
      : diffText(iteration.diff);
  const end = iteration.decision === undefined ? "…" : decisionWord(iteration.decision);
  return fit([`  ${iteration.number}  ${work}`, ...cells, end].join("  "), columns);
}

function decisionWord(decision: NonNullable<Session["iterations"][number]["decision"]>): string {
  switch (decision.kind) {
    case "pr_ready":
      return "→ ready";
    case "another_attempt":
      return "→ another attempt";
    case "stop":
      return `→ stop: ${decision.reason}`;
  }
}
