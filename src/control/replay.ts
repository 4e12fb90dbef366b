import type { Action, Facts, Judgement, Verdict } from "../core/action.ts";
import type { Decision, Entry } from "../core/event.ts";
import type { Policy } from "../core/policy.ts";
import { openSession, step } from "../core/session.ts";
import type { Iteration, Session } from "../core/session.ts";
import { binding, strictest } from "../guard/binding.ts";
import { judge } from "../guard/judge.ts";
import { read } from "../guard/read.ts";
import { subject } from "../guard/says.ts";
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
  readonly was: Judgement;
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
    // A permit let it pass; what the guard had decided is what is compared.
    const before: Verdict = event.enforced || event.permit !== undefined ? judgement.verdict : "allow";
    const now = known(action, facts) ? binding(again, policy) : "unknown";
    replayed.push({ seq, action, before, now, was: judgement, judgement: again });
  }
  return replayed;
}

/** Whether every fact that today's rules ask for was recorded then. */
function known(action: Action, facts: Facts): boolean {
  const { worktree = "/", home, tempDirs } = facts;
  const where = {
    worktree,
    cwd: action.kind === "exec" ? action.cwd : worktree,
    ...(home === undefined ? {} : { home }),
    ...(tempDirs === undefined ? {} : { tempDirs }),
  };
  const needs = read(action, where, facts);
  const all = (names: readonly string[] | undefined, recorded: object | undefined): boolean =>
    (names ?? []).every((name) => recorded !== undefined && Object.hasOwn(recorded, name));
  return (
    (!needs.currentBranch || facts.currentBranch !== undefined) &&
    (!needs.upstream || facts.upstream !== undefined) &&
    (!needs.dirty || facts.dirty !== undefined) &&
    all(needs.paths, facts.paths) &&
    all(needs.aliases, facts.aliases) &&
    all(needs.texts, facts.texts) &&
    all(needs.packages, facts.packages) &&
    // Digests are also recorded for what comes later; a decision needs them where it looks back.
    (needs.history !== true || facts.history !== undefined)
  );
}

/** Decisions that come out otherwise, the same ones counted together. */
export interface ChangedDecisions {
  readonly before: Verdict;
  readonly now: Verdict | "unknown";
  /** The rule that stops it now, or that stopped it then; empty where a fact is missing. */
  readonly rule: string;
  readonly what: string;
  readonly count: number;
}

/** Stricter ones first, then looser ones, then those that cannot be told; frequent ones first among each. */
export function changedDecisions(replayed: readonly ReplayedAction[]): readonly ChangedDecisions[] {
  const groups = new Map<string, ChangedDecisions>();
  for (const { before, now, action, was, judgement } of replayed) {
    if (before === now) continue;
    const stricter = now !== "unknown" && strictest([before, now]) === now;
    const rule = now === "unknown" ? "" : ((stricter ? judgement : was).reasons[0]?.rule ?? "");
    const what = subject(action);
    const key = JSON.stringify([before, now, rule, what]);
    const count = (groups.get(key)?.count ?? 0) + 1;
    groups.set(key, { before, now, rule, what, count });
  }
  const place = ({ before, now }: ChangedDecisions): number =>
    now === "unknown" ? 2 : strictest([before, now]) === now ? 0 : 1;
  return [...groups.values()].toSorted((a, b) => place(a) - place(b) || b.count - a.count);
}
