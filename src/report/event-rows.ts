import type { Entry } from "../core/event.ts";
import { describeAction, describeEvent } from "./describe-event.ts";
import type { EventRow, JudgedAction } from "./report-model.ts";
import { visibleLine } from "./visible-text.ts";

export function eventRows(entries: readonly Entry[]): readonly EventRow[] {
  return entries.map(({ seq, at, actor, event }) => ({
    seq,
    at,
    actor: visibleLine(actor, 80),
    type: event.type,
    iteration: iterationOf(event),
    says: describeEvent(event),
    notable: isNotable(event),
  }));
}

/** Every decision of the guard, in order. */
export function judgedActions(entries: readonly Entry[]): readonly JudgedAction[] {
  return entries.flatMap(({ seq, event }) =>
    event.type === "action.judged"
      ? [
          {
            seq,
            iteration: event.iteration,
            tool: visibleLine(event.tool, 80),
            action: visibleLine(describeAction(event.action), 2000),
            verdict: event.judgement.verdict,
            enforced: event.enforced,
            reasons: event.judgement.reasons.map((reason) => ({
              rule: visibleLine(reason.rule, 120),
              says: visibleLine(reason.says),
              instead: reason.instead === undefined ? undefined : visibleLine(reason.instead),
            })),
          },
        ]
      : [],
  );
}

function iterationOf(event: Entry["event"]): number | undefined {
  if (event.type === "check.finished") return event.row.iteration;
  return "iteration" in event ? event.iteration : undefined;
}

function isNotable(event: Entry["event"]): boolean {
  if (event.type === "action.judged") return event.judgement.verdict !== "allow";
  if (event.type === "check.finished") return !event.row.passed;
  if (event.type === "finding.reported") return event.finding.severity === "block";
  if (event.type === "reconciled") return event.undecided.length > 0;
  if (event.type === "run.finished") return event.verdict !== "verified";
  return event.type === "escalated" || event.type === "erased" || event.type === "run.interrupted";
}
