import type { Action } from "../core/action.ts";
import { canonical } from "../core/canonical.ts";
import type { UndecidedCall } from "../core/event.ts";
import type { ObservedCall } from "../core/ports.ts";

/** A decision as the ledger has it. */
export interface DecidedCall {
  readonly call: string | undefined;
  readonly tool: string;
  readonly action: Action;
  /** Whether the agent was told not to do it. */
  readonly refused: boolean;
}

export interface Reconciled {
  /** Calls that could change something, as the agent's own transcript has them. */
  readonly calls: number;
  /** Those of them that stand on a decision. */
  readonly decided: number;
  readonly undecided: readonly UndecidedCall[];
}

/**
 * Every call that an agent made must stand on a decision, and a refused one must not have run. Ids of calls are not
 * enough (one agent's hook gets none, another invents them), so what they leave over is matched by what was done, in
 * order; each decision covers one call. Calls that only read, and calls that did not happen, need no decision.
 */
export function reconcile(observed: readonly ObservedCall[], decided: readonly DecidedCall[]): Reconciled {
  const calls = observed.filter((call) => call.effectful && call.ended !== "refused");
  const left = new Set(decided.keys());
  const found = new Map<ObservedCall, DecidedCall>();
  for (const alike of [sameCall, sameAction, samePlace]) {
    for (const call of calls) {
      if (found.has(call)) continue;
      const matching = [...left].filter((index) => {
        const one = decided[index];
        return one !== undefined && alike(call, one);
      });
      // A call that ran is first looked for among the allowed ones: a repeated call may have been refused before.
      const index = matching.find((candidate) => decided[candidate]?.refused === false) ?? matching[0];
      const decision = index === undefined ? undefined : decided[index];
      if (index === undefined || decision === undefined) continue;
      left.delete(index);
      found.set(call, decision);
    }
  }
  const undecided = calls.flatMap((call) => {
    const decision = found.get(call);
    if (decision === undefined) return [complaint(call, "no decision in the ledger")];
    return decision.refused && call.ended === "ran" ? [complaint(call, "ran although it was refused")] : [];
  });
  return { calls: calls.length, decided: calls.length - undecided.length, undecided };
}

function sameCall(call: ObservedCall, decision: DecidedCall): boolean {
  return (
    call.call !== undefined &&
    call.call === decision.call &&
    describe(call.action) === describe(decision.action)
  );
}

function sameAction(call: ObservedCall, decision: DecidedCall): boolean {
  return canonical(call.action) === canonical(decision.action);
}

// Transcripts may show an edit as the diff that came out instead of as the arguments that went in.
function samePlace(call: ObservedCall, decision: DecidedCall): boolean {
  return describe(call.action) === describe(decision.action);
}

function complaint(call: ObservedCall, says: string): UndecidedCall {
  return { tool: call.tool, call: call.call, says: `${says}: ${describe(call.action)}` };
}

/** What was done to what, in one line; equal for the same deed in other words. */
function describe(action: Action): string {
  switch (action.kind) {
    case "exec":
      return `run ${action.command}`;
    case "edit":
      return `edit ${fold(action.path)}`;
    case "read":
    case "search":
      return `${action.kind} ${fold(action.path)}`;
    case "fetch":
      return `fetch ${action.url}`;
    case "tool":
      return `${action.server}/${action.name} ${canonical(action.input ?? null)}`;
  }
}

function fold(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "." || (part === "" && parts.length > 0)) continue;
    if (part === ".." && parts.length > 1) parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
