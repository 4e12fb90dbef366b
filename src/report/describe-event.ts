import type { Action } from "../core/action.ts";
import type { Decision, Entry, Event } from "../core/event.ts";
import { describeExit } from "../core/exit.ts";
import { count, diffText, duration, money, number } from "./amounts.ts";
import { visibleLine } from "./visible-text.ts";

/** What a fact says, on one line that is safe to show. */
export function describeEvent(event: Entry["event"]): string {
  return visibleLine(sentence(event), 300);
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
      return action.change.kind === "move"
        ? `move ${action.path} to ${action.change.to}`
        : `${editVerb[action.change.kind]} ${action.path}`;
    case "read":
    case "search":
      return `${action.kind} ${action.path}`;
    case "fetch":
      return `fetch ${action.url}`;
    case "tool":
      return `${action.server}/${action.name} ${JSON.stringify(action.input) ?? ""}`;
  }
}

export function describeDecision(decision: Decision): string {
  switch (decision.kind) {
    case "pr_ready":
      return `ready: ${decision.says}`;
    case "another_attempt":
      return `another attempt: ${decision.says}`;
    case "stop":
      return `stop (${decision.reason}): ${decision.says}`;
  }
}

const editVerb = { create: "create", replace: "edit", delete: "delete", unknown: "edit" } as const;

function sentence(event: Entry["event"]): string {
  switch (event.type) {
    case "session.opened":
      return `surefoot ${event.version} opened a ${event.kind} session under policy ${event.policy.slice(0, 12)}`;
    case "plan.accepted":
      return `wave ${event.wave}: ${event.tasks.map((task) => task.title).join(", ")}`;
    case "workspace.created":
      return `workspace on ${event.base.slice(0, 12)}, branch ${event.branch}`;
    case "setup.finished":
      return `${event.command}: ${describeExit(event.exit)} after ${duration(event.durationMs)}`;
    case "gate.chosen":
      return `${event.gate} gate: ${event.why}`;
    case "task.dispatched":
      return `attempt ${event.iteration} given to ${event.agent}`;
    case "agent.probed":
      return `${event.agent}: a forbidden call was ${event.refused ? "refused" : "not refused"}; ${event.says}`;
    case "agent.started":
      return `${event.agent}${event.version === undefined ? "" : ` ${event.version}`} started, jail: ${event.jail}`;
    case "agent.said":
      return event.text;
    case "agent.used": {
      const cost = event.usage.costUsd === undefined ? "" : `, ${money(event.usage.costUsd)}`;
      return `${number(event.usage.inputTokens)} tokens in, ${number(event.usage.outputTokens)} out${cost}`;
    }
    case "action.judged": {
      const rule = event.judgement.reasons[0]?.rule;
      const verdict = `${event.judgement.verdict}${passed(event)}`;
      return `${verdict}${rule === undefined ? "" : ` ${rule}`}: ${describeAction(event.action)}`;
    }
    case "tool.finished":
      return `${event.tool} ${outcomeWords(event.outcome)} after ${duration(event.durationMs)}`;
    case "escalated":
      return `${event.reason}: ${event.says}${event.to === undefined ? "" : ` (to ${event.to})`}`;
    case "attempt.finished":
      return `attempt ${event.iteration} ${event.ending.kind}: ${diffText(event.diff)}; ${event.ending.says}`;
    case "check.finished":
      return `${event.row.check} ${event.row.passed ? "passed" : "failed"} (${describeExit(event.row.exit)}, ${duration(event.row.durationMs)}): ${event.row.says}`;
    case "finding.reported":
      return `${event.finding.severity} ${event.finding.code}: ${event.finding.says}`;
    case "waiver.applied":
      return `${event.id} waives ${event.what} until ${event.expires}: ${event.reason} (${event.approver})`;
    case "checkpoint.recorded":
      return `attempt ${event.iteration} kept as ${event.commit.slice(0, 12)}`;
    case "decision.made":
      return describeDecision(event.decision);
    case "reconciled":
      return `${event.decided} of ${count(event.calls, "call")} in the transcript have a decision`;
    case "branch.delivered":
      return `${event.branch} at ${event.commit.slice(0, 12)}`;
    case "bundle.written":
      return `evidence in ${event.path}`;
    case "run.interrupted":
      return event.says;
    case "run.resumed":
      return `resumed from ${event.from}`;
    case "run.finished":
      return `${event.verdict} (${event.stop}): ${event.says}`;
    case "run.accepted":
      return `accepted by ${event.by} into ${event.branch}`;
    case "run.discarded":
      return `discarded by ${event.by}`;
    case "permit.granted":
      return `${event.by} allows ${event.uses === "once" ? "once" : "as often as it comes"}, until ${event.expires}: ${describeAction(event.subject)}`;
    case "permit.used":
      return `permit ${event.grant} in ${event.session}, call ${event.call}`;
    case "entry.erased":
      return `entry ${event.seq} of ${event.session} erased by ${event.by}: ${event.reason}`;
    case "artifacts.pruned":
      return `${count(event.count, "artifact")} older than ${event.olderThan} removed`;
    case "erased":
      return `erased on ${event.at}: ${event.reason}`;
  }
}

function outcomeWords(outcome: Extract<Entry["event"], { type: "tool.finished" }>["outcome"]): string {
  switch (outcome.kind) {
    case "done":
      return "done";
    case "failed":
      return `failed with ${outcome.error.code}`;
    case "refused":
      return "refused";
  }
}
