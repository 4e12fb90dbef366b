import { binding } from "../guard/binding.ts";
import { judge } from "../guard/judge.ts";
import { learn } from "../guard/learn.ts";
import { tell } from "../guard/says.ts";
import { isUnproven, questionAbout, withOpinion } from "../guard/second-stage.ts";
import type { Action, Judgement } from "../core/action.ts";
import type { AskSecond, Decided, GatherFacts, Proposal } from "../core/ports.ts";
import type { RunContext } from "./context.ts";

export interface DeciderOptions {
  readonly gather: GatherFacts;
  readonly askSecond?: AskSecond | undefined;
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
    const judgement = await twice(action, judge(action, facts, policy), context, options.askSecond);
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

/** The judgement, with a model's opinion where the rules only ask and the user has set a model up. */
async function twice(
  action: Action,
  judgement: Judgement,
  { policy, journal }: RunContext,
  askSecond: AskSecond | undefined,
): Promise<Judgement> {
  if (askSecond === undefined || action.kind !== "exec" || !isUnproven(action, judgement, policy))
    return judgement;
  const { task } = journal.session();
  const words = task === undefined ? "" : `${task.title}\n\n${task.body}`;
  return withOpinion(judgement, await askSecond(questionAbout(action, judgement, words)));
}
