import type { Decision, Entry } from "../core/event.ts";
import type { Session } from "../core/session.ts";
import type { RunVerdict, StopReason } from "../core/stop.ts";
import { stops } from "../core/stop.ts";
import { count, diffText } from "./amounts.ts";
import type { NextStep, ReportVerdict } from "./report-model.ts";
import { visibleLine } from "./visible-text.ts";

export interface Outcome {
  readonly verdict: ReportVerdict;
  readonly stop: StopReason | undefined;
  readonly exit: number | undefined;
  readonly headline: string;
  readonly summary: string;
  readonly next: string | undefined;
}

export const verdictWords: Readonly<Record<ReportVerdict, string>> = {
  verified: "Verified",
  rejected: "Rejected",
  stopped: "Stopped",
  unguarded: "Not guarded",
  could_not_verify: "Could not verify",
  unfinished: "Unfinished",
};

/**
 * What the run came to. The report of an evidence bundle is written before the run is closed, so the last decision
 * speaks where no closing entry does yet.
 */
export function outcomeOf(session: Session, entries: readonly Entry[]): Outcome {
  const { decision, says: interrupted } = lastWord(entries);
  const next = decision?.kind === "stop" ? visibleLine(decision.next) : undefined;
  if (session.finished !== undefined) {
    const { verdict, stop, says } = session.finished;
    return outcome(session, { verdict, stop, says, next });
  }
  if (interrupted !== undefined)
    return outcome(session, {
      verdict: stops.interrupted.verdict,
      stop: "interrupted",
      says: interrupted,
      next,
    });
  if (decision !== undefined && decision.kind !== "another_attempt") {
    const stop = decision.kind === "pr_ready" ? "passed" : decision.reason;
    const open = session.iterations.flatMap((iteration) => iteration.undecided).length;
    if (stop === "passed" && open > 0)
      return outcome(session, {
        verdict: "unguarded",
        stop,
        says: `${decision.says}, but ${count(open, "action")} of the agent without a decision`,
        next,
      });
    // Killed before the branch was there: a pass that nobody can take is not one yet.
    if (stop !== "passed" || session.delivered !== undefined)
      return outcome(session, { verdict: stops[stop].verdict, stop, says: decision.says, next });
  }
  return {
    verdict: "unfinished",
    stop: undefined,
    exit: undefined,
    headline:
      session.kind === "guard"
        ? "A guarded session: decisions, no verdict"
        : "Unfinished: the run has no verdict yet",
    summary: unfinishedSummary(session),
    next: undefined,
  };
}

function lastWord(entries: readonly Entry[]): {
  readonly decision: Decision | undefined;
  readonly says: string | undefined;
} {
  let decision: Decision | undefined;
  let says: string | undefined;
  for (const { event } of entries) {
    if (event.type === "decision.made") decision = event.decision;
    else if (event.type === "run.interrupted") says = event.says;
    else if (event.type === "run.resumed") [decision, says] = [undefined, undefined];
  }
  return { decision, says };
}

function outcome(
  session: Session,
  {
    verdict,
    stop,
    says,
    next,
  }: { verdict: RunVerdict; stop: StopReason; says: string; next: string | undefined },
): Outcome {
  const meaning =
    verdict === "unguarded"
      ? "the guard did not decide about every action"
      : stop === "passed" && !everyCheckPassed(session)
        ? "the gate holds, and what did not pass was waived or failed before"
        : stops[stop].says;
  return {
    verdict,
    stop,
    exit: verdict === "unguarded" && stop === "passed" ? 2 : stops[stop].exit,
    headline: `${verdictWords[verdict]}: ${meaning}`,
    summary: summaryOf(session, visibleLine(says)),
    next,
  };
}

function everyCheckPassed(session: Session): boolean {
  const rows = session.iterations.at(-1)?.checks ?? [];
  return [...new Map(rows.map((row) => [row.check, row])).values()].every((row) => row.passed);
}

function summaryOf(session: Session, says: string): string {
  const attempts = session.iterations.length;
  const last = session.iterations.findLast((iteration) => iteration.ended);
  const refused = session.judged.deny + session.judged.ask;
  const parts = [
    attempts === 0 ? "before the first attempt" : `after ${count(attempts, "attempt")}`,
    last?.diff === undefined ? undefined : diffText(last.diff),
    refused === 0 ? undefined : `${count(refused, "action")} not allowed by the guard`,
  ].filter((part) => part !== undefined);
  return `${says} (${parts.join("; ")}).`;
}

function unfinishedSummary(session: Session): string {
  if (session.kind === "guard") {
    const { allow, ask, deny } = session.judged;
    return `The guard allowed ${count(allow, "action")}, asked about ${ask} and denied ${deny}.`;
  }
  const attempt = session.iterations.at(-1);
  if (attempt?.decision?.kind === "pr_ready")
    return `The gate passed in attempt ${attempt.number}, and its branch has not been delivered yet.`;
  return attempt === undefined
    ? "It has not reached its first attempt."
    : `The last thing known is attempt ${attempt.number}${attempt.ended ? ", which has ended" : ", still open"}.`;
}

/** What a person does now, most useful first. */
export function nextSteps(
  session: Session,
  { verdict, stop, next }: Outcome,
  entries: readonly Entry[],
): readonly NextStep[] {
  const said: readonly NextStep[] = next === undefined ? [] : [{ says: next, command: undefined }];
  const explain: readonly NextStep[] =
    stop === undefined || stop === "passed"
      ? []
      : [{ says: "what this stop means", command: `surefoot explain ${stop}` }];
  if (session.settled !== undefined)
    return [{ says: `the run was ${session.settled}; nothing is left to do`, command: undefined }];
  switch (verdict) {
    case "verified":
      return [
        ...reviewSteps(session),
        { says: "take it", command: `surefoot run accept ${session.id}` },
        discard(session),
      ];
    case "unguarded":
      return [
        { says: "look at the undecided actions below before you trust the branch", command: undefined },
        ...reviewSteps(session),
        { says: "prove that the hooks of the agent fire", command: "surefoot doctor" },
      ];
    case "rejected":
    case "stopped":
      return [
        ...said,
        ...explain,
        { says: "look at every step", command: `surefoot ledger show ${session.id}` },
        discard(session),
      ];
    case "could_not_verify":
      return stop === "interrupted"
        ? [
            { says: "go on where it stopped", command: `surefoot run --resume ${session.id}` },
            discard(session),
          ]
        : [...said, ...explain, { says: "see what works here", command: "surefoot doctor" }];
    case "unfinished":
      return session.kind === "guard" || entries.length === 0
        ? []
        : [
            {
              says: "if no process works on it any more, go on",
              command: `surefoot run --resume ${session.id}`,
            },
          ];
  }
}

function reviewSteps(session: Session): readonly NextStep[] {
  const { delivered, workspace } = session;
  if (delivered === undefined || workspace === undefined) return [];
  return [
    { says: "read the change", command: `git diff ${workspace.base.slice(0, 12)}...${delivered.branch}` },
  ];
}

function discard(session: Session): NextStep {
  return { says: "throw it away", command: `surefoot run discard ${session.id}` };
}
