import type { Erased, Event } from "./event.ts";

/** What the pages count besides an event's type, as `kind:name`. The type's own count has the empty code. */
export function rollupCodes(event: Event | Erased): readonly string[] {
  switch (event.type) {
    case "session.opened":
      return [`kind:${event.kind}`];
    case "action.judged":
      return [
        `verdict:${event.judgement.verdict}`,
        ...new Set(event.judgement.reasons.map((reason) => `rule:${reason.rule}`)),
      ];
    case "tool.finished":
      return [
        `tool:${event.tool}`,
        `outcome:${event.outcome.kind}`,
        ...(event.outcome.kind === "failed" ? [`error:${event.outcome.error.code}`] : []),
      ];
    case "check.finished":
      return [`${event.row.passed ? "passed" : "failed"}:${event.row.check}`, `phase:${event.row.phase}`];
    case "finding.reported":
      return [`finding:${event.finding.code}`, `severity:${event.finding.severity}`];
    case "waiver.applied":
      return [`waiver:${event.what}`];
    case "gate.chosen":
      return [`gate:${event.gate}`];
    case "decision.made":
      return [`decision:${event.decision.kind}`];
    case "attempt.finished":
      return [`ending:${event.ending.kind}`];
    case "agent.started":
      return [`agent:${event.agent}`];
    case "escalated":
      return [`reason:${event.reason}`];
    case "run.finished":
      return [`verdict:${event.verdict}`, `stop:${event.stop}`];
    case "plan.accepted":
    case "workspace.created":
    case "setup.finished":
    case "task.dispatched":
    case "checkpoint.recorded":
    case "reconciled":
    case "branch.delivered":
    case "bundle.written":
    case "run.interrupted":
    case "run.resumed":
    case "run.accepted":
    case "run.discarded":
    case "agent.probed":
    case "agent.said":
    case "agent.used":
    case "permit.granted":
    case "permit.used":
    case "entry.erased":
    case "artifacts.pruned":
    case "erased":
      return [];
  }
}
