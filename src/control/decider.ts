import { binding } from "../guard/binding.ts";
import { judge } from "../guard/judge.ts";
import { learn } from "../guard/learn.ts";
import { tell } from "../guard/says.ts";
import type { Decided, GatherFacts, Proposal } from "../core/ports.ts";
import type { RunContext } from "./context.ts";

export interface DeciderOptions {
  readonly gather: GatherFacts;
  readonly iteration: number;
  /** Called for each refusal that counts as a strike. */
  readonly struck: (says: string) => void;
  /** First number for calls that carry no id of their own. */
  readonly from: number;
}

/** The only way to a decision in a run: gather the named facts, judge, append to the ledger, then answer. */
export function makeDecider(
  context: RunContext,
  options: DeciderOptions,
): (proposal: Proposal) => Promise<Decided> {
  const { journal, policy, workspace } = context;
  const { iteration } = options;
  let number = options.from;
  return async ({ action, tool, call }) => {
    const where = { worktree: workspace.tree, cwd: action.kind === "exec" ? action.cwd : workspace.tree };
    const facts = await learn(action, where, options.gather);
    const judgement = judge(action, facts, policy);
    const bound = binding(judgement, policy);
    const enforced = bound !== "allow";
    number += 1;
    journal.append({
      type: "action.judged",
      iteration,
      call: call ?? `${iteration}.${number}`,
      tool,
      action,
      judgement,
      enforced,
    });
    const says = enforced ? tell(judgement, action) : "";
    if (bound === "ask") {
      // Nobody is there to ask: refused and escalated, which is not a strike.
      const to = policy.owners.escalation ?? policy.owners.secondary;
      journal.append({ type: "escalated", iteration, reason: "guard_asks", says, to });
    }
    if (bound === "deny") options.struck(judgement.reasons[0]?.says ?? "no reason given");
    return { judgement, enforced, says };
  };
}
