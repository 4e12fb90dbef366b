import { parseClaim } from "../checks/change/claims.ts";
import { sizeOf } from "../core/change.ts";
import type { Claim } from "../core/change.ts";
import { sha256 } from "../core/digest.ts";
import type { AgentEnding, Decision, DiffSummary } from "../core/event.ts";
import { succeeded } from "../core/exit.ts";
import { Fault } from "../core/fault.ts";
import type { GateCheck } from "../core/policy.ts";
import type { Agent, GatherFacts, Turn, TurnResult } from "../core/ports.ts";
import type { Iteration, Session } from "../core/session.ts";
import { stops } from "../core/stop.ts";
import type { RunVerdict, StopReason } from "../core/stop.ts";
import { attempt } from "./attempt.ts";
import { chooseGate, untouched } from "./choose-gate.ts";
import type { RunContext } from "./context.ts";
import { decide, decideEarly } from "./decide.ts";
import type { Evidence } from "./decide.ts";
import { makeDecider } from "./decider.ts";
import { checkChange } from "./findings.ts";
import { runGate, runnable } from "./gate.ts";
import { promptOf } from "./prompt.ts";
import { reconcile } from "./reconcile.ts";
import { runSetup } from "./setup.ts";
import { waivedHere } from "./waivers.ts";
import { commitSnapshot, deliver, restore, snapshot } from "./workspace.ts";
import type { Snapshot } from "./workspace.ts";

export interface LoopRequest {
  /** The user's repository: its top folder. */
  readonly root: string;
  readonly agent: Agent;
  readonly model: string | undefined;
  readonly gather: GatherFacts;
  /** Setup commands that a lockfile suggests, tried once when the gate's commands cannot be run. */
  readonly repair: readonly string[];
  /** Writes the evidence bundle and answers with where it is; it is written for every verdict. */
  readonly writeBundle: (last: { readonly patch: string }) => Promise<{ readonly path: string; readonly digest: string }>;
}

export interface RunResult {
  readonly verdict: RunVerdict;
  readonly stop: StopReason;
  readonly exit: number;
  readonly says: string;
}

/**
 * attempt → gate → log → decide, from wherever the session stands: a new run starts at its beginning, a killed one
 * after the last thing that the ledger knows. The plan must be accepted and the workspace must exist.
 */
export async function loop(context: RunContext, request: LoopRequest): Promise<RunResult> {
  const stopped = (await prepare(context, request)) ?? (await iterate(context, request));
  return finish(context, request, stopped);
}

interface Ended {
  readonly decision: Extract<Decision, { kind: "pr_ready" | "stop" }>;
  readonly last: Snapshot | undefined;
}

/** Setup, baseline and probe: what must hold before an agent may start. */
async function prepare(context: RunContext, request: LoopRequest): Promise<Ended | undefined> {
  const { journal, policy, signal } = context;
  if (journal.session().gate === undefined) {
    const setup = await runSetup(context, policy.setup.run);
    const failed = setup.find((run) => !succeeded(run.exit));
    if (signal.aborted) return { decision: interrupted("interrupted during setup"), last: undefined };
    if (failed !== undefined)
      return refuse(context, "gate_unrunnable", `setup failed: ${failed.command}`, "make the setup commands of surefoot.yaml work in a fresh clone");
    const unshown = await reproduce(context);
    if (unshown !== undefined) return unshown;
    const choice = await chooseGate(context, policy.setup.run.length > 0 ? [] : request.repair);
    if (signal.aborted) return { decision: interrupted("interrupted during the baseline"), last: undefined };
    if (choice.gate === "none") return refuse(context, "gate_unrunnable", choice.why, "name a gate in surefoot.yaml that runs in a fresh clone");
    journal.append({ type: "gate.chosen", gate: choice.gate, why: choice.why });
    const tree = (await snapshot(context.host, context.workspace)).id;
    if (tree !== untouched) await restore(context.host, context.workspace, context.workspace.base);
  }
  return probe(context, request);
}

/** A reported bug that cannot be reproduced stops the run with no edit (SYSTEMS.md 6.4). */
async function reproduce(context: RunContext): Promise<Ended | undefined> {
  const check = reproduction(context.journal.session());
  if (check === undefined) return undefined;
  const have = context.journal.session().baseline;
  const { rows } = await runGate(context, { checks: [check], phase: "baseline", iteration: 0, diff: untouched, have });
  const row = rows[0];
  if (row === undefined || (!row.passed && runnable(row))) return undefined;
  return row.passed
    ? refuse(context, "not_actionable", `the reported fault does not show: \`${check.run}\` succeeds on the untouched base`, "give a command that fails today, or close the report")
    : refuse(context, "gate_unrunnable", `the reproduction does not run: ${row.says}`, "give a command that can be run in a fresh clone");
}

function reproduction(session: Session): GateCheck | undefined {
  const command = session.task?.reproduce;
  if (command === undefined) return undefined;
  return { name: "reproduce", run: command, timeoutMs: 600_000, tests: "none", junit: undefined, whenRedBefore: "must_fix", reruns: 0, targeted: true };
}

async function probe(context: RunContext, request: LoopRequest): Promise<Ended | undefined> {
  const { agent } = request;
  const { journal, workspace, jail, signal } = context;
  if (agent.probe === undefined) return undefined;
  const decideProbe = makeDecider(context, { gather: request.gather, iteration: 0, from: 0, struck: () => {} });
  const home = homeOf(context, agent);
  const probed = await agent.probe({ workspace: workspace.tree, home, jail, decide: decideProbe, signal });
  journal.append({ type: "agent.probed", agent: agent.id, refused: probed.refused, says: probed.says });
  if (probed.refused) return undefined;
  return refuse(context, "agent_unavailable", `the guard does not hold for ${agent.id}: ${probed.says}`, "run `surefoot doctor` to see how the hook fails");
}

async function iterate(context: RunContext, request: LoopRequest): Promise<Ended> {
  for (;;) {
    const { decision, last } = await iterateOnce(context, request);
    if (decision.kind !== "another_attempt") return { decision, last };
  }
}

async function iterateOnce(context: RunContext, request: LoopRequest): Promise<{ decision: Decision; last: Snapshot }> {
  const { host, journal, workspace } = context;
  const session = journal.session();
  const open = session.iterations.find((iteration) => iteration.decision === undefined);
  const number = open?.number ?? session.iterations.length + 1;
  const before = session.iterations.find((iteration) => iteration.number === number - 1);
  const from = session.checkpoint !== undefined && session.checkpoint.iteration < number ? session.checkpoint.commit : workspace.base;

  const worked = open?.ended === true ? recorded(open) : await work(context, request, { number, open, before });
  // After a restart the tree may hold what a killed gate wrote; the checkpoint is what was judged.
  if (open?.ended === true && session.checkpoint?.iteration === number) await restore(host, workspace, session.checkpoint.commit);
  const last = await snapshot(host, workspace);
  // Nothing is recorded of an interrupted attempt: its edits stay in the tree, and a resume goes on with it.
  if (worked.ending.kind === "ended" && worked.ending.by === "interrupt") return { decision: interrupted(worked.ending.says), last };
  const step = from === workspace.base ? last : await snapshot(host, workspace, from);
  if (open?.ended !== true) recordAttempt(context, number, worked, last);
  await checkpoint(context, number, last);

  const evidence: Evidence = {
    iteration: number,
    ending: worked.ending,
    total: sizeOf(last.change),
    attempt: sizeOf(step.change),
    gate: journal.session().gate?.gate ?? "full",
    rows: [],
    findings: [],
    waived: [],
    reportOnly: context.policy.gates.full.filter((check) => check.whenRedBefore === "report").map((check) => check.name),
    elapsedMs: elapsed(context),
  };
  const early = decideEarly(evidence, context.policy);
  const decision = early ?? (await gateAndDecide(context, evidence, last, worked.claim));
  if (decision.kind !== "stop" || decision.reason !== "interrupted") journal.append({ type: "decision.made", iteration: number, decision });
  return { decision, last };
}

function interrupted(says: string): Extract<Decision, { kind: "stop" }> {
  return { kind: "stop", reason: "interrupted", says, next: "go on with `surefoot run --resume`" };
}

interface Worked {
  readonly ending: AgentEnding;
  readonly claim: Claim | undefined;
}

function recorded(iteration: Iteration): Worked {
  return { ending: iteration.ending ?? { kind: "failed", says: "the attempt has no recorded end" }, claim: iteration.claim };
}

async function work(
  context: RunContext,
  request: LoopRequest,
  at: { number: number; open: Iteration | undefined; before: Iteration | undefined },
): Promise<Worked> {
  const { journal, policy } = context;
  const { agent } = request;
  const task = journal.session().task;
  if (task === undefined) throw new Fault("run/not-resumable", `${journal.id} has no accepted plan`, { hint: "start the task again with `surefoot run`" });
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
  let result: TurnResult = { ending: { kind: "failed", says: "the agent was never started" }, calls: [], transcript: false };
  for (let dispatch = 1; dispatch <= policy.budgets.dispatches; dispatch += 1) {
    journal.append({ type: "task.dispatched", task: task.id, wave: 1, agent: agent.id, iteration: at.number, files: task.scope.allow, packet: sha256(prompt) });
    journal.append({ type: "agent.started", iteration: at.number, agent: agent.id, version: agent.version, jail: context.jailSays });
    result = await attempt(context, {
      agent,
      gather: request.gather,
      iteration: at.number,
      prompt,
      model: request.model,
      done: at.open?.calls ?? 0,
      leftMs: policy.budgets.wallTimeMs - elapsed(context),
    });
    if (result.ending.kind !== "failed" || context.signal.aborted) break;
  }
  reconcileTurn(context, at.number, agent, result);
  const says = "says" in result.ending ? result.ending.says : "";
  return { ending: result.ending, claim: parseClaim(says) };
}

function reconcileTurn(context: RunContext, iteration: number, agent: Agent, result: TurnResult): void {
  const { journal } = context;
  if (agent.probe === undefined && result.calls.length === 0) return;
  if (!result.transcript) {
    if (result.ending.kind === "unavailable") return;
    const undecided = [{ tool: agent.id, call: undefined, says: "no transcript of this turn was found, so its actions cannot be compared with the decisions" }];
    journal.append({ type: "reconciled", iteration, calls: 0, decided: 0, undecided });
    return;
  }
  const decided = [...journal.entries()].flatMap(({ event }) =>
    event.type === "action.judged" && event.iteration === iteration ? [{ call: event.call, tool: event.tool, action: event.action, refused: event.enforced }] : [],
  );
  journal.append({ type: "reconciled", iteration, ...reconcile(result.calls, decided) });
}

function recordAttempt(context: RunContext, iteration: number, worked: Worked, last: Snapshot): void {
  context.journal.append({ type: "attempt.finished", iteration, ending: worked.ending, diff: summaryOf(context, last), claim: worked.claim });
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

async function checkpoint(context: RunContext, iteration: number, last: Snapshot): Promise<void> {
  const { host, journal, workspace } = context;
  if (journal.session().checkpoint?.iteration === iteration) return;
  const { task, agent, agentVersion } = journal.session();
  const message = [
    task?.title ?? journal.id,
    "",
    `Task: ${task?.source ?? "unknown"}`,
    `Agent: ${agent ?? "unknown"}${agentVersion === undefined ? "" : ` ${agentVersion}`}`,
    `Agent-Run-Id: ${journal.id}`,
  ].join("\n");
  const commit = await commitSnapshot(host, workspace, last.tree, message);
  journal.append({ type: "checkpoint.recorded", iteration, commit, diff: last.id });
}

async function gateAndDecide(context: RunContext, evidence: Evidence, last: Snapshot, claim: Claim | undefined): Promise<Decision> {
  const { host, journal, workspace, policy } = context;
  const { iteration } = evidence;
  const have = (journal.session().iterations.find((one) => one.number === iteration)?.checks ?? []).filter((row) => row.diff === last.id);
  const { rows, findings } = await runGate(context, { checks: gateChecks(context), phase: "after", iteration, diff: last.id, have });
  if (context.signal.aborted) return interrupted("interrupted while the gate ran");
  const left = await snapshot(host, workspace);
  if (left.tree !== last.tree) await restore(host, workspace, last.tree);
  const judged = checkChange(context, { iteration, change: last.change, claim, fromGate: findings });
  const waived = waivedHere(context, iteration, last.id, [...rows.filter((row) => !row.passed).map((row) => row.check), ...judged.map((finding) => finding.code)]);
  const full: Evidence = { ...evidence, rows, findings: judged, waived, elapsedMs: elapsed(context) };
  return decide(journal.session(), full, policy);
}

function gateChecks(context: RunContext): readonly GateCheck[] {
  const session = context.journal.session();
  const { full, fallback } = context.policy.gates;
  const shown = reproduction(session);
  return [...(shown === undefined ? [] : [shown]), ...(session.gate?.gate === "fallback" ? fallback : full)];
}

/** Delivers a pass, writes the evidence whatever the verdict, and closes the session. */
async function finish(context: RunContext, request: LoopRequest, { decision, last }: Ended): Promise<RunResult> {
  const { host, journal, workspace } = context;
  const stop: StopReason = decision.kind === "pr_ready" ? "passed" : decision.reason;
  if (stop === "interrupted") {
    journal.append({ type: "run.interrupted", says: decision.says });
    return { verdict: stops.interrupted.verdict, stop, exit: stops.interrupted.exit, says: decision.says };
  }
  const undecided = journal.session().iterations.flatMap((iteration) => iteration.undecided);
  const unguarded = stop === "passed" && undecided.length > 0;
  const commit = journal.session().checkpoint?.commit;
  if (stop === "passed" && commit !== undefined) {
    await deliver(host, request.root, workspace, commit);
    journal.append({ type: "branch.delivered", branch: workspace.branch, commit });
  }
  const bundle = await request.writeBundle({ patch: last?.patch ?? "" });
  journal.append({ type: "bundle.written", ...bundle });
  const meaning = stops[stop];
  const verdict = unguarded ? "unguarded" : meaning.verdict;
  const says = unguarded ? `${decision.says}, but ${undecided.length} actions of the agent have no decision in the ledger` : decision.says;
  journal.append({ type: "run.finished", verdict, stop, says });
  return { verdict, stop, exit: unguarded ? 2 : meaning.exit, says };
}

function refuse(context: RunContext, reason: Exclude<StopReason, "passed">, says: string, next: string): Ended {
  const decision = { kind: "stop", reason, says, next } as const;
  context.journal.append({ type: "decision.made", iteration: 0, decision });
  return { decision, last: undefined };
}

/** Milliseconds of work so far: the time between kill and resume does not count. */
function elapsed(context: RunContext): number {
  return context.spentMs + (context.host.elapsedMs() - context.startedMs);
}

function homeOf(context: RunContext, agent: Agent): Turn["home"] {
  return `${context.workspace.home}/${agent.id}`;
}
