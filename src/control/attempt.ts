import { binding } from "../guard/binding.ts";
import { judge } from "../guard/judge.ts";
import { read } from "../guard/read.ts";
import { tell } from "../guard/says.ts";
import { makeCaller } from "../tools/call.ts";
import type { AgentEnding } from "../core/event.ts";
import type { Agent, Decided, GatherFacts, Proposal, TurnResult } from "../core/ports.ts";
import type { RunContext } from "./context.ts";

export interface AttemptRequest {
  readonly agent: Agent;
  readonly gather: GatherFacts;
  readonly iteration: number;
  readonly prompt: string;
  readonly model: string | undefined;
  /** Tool calls of this iteration that a killed run has already finished. */
  readonly done: number;
  /** Milliseconds that the run may still take. */
  readonly leftMs: number;
}

type Cutter = Extract<AgentEnding, { kind: "ended" }>["by"];

/** Lets the agent work once, judging and recording every action, until it is done or a bound ends its turn. */
export async function attempt(context: RunContext, request: AttemptRequest): Promise<TurnResult> {
  const { host, journal, policy, workspace } = context;
  const { iteration } = request;
  const stop = new AbortController();
  let cut: { by: Cutter; says: string } | undefined;
  let strikes = 0;
  let calls = 0;
  const end = (by: Cutter, says: string): void => {
    cut ??= { by, says };
    stop.abort();
  };

  const decide = async (proposal: Proposal): Promise<Decided> => {
    const { action } = proposal;
    const where = { worktree: workspace.tree, cwd: action.kind === "exec" ? action.cwd : workspace.tree };
    const facts = await request.gather(read(action, where));
    const judgement = judge(action, facts, policy);
    const bound = binding(judgement, policy);
    calls += 1;
    const call = proposal.call ?? `${iteration}.${request.done + calls}`;
    const enforced = bound !== "allow";
    // The decision is on record before anybody can act on it.
    journal.append({ type: "action.judged", iteration, call, tool: proposal.tool, action, judgement, enforced });
    const says = enforced ? tell(judgement, action) : "";
    if (bound === "ask") {
      // Nobody is there to ask: refused and escalated, which is not a strike.
      journal.append({ type: "escalated", iteration, reason: "guard_asks", says, to: policy.owners.escalation ?? policy.owners.secondary });
    }
    if (bound === "deny") {
      strikes += 1;
      if (strikes >= policy.budgets.strikes) end("strikes", `the guard refused ${strikes} actions in one turn; the last: ${judgement.reasons[0]?.says ?? "no reason given"}`);
    }
    return { judgement, enforced, says };
  };

  const call = makeCaller({
    host,
    policy,
    worktree: workspace.tree,
    env: request.agent.recorded ? context.toolEnvironment : context.toolEnvironment,
    jail: context.jail,
    decide,
    iteration,
    record: (event) => journal.append(event),
    conflicted: (says) => end("conflicts", says),
    signal: stop.signal,
  });

  const watchTime = host.deadline(Math.max(1, request.leftMs));
  watchTime.addEventListener("abort", () => end("wall_time", `the run took longer than ${policy.budgets.wallTimeMs} ms`));
  const interrupted = (): void => end("interrupt", "interrupted by the operator");
  context.signal.addEventListener("abort", interrupted);
  if (context.signal.aborted) interrupted();

  try {
    const result = await request.agent.turn({
      iteration,
      prompt: request.prompt,
      workspace: workspace.tree,
      home: `${workspace.home}/${request.agent.id}`,
      jail: context.jail,
      model: request.model,
      done: request.done,
      signal: stop.signal,
      decide,
      call,
      report: async (news) => {
        if (news.kind === "said") {
          journal.append({ type: "agent.said", iteration, text: news.text });
          return;
        }
        const before = tokensOf(journal.session().usage);
        journal.append({ type: "agent.used", iteration, usage: news.usage });
        const { usage } = journal.session();
        const tokens = tokensOf(usage);
        const { tokensSoft, tokensHard, costUsd } = policy.budgets;
        if (before < tokensSoft && tokens >= tokensSoft) warnSoft(context, iteration, tokens);
        if (tokens >= tokensHard) end("tokens", `${tokens} tokens used of ${tokensHard}`);
        if ((usage.costUsd ?? 0) >= costUsd) end("cost", `$${(usage.costUsd ?? 0).toFixed(2)} used of $${costUsd.toFixed(2)}`);
      },
    });
    return cut === undefined ? result : { ...result, ending: { kind: "ended", ...cut } };
  } finally {
    context.signal.removeEventListener("abort", interrupted);
  }
}

function tokensOf(usage: { readonly inputTokens: number; readonly outputTokens: number }): number {
  return usage.inputTokens + usage.outputTokens;
}

function warnSoft(context: RunContext, iteration: number, tokens: number): void {
  const { tokensSoft, tokensHard } = context.policy.budgets;
  context.journal.append({
    type: "finding.reported",
    iteration,
    finding: {
      check: "budget",
      code: "budget.tokens_soft",
      severity: "warn",
      says: `${tokens} tokens used; the soft budget is ${tokensSoft}, the hard one ${tokensHard}`,
      measures: { tokens, soft: tokensSoft, hard: tokensHard },
      evidence: [],
    },
  });
}
