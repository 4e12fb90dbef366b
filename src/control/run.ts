import { parseClaim } from "../checks/change/claims.ts";
import { sizeOf } from "../core/change.ts";
import type { Claim, DiffSize } from "../core/change.ts";
import { sha256 } from "../core/digest.ts";
import type { AgentEnding, Decision, DiffSummary } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { GateCheck } from "../core/policy.ts";
import type { Agent, ObservedCall, TurnResult } from "../core/ports.ts";
import type { Iteration } from "../core/session.ts";
import { attempt } from "./attempt.ts";
import type { RunContext } from "./context.ts";
import { decide, decideEarly } from "./decide.ts";
import type { Evidence } from "./decide.ts";
import { checkChange, gateRewrote } from "./findings.ts";
import { finish } from "./finish.ts";
import type { RunResult } from "./finish.ts";
import { runGate } from "./gate.ts";
import { judgesOf } from "./judges.ts";
import type { Journal } from "./journal.ts";
import { interrupted } from "./loop-request.ts";
import type { Ended, LoopRequest } from "./loop-request.ts";
import { prepare, reproduction } from "./prepare.ts";
import { promptOf } from "./prompt.ts";
import { reconcile } from "./reconcile.ts";
import { clearSurroundings } from "./surroundings.ts";
import { waivedHere } from "./waivers.ts";
import { changedSince, commitSnapshot, restore, rewrittenBefore, snapshot, stepSince } from "./workspace.ts";
import type { Snapshot } from "./workspace.ts";

/**
 * attempt → gate → log → decide, from wherever the session stands: a new run starts at its beginning, a killed one
 * after the last thing that the ledger knows. The plan must be accepted and the workspace must exist.
 */
export async function loop(context: RunContext, request: LoopRequest): Promise<RunResult> {
  const stopped = (await prepare(context, request)) ?? (await iterate(context, request));
  return finish(context, request, stopped);
}

async function iterate(context: RunContext, request: LoopRequest): Promise<Ended> {
  // Killed after the last decision: what is left is to finish.
  const before = context.journal.session().iterations.at(-1)?.decision;
  if (before !== undefined && before.kind !== "another_attempt") return before;
  for (;;) {
    const decision = await iterateOnce(context, request);
    if (decision.kind !== "another_attempt") return decision;
  }
}

async function iterateOnce(context: RunContext, request: LoopRequest): Promise<Decision> {
  const { host, journal, workspace } = context;
  const session = journal.session();
  const open = session.iterations.find((iteration) => iteration.decision === undefined);
  const number = open?.number ?? session.iterations.length + 1;
  const before = session.iterations.find((iteration) => iteration.number === number - 1);
  const from =
    session.checkpoint !== undefined && session.checkpoint.iteration < number
      ? session.checkpoint.commit
      : workspace.base;

  const worked =
    open?.ended === true ? recorded(open) : await work(context, request, { number, open, before });
  // After a restart the tree may hold what a killed gate wrote; the checkpoint is what was judged.
  if (open?.ended === true && session.checkpoint?.iteration === number)
    await restore(host, workspace, session.checkpoint.commit);
  const last = await snapshot(host, workspace);
  // Nothing is recorded of an interrupted attempt: its edits stay in the tree, and a resume goes on with it.
  if (worked.ending.kind === "ended" && worked.ending.by === "interrupt")
    return interrupted(worked.ending.says);
  const [step, commit] = await Promise.all([
    open?.step ?? stepSince(host, workspace, from, last),
    commitSnapshot(host, workspace, last.tree, messageOf(journal)),
  ]);
  if (open?.ended !== true) recordAttempt(context, number, worked, { last, step });
  if (journal.session().checkpoint?.iteration !== number)
    journal.append({ type: "checkpoint.recorded", iteration: number, commit, diff: last.id });

  const evidence: Evidence = {
    iteration: number,
    diff: last.id,
    ending: worked.ending,
    total: sizeOf(last.change),
    attempt: step,
    gate: journal.session().gate?.gate ?? "full",
    rows: [],
    findings: [],
    waived: [],
    reportOnly: context.policy.gates.full
      .filter((check) => check.whenRedBefore === "report")
      .map((check) => check.name),
    elapsedMs: elapsed(context),
  };
  const early = decideEarly(evidence, context.policy);
  const decision = early ?? (await gateAndDecide(context, evidence, last, worked.claim));
  if (decision.kind !== "stop" || decision.reason !== "interrupted")
    journal.append({ type: "decision.made", iteration: number, decision });
  return decision;
}

interface Worked {
  readonly ending: AgentEnding;
  readonly claim: Claim | undefined;
}

function recorded(iteration: Iteration): Worked {
  return {
    ending: iteration.ending ?? { kind: "failed", says: "the attempt has no recorded end" },
    claim: iteration.claim,
  };
}

async function work(
  context: RunContext,
  request: LoopRequest,
  at: { number: number; open: Iteration | undefined; before: Iteration | undefined },
): Promise<Worked> {
  const { journal, policy } = context;
  const { agent } = request;
  const task = journal.session().task;
  if (task === undefined)
    throw new Fault("run/not-resumable", `${journal.id} has no accepted plan`, {
      hint: "start the task again with `surefoot run`",
    });
  const feedback = at.before?.decision?.kind === "another_attempt" ? at.before.decision.feedback : undefined;
  const prompt = promptOf({
    task,
    scope: policy.scope,
    protectedBranches: policy.protectedBranches,
    checks: gateChecks(context),
    budgets: policy.budgets,
    iteration: at.number,
    feedback,
    cutOff: at.open !== undefined,
  });
  let result: TurnResult = {
    ending: { kind: "failed", says: "the agent was never started" },
    calls: [],
    transcript: false,
  };
  // What a failed start did before it failed was done as well.
  const calls: ObservedCall[] = [];
  for (let dispatch = 1; dispatch <= policy.budgets.dispatches; dispatch += 1) {
    journal.append({
      type: "task.dispatched",
      task: task.id,
      wave: 1,
      agent: agent.id,
      iteration: at.number,
      files: task.scope.allow,
      packet: sha256(prompt),
    });
    journal.append({
      type: "agent.started",
      iteration: at.number,
      agent: agent.id,
      version: agent.version,
      jail: context.jailSays,
    });
    result = await attempt(context, {
      agent,
      gather: request.gather,
      askSecond: request.askSecond,
      iteration: at.number,
      prompt,
      model: request.model,
      leftMs: policy.budgets.wallTimeMs - elapsed(context),
    });
    calls.push(...result.calls);
    if (result.ending.kind !== "failed" || context.signal.aborted) break;
  }
  if (result.ending.kind === "ended" && result.ending.by === "escalation")
    journal.append({
      type: "escalated",
      iteration: at.number,
      reason: "agent_asks",
      says: result.ending.says,
      to: policy.owners.escalation ?? policy.owners.secondary,
    });
  reconcileTurn(context, at.number, agent, { ...result, calls });
  const says = "says" in result.ending ? result.ending.says : "";
  return { ending: result.ending, claim: parseClaim(says) };
}

function reconcileTurn(context: RunContext, iteration: number, agent: Agent, result: TurnResult): void {
  const { journal } = context;
  if (agent.probe === undefined && result.calls.length === 0) return;
  if (!result.transcript) {
    if (result.ending.kind === "unavailable") return;
    const undecided = [
      {
        tool: agent.id,
        call: undefined,
        says: "no transcript of this turn was found, so its actions cannot be compared with the decisions",
      },
    ];
    journal.append({ type: "reconciled", iteration, calls: 0, decided: 0, undecided });
    return;
  }
  const decided = [...journal.entries()].flatMap(({ event }) =>
    event.type === "action.judged" && event.iteration === iteration
      ? [{ call: event.call, tool: event.tool, action: event.action, refused: event.enforced }]
      : [],
  );
  journal.append({ type: "reconciled", iteration, ...reconcile(result.calls, decided) });
}

function recordAttempt(
  context: RunContext,
  iteration: number,
  worked: Worked,
  { last, step }: { last: Snapshot; step: DiffSize },
): void {
  context.journal.append({
    type: "attempt.finished",
    iteration,
    ending: worked.ending,
    step,
    diff: summaryOf(context, last),
    claim: worked.claim,
  });
}

function summaryOf(context: RunContext, last: Snapshot): DiffSummary {
  const { files } = last.change;
  return {
    ...sizeOf(last.change),
    id: last.id,
    paths: files.map((file) => file.path),
    added: files.reduce((sum, file) => sum + file.added, 0),
    removed: files.reduce((sum, file) => sum + file.removed, 0),
    artifact: context.journal.artifact(last.patch),
  };
}

/** Of the commit that would be delivered: what was asked, of whom, and the run that it came from. */
function messageOf(journal: Journal): string {
  const { task, agent, agentVersion } = journal.session();
  return [
    task?.title ?? journal.id,
    "",
    `Task: ${task?.source ?? "unknown"}`,
    `Agent: ${agent ?? "unknown"}${agentVersion === undefined ? "" : ` ${agentVersion}`}`,
    `Agent-Run-Id: ${journal.id}`,
  ].join("\n");
}

async function gateAndDecide(
  context: RunContext,
  evidence: Evidence,
  last: Snapshot,
  claim: Claim | undefined,
): Promise<Decision> {
  const { host, journal, workspace, policy } = context;
  const { iteration } = evidence;
  const have = (journal.session().iterations.find((one) => one.number === iteration)?.checks ?? []).filter(
    (row) => row.diff === last.id,
  );
  const [surroundings, judges] = await Promise.all([
    have.length === 0 ? clearSurroundings(context, last) : [],
    judgesOf(context, gateChecks(context)),
  ]);
  if (context.signal.aborted) return interrupted("interrupted before the gate ran");
  const { rows, findings } = await runGate(context, {
    checks: gateChecks(context),
    phase: "after",
    iteration,
    diff: last.id,
    have,
  });
  if (context.signal.aborted) return interrupted("interrupted while the gate ran");
  const touched = await changedSince(host, workspace);
  if (touched.altered.length + touched.fresh.length > 0) await restore(host, workspace, last.tree);
  const fresh = touched.fresh.filter((path) => !last.missed.includes(path));
  const rewritten = gateRewrote({ ...touched, fresh }, await rewrittenBefore(host, workspace));
  const judged = checkChange(context, {
    iteration,
    change: last.change,
    missed: last.missed,
    judges,
    claim,
    fromGate: [...surroundings, ...findings, ...rewritten],
  });
  const waived = waivedHere(context, iteration, last.id, [
    ...rows.filter((row) => !row.passed).map((row) => row.check),
    ...judged.map((finding) => finding.code),
  ]);
  const full: Evidence = { ...evidence, rows, findings: judged, waived, elapsedMs: elapsed(context) };
  return decide(journal.session(), full, policy);
}

function gateChecks(context: RunContext): readonly GateCheck[] {
  const session = context.journal.session();
  const { full, fallback } = context.policy.gates;
  const shown = reproduction(session);
  return [...(shown === undefined ? [] : [shown]), ...(session.gate?.gate === "fallback" ? fallback : full)];
}

/** Milliseconds of work so far: the time between kill and resume does not count. */
function elapsed(context: RunContext): number {
  return context.spentMs + (context.host.elapsedMs() - context.startedMs);
}
