import { succeeded } from "../core/exit.ts";
import type { GateCheck } from "../core/policy.ts";
import type { Session } from "../core/session.ts";
import type { StopReason } from "../core/stop.ts";
import { chooseGate, untouched } from "./choose-gate.ts";
import type { RunContext } from "./context.ts";
import { makeDecider } from "./decider.ts";
import { runGate, runnable } from "./gate.ts";
import { interrupted } from "./loop-request.ts";
import type { Ended, LoopRequest } from "./loop-request.ts";
import { runSetup } from "./setup.ts";
import { noteSetup, noteSurroundings } from "./surroundings.ts";
import { homeOf, settle } from "./workspace.ts";

/** Setup, baseline and probe: what must hold before an agent may start. */
export async function prepare(context: RunContext, request: LoopRequest): Promise<Ended | undefined> {
  const { journal, policy, signal } = context;
  if (journal.session().gate === undefined) {
    const setup = await runSetup(context, policy.setup.run);
    const failed = setup.find((run) => !succeeded(run.exit));
    if (signal.aborted) return interrupted("interrupted during setup");
    if (failed !== undefined)
      return refuse(
        context,
        "gate_unrunnable",
        `setup failed: ${failed.command}`,
        "make the setup commands of surefoot.yaml work in a fresh clone",
      );
    if (setup.length > 0) await noteSetup(context);
    const unshown = await reproduce(context);
    if (unshown !== undefined) return unshown;
    const choice = await chooseGate(context, policy.setup.run.length > 0 ? [] : request.repair);
    if (signal.aborted) return interrupted("interrupted during the baseline");
    if (choice.gate === "none")
      return refuse(
        context,
        "gate_unrunnable",
        choice.why,
        "name a gate in surefoot.yaml that runs in a fresh clone",
      );
    await settle(context.host, context.workspace);
    await noteSurroundings(context);
    journal.append({ type: "gate.chosen", gate: choice.gate, why: choice.why });
  }
  return probe(context, request);
}

/** A reported bug that cannot be reproduced stops the run with no edit (AI-First Software Engineering, chapter 3). */
async function reproduce(context: RunContext): Promise<Ended | undefined> {
  const check = reproduction(context.journal.session());
  if (check === undefined) return undefined;
  const have = context.journal.session().baseline;
  const { rows } = await runGate(context, {
    checks: [check],
    phase: "baseline",
    iteration: 0,
    diff: untouched,
    have,
  });
  const row = rows[0];
  if (row === undefined || (!row.passed && runnable(row))) return undefined;
  return row.passed
    ? refuse(
        context,
        "not_actionable",
        `the reported fault does not show: \`${check.run}\` succeeds on the untouched base`,
        "give a command that fails today, or close the report",
      )
    : refuse(
        context,
        "gate_unrunnable",
        `the reproduction does not run: ${row.says}`,
        "give a command that can be run in a fresh clone",
      );
}

export function reproduction(session: Session): GateCheck | undefined {
  const command = session.task?.reproduce;
  if (command === undefined) return undefined;
  return {
    name: "reproduce",
    run: command,
    timeoutMs: 600_000,
    tests: "none",
    junit: undefined,
    whenRedBefore: "must_fix",
    reruns: 0,
    targeted: true,
  };
}

async function probe(context: RunContext, request: LoopRequest): Promise<Ended | undefined> {
  const { agent } = request;
  const { journal, workspace, jail, signal } = context;
  if (agent.probe === undefined) return undefined;
  const decideProbe = makeDecider(context, {
    gather: request.gather,
    iteration: 0,
    from: 0,
    struck: () => {},
  });
  const home = homeOf(context.workspace, agent);
  const probed = await agent.probe({ workspace: workspace.tree, home, jail, decide: decideProbe, signal });
  journal.append({ type: "agent.probed", agent: agent.id, refused: probed.refused, says: probed.says });
  if (probed.refused) return undefined;
  return refuse(
    context,
    "agent_unavailable",
    `the guard does not hold for ${agent.id}: ${probed.says}`,
    "run `surefoot doctor` to see how the hook fails",
  );
}

function refuse(
  context: RunContext,
  reason: Exclude<StopReason, "passed">,
  says: string,
  next: string,
): Ended {
  const decision = { kind: "stop", reason, says, next } as const;
  context.journal.append({ type: "decision.made", iteration: 0, decision });
  return decision;
}
