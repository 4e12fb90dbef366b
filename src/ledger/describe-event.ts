import { describeExit } from "../core/exit.ts";
import type { Action } from "../core/action.ts";
import type { Erased, Event } from "../core/event.ts";

/** What happened, in one line without its type. */
export function describeEvent(event: Event | Erased): string {
  return oneLine(describe(event));
}

function describe(event: Event | Erased): string {
  switch (event.type) {
    case "session.opened":
      return `${event.kind} by surefoot ${event.version}, policy ${event.policy.slice(0, 12)}`;
    case "plan.accepted":
      return event.tasks.map(({ title }) => title).join("; ");
    case "workspace.created":
      return `${event.branch} from ${event.base.slice(0, 12)} in ${event.path}`;
    case "setup.finished":
      return `${event.command}: ${describeExit(event.exit)} after ${event.durationMs} ms`;
    case "gate.chosen":
      return `${event.gate}: ${event.why}`;
    case "task.dispatched":
      return `attempt ${event.iteration} to ${event.agent}`;
    case "attempt.finished":
      return `attempt ${event.iteration} ${event.ending.kind}, ${event.diff.files} files, ${event.diff.lines} lines`;
    case "check.finished":
      return `${event.row.passed ? "passed" : "failed"} ${event.row.check} (${event.row.phase} ${event.row.iteration}): ${event.row.says}`;
    case "finding.reported":
      return `${event.finding.severity} ${event.finding.code}: ${event.finding.says}`;
    case "waiver.applied":
      return `${event.id} for ${event.what} by ${event.approver}: ${event.reason}`;
    case "checkpoint.recorded":
      return `attempt ${event.iteration} at ${event.commit.slice(0, 12)}`;
    case "decision.made":
      return `${event.decision.kind}: ${event.decision.says}`;
    case "reconciled":
      return `${event.decided} of ${event.calls} actions have a decision`;
    case "branch.delivered":
      return `${event.branch} at ${event.commit.slice(0, 12)}`;
    case "bundle.written":
      return event.path;
    case "run.interrupted":
      return event.says;
    case "run.resumed":
      return `from ${event.from}`;
    case "run.finished":
      return `${event.verdict} (${event.stop}): ${event.says}`;
    case "run.accepted":
      return `${event.branch} by ${event.by}`;
    case "run.discarded":
      return `by ${event.by}`;
    case "agent.probed":
      return `${event.agent} ${event.refused ? "was refused" : "was not refused"}: ${event.says}`;
    case "agent.started":
      return `${event.agent} ${event.version ?? ""}, jail: ${event.jail}`;
    case "agent.said":
      return event.text;
    case "agent.used":
      return `${event.usage.inputTokens} tokens in, ${event.usage.outputTokens} out`;
    case "action.judged":
      return `${event.judgement.verdict}${passed(event)} ${describeAction(event.action)}${rules(event.judgement.reasons)}`;
    case "tool.finished":
      return `${event.tool} ${event.outcome.kind} after ${event.durationMs} ms`;
    case "escalated":
      return `${event.reason}: ${event.says}`;
    case "permit.granted":
      return `${event.by} allows ${event.uses === "once" ? "once" : "as often as it comes"}, until ${event.expires}: ${describeAction(event.subject)}`;
    case "permit.used":
      return `permit ${event.grant} in ${event.session}, call ${event.call}`;
    case "entry.erased":
      return `entry ${event.seq} by ${event.by}: ${event.reason}`;
    case "artifacts.pruned":
      return `${event.count} older than ${event.olderThan}`;
    case "erased":
      return `on ${event.at}: ${event.reason}`;
  }
}

function passed({ enforced, permit, judgement }: Extract<Event, { type: "action.judged" }>): string {
  // What was allowed did pass, and nobody looked on.
  if (enforced || judgement.verdict === "allow") return "";
  return permit === undefined ? " (observed)" : ` (permit ${permit})`;
}

export function describeAction(action: Action): string {
  switch (action.kind) {
    case "exec":
      return action.command;
    case "edit":
      return `${action.change.kind} ${action.path}`;
    case "read":
    case "search":
      return `${action.kind} ${action.path}`;
    case "fetch":
      return `fetch ${action.url}`;
    case "tool":
      return `${action.server} ${action.name}`;
  }
}

function rules(reasons: readonly { readonly rule: string }[]): string {
  return reasons.length === 0 ? "" : ` [${reasons.map(({ rule }) => rule).join(", ")}]`;
}

const lineChars = 200;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= lineChars ? line : `${line.slice(0, lineChars - 1)}…`;
}
