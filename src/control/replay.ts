import type { Action, Facts, Judgement, Verdict } from "../core/action.ts";
import type { Decision, Entry } from "../core/event.ts";
import type { Policy } from "../core/policy.ts";
import { openSession, step } from "../core/session.ts";
import type { Iteration, Session } from "../core/session.ts";
import { binding } from "../guard/binding.ts";
import { judge } from "../guard/judge.ts";
import { read } from "../guard/read.ts";
import { decide, decideEarly } from "./decide.ts";
import type { Evidence } from "./decide.ts";

/** A decision of the loop, made again from the recorded evidence. */
export interface ReplayedDecision {
  readonly iteration: number;
  readonly recorded: string;
  readonly replayed: string;
  readonly same: boolean;
}

/**
 * Strict replay: every decision of the loop is computed again from what the ledger says was seen. Nothing is run. The
 * decisions are compared by kind and reason, not by wording.
 */
export function replayDecisions(
  id: string,
  entries: Iterable<Entry>,
  policy: Policy,
): readonly ReplayedDecision[] {
  const replayed: ReplayedDecision[] = [];
  let session = openSession(id);
  let spentMs = 0;
  let before: number | undefined;
  for (const entry of entries) {
    const at = Date.parse(entry.at);
    if (before !== undefined && entry.event.type !== "run.resumed") spentMs += at - before;
    before = at;
    const { event } = entry;
    const iteration =
      event.type === "decision.made"
        ? session.iterations.find((one) => one.number === event.iteration)
        : undefined;
    if (event.type === "decision.made" && iteration !== undefined) {
      const evidence = evidenceOf(session, iteration, policy, spentMs);
      const again = decideEarly(evidence, policy) ?? decide(session, evidence, policy);
      const pair = { recorded: nameOf(event.decision), replayed: nameOf(again) };
      replayed.push({ iteration: event.iteration, ...pair, same: pair.recorded === pair.replayed });
    }
    session = step(session, entry);
  }
  return replayed;
}

function evidenceOf(session: Session, iteration: Iteration, policy: Policy, elapsedMs: number): Evidence {
  const nothing = { files: 0, lines: 0 };
  // A rerun stands after the row it repeats: the last row of a check is what was decided on.
  const rows = new Map(
    iteration.checks.filter((row) => row.diff === iteration.diff?.id).map((row) => [row.check, row]),
  );
  return {
    iteration: iteration.number,
    diff: iteration.diff?.id ?? "",
    ending: iteration.ending ?? { kind: "failed", says: "the attempt has no recorded end" },
    total: iteration.diff ?? nothing,
    attempt: iteration.step ?? nothing,
    gate: session.gate?.gate ?? "full",
    rows: [...rows.values()],
    findings: iteration.findings,
    waived: iteration.waived,
    reportOnly: policy.gates.full
      .filter((check) => check.whenRedBefore === "report")
      .map((check) => check.name),
    elapsedMs,
  };
}

function nameOf(decision: Decision): string {
  return decision.kind === "stop" ? `stop: ${decision.reason}` : decision.kind;
}

/** What the guard would say today about an action that it judged then. */
export interface ReplayedAction {
  readonly seq: number;
  readonly action: Action;
  readonly before: Verdict;
  /** `unknown` where today's rules need a fact that was not recorded. */
  readonly now: Verdict | "unknown";
  readonly judgement: Judgement;
}

/** Dry replay: which recorded decisions of the guard a policy would change. Facts are those of then; nothing is run. */
export function replayActions(entries: Iterable<Entry>, policy: Policy): readonly ReplayedAction[] {
  const replayed: ReplayedAction[] = [];
  for (const { seq, event } of entries) {
    if (event.type !== "action.judged") continue;
    const { action, judgement } = event;
    const { facts } = judgement;
    const again = judge(action, facts, policy);
    const before: Verdict = event.enforced ? judgement.verdict : "allow";
    const now = known(action, facts) ? binding(again, policy) : "unknown";
    replayed.push({ seq, action, before, now, judgement: again });
  }
  return replayed;
}

function known(action: Action, facts: Facts): boolean {
  const worktree = facts.worktree ?? "/";
  const needs = read(action, { worktree, cwd: action.kind === "exec" ? action.cwd : worktree });
  return (
    (!needs.currentBranch || facts.currentBranch !== undefined) &&
    (!needs.upstream || facts.upstream !== undefined) &&
    (!needs.dirty || facts.dirty !== undefined) &&
    needs.paths.every((path) => facts.paths?.[path] !== undefined)
  );
}
