import { makeCaller } from "../tools/call.ts";
import { writeIntent } from "../tools/intent.ts";
import type { AgentEnding } from "../core/event.ts";
import type { AskSecond, Agent, GatherFacts, TurnResult } from "../core/ports.ts";
import type { RunContext } from "./context.ts";
import { intentOf, settleCutOff } from "./cut-off.ts";
import { makeDecider } from "./decider.ts";
import { gateEnvironment } from "./environment.ts";
import { treeEnvironment } from "./workspace.ts";

export interface AttemptRequest {
  readonly agent: Agent;
  readonly gather: GatherFacts;
  readonly askSecond: AskSecond | undefined;
  readonly iteration: number;
  readonly prompt: string;
  readonly model: string | undefined;
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
  const end = (by: Cutter, says: string): void => {
    cut ??= { by, says };
    stop.abort();
  };

  const done = await settleCutOff(context, iteration);
  let strikes = 0;
  const decide = makeDecider(context, {
    gather: request.gather,
    askSecond: request.askSecond,
    iteration,
    from: done,
    struck: (says) => {
      strikes += 1;
      if (strikes >= policy.budgets.strikes)
        end("strikes", `the guard refused ${strikes} actions in one turn; the last: ${says}`);
    },
  });

  const call = makeCaller({
    host,
    policy,
    worktree: workspace.tree,
    env: { ...gateEnvironment(host.env), ...treeEnvironment(workspace) },
    jail: context.jail,
    iteration,
    done,
    decide,
    record: (event) => journal.append(event),
    announce: (intent) => writeIntent(host.files, intentOf(workspace), intent),
    conflicted: (says) => end("conflicts", says),
    signal: stop.signal,
  });

  const time = host.deadline(Math.max(1, request.leftMs));
  time.addEventListener("abort", () =>
    end("wall_time", `the run took longer than ${policy.budgets.wallTimeMs} ms`),
  );
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
      done,
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
        const cost = usage.costUsd ?? 0;
        if (cost >= costUsd) end("cost", `$${cost.toFixed(2)} used of $${costUsd.toFixed(2)}`);
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
