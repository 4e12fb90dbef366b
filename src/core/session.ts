import type { Claim, DiffSize } from "./change.ts";
import type {
  AgentEnding,
  CheckRow,
  Decision,
  DiffSummary,
  Entry,
  Environment,
  Event,
  PlannedTask,
  UndecidedCall,
  Usage,
} from "./event.ts";
import type { JudgedFinding } from "./finding.ts";
import type { RunVerdict, StopReason } from "./stop.ts";

/** A run as its events tell it. Never stored: always folded. */
export interface Session {
  readonly id: string;
  readonly kind: "run" | "guard" | undefined;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly version: string;
  readonly policy: string;
  readonly environment: Environment | undefined;
  readonly task: PlannedTask | undefined;
  readonly attended: boolean;
  readonly agent: string | undefined;
  readonly agentVersion: string | undefined;
  readonly workspace: { readonly path: string; readonly base: string; readonly branch: string } | undefined;
  readonly gate: { readonly gate: "full" | "fallback"; readonly why: string } | undefined;
  readonly baseline: readonly CheckRow[];
  readonly iterations: readonly Iteration[];
  readonly usage: Usage;
  readonly judged: { readonly allow: number; readonly ask: number; readonly deny: number };
  readonly checkpoint:
    | { readonly iteration: number; readonly commit: string; readonly diff: string }
    | undefined;
  readonly delivered: { readonly branch: string; readonly commit: string } | undefined;
  readonly bundle: { readonly path: string; readonly digest: string } | undefined;
  readonly finished:
    | { readonly verdict: RunVerdict; readonly stop: StopReason; readonly says: string }
    | undefined;
  readonly settled: "accepted" | "discarded" | undefined;
  readonly head: { readonly seq: number; readonly hash: string };
}

export interface Iteration {
  readonly number: number;
  readonly startedAt: string;
  readonly diff: DiffSummary | undefined;
  readonly checks: readonly CheckRow[];
  readonly findings: readonly JudgedFinding[];
  readonly refused: number;
  /** Tool calls finished so far: where a recorded agent goes on after a resume. */
  readonly calls: number;
  readonly undecided: readonly UndecidedCall[];
  /** False once a turn's calls could not be compared with the decisions: no transcript was found. */
  readonly reconciled: boolean;
  /** What the attempt alone changed. */
  readonly step: DiffSize | undefined;
  readonly ending: AgentEnding | undefined;
  readonly claim: Claim | undefined;
  readonly decision: Decision | undefined;
  readonly waived: readonly string[];
  readonly ended: boolean;
}

const noUsage: Usage = {
  model: undefined,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  costUsd: undefined,
};

export function openSession(id: string): Session {
  return {
    id,
    kind: undefined,
    openedAt: "",
    updatedAt: "",
    version: "",
    policy: "",
    environment: undefined,
    task: undefined,
    attended: false,
    agent: undefined,
    agentVersion: undefined,
    workspace: undefined,
    gate: undefined,
    baseline: [],
    iterations: [],
    usage: noUsage,
    judged: { allow: 0, ask: 0, deny: 0 },
    checkpoint: undefined,
    delivered: undefined,
    bundle: undefined,
    finished: undefined,
    settled: undefined,
    head: { seq: 0, hash: "" },
  };
}

export function foldSession(id: string, entries: Iterable<Entry>): Session {
  let session = openSession(id);
  for (const entry of entries) session = step(session, entry);
  return session;
}

export function step(session: Session, entry: Entry): Session {
  const stamped: Session = {
    ...session,
    openedAt: session.openedAt === "" ? entry.at : session.openedAt,
    updatedAt: entry.at,
    head: { seq: entry.seq, hash: entry.hash },
  };
  return entry.event.type === "erased" ? stamped : apply(stamped, entry.event, entry.at);
}

function apply(session: Session, event: Event, at: string): Session {
  switch (event.type) {
    case "session.opened":
      return {
        ...session,
        kind: event.kind,
        version: event.version,
        policy: event.policy,
        environment: event.environment,
      };
    case "plan.accepted":
      return { ...session, task: event.tasks[0], attended: event.attended };
    case "workspace.created":
      return { ...session, workspace: { path: event.path, base: event.base, branch: event.branch } };
    case "gate.chosen":
      return { ...session, gate: { gate: event.gate, why: event.why } };
    case "task.dispatched":
      return { ...inIteration(session, event.iteration, at, (iteration) => iteration), agent: event.agent };
    case "agent.started":
      return { ...session, agentVersion: event.version };
    case "agent.used":
      return { ...session, usage: addUsage(session.usage, event.usage) };
    case "action.judged": {
      const { verdict } = event.judgement;
      const counted = { ...session, judged: { ...session.judged, [verdict]: session.judged[verdict] + 1 } };
      return verdict === "allow" || !event.enforced
        ? counted
        : inIteration(counted, event.iteration, at, (iteration) => ({
            ...iteration,
            refused: iteration.refused + 1,
          }));
    }
    case "tool.finished":
      return inIteration(session, event.iteration, at, (iteration) => ({
        ...iteration,
        calls: iteration.calls + 1,
      }));
    case "attempt.finished":
      return inIteration(session, event.iteration, at, (iteration) => ({
        ...iteration,
        diff: event.diff,
        step: event.step,
        ending: event.ending,
        claim: event.claim,
        ended: true,
      }));
    case "check.finished":
      return event.row.phase === "baseline"
        ? { ...session, baseline: [...session.baseline, event.row] }
        : inIteration(session, event.row.iteration, at, (iteration) => ({
            ...iteration,
            checks: [...iteration.checks, event.row],
          }));
    case "finding.reported":
      return inIteration(session, event.iteration, at, (iteration) => ({
        ...iteration,
        findings: [...iteration.findings, event.finding],
      }));
    case "waiver.applied":
      return inIteration(session, event.iteration, at, (iteration) => ({
        ...iteration,
        waived: [...iteration.waived, event.what],
      }));
    case "reconciled":
      return inIteration(session, event.iteration, at, (iteration) => ({
        ...iteration,
        undecided: event.undecided,
        reconciled: true,
      }));
    case "checkpoint.recorded":
      return {
        ...session,
        checkpoint: { iteration: event.iteration, commit: event.commit, diff: event.diff },
      };
    case "decision.made":
      return event.iteration === 0
        ? session
        : inIteration(session, event.iteration, at, (iteration) => ({
            ...iteration,
            decision: event.decision,
          }));
    case "branch.delivered":
      return { ...session, delivered: { branch: event.branch, commit: event.commit } };
    case "bundle.written":
      return { ...session, bundle: { path: event.path, digest: event.digest } };
    case "run.finished":
      return { ...session, finished: { verdict: event.verdict, stop: event.stop, says: event.says } };
    case "run.resumed":
      return { ...session, finished: undefined };
    case "run.accepted":
      return { ...session, settled: "accepted" };
    case "run.discarded":
      return { ...session, settled: "discarded" };
    case "setup.finished":
    case "agent.probed":
    case "agent.said":
    case "escalated":
    case "run.interrupted":
    case "permit.granted":
    case "permit.used":
    case "entry.erased":
    case "artifacts.pruned":
      return session;
  }
}

function inIteration(
  session: Session,
  number: number,
  at: string,
  change: (iteration: Iteration) => Iteration,
): Session {
  if (number === 0) return session;
  const fresh: Iteration = {
    number,
    startedAt: at,
    diff: undefined,
    checks: [],
    findings: [],
    refused: 0,
    calls: 0,
    undecided: [],
    reconciled: false,
    step: undefined,
    ending: undefined,
    claim: undefined,
    decision: undefined,
    waived: [],
    ended: false,
  };
  const known = session.iterations.some((iteration) => iteration.number === number);
  const iterations = known ? session.iterations : [...session.iterations, fresh];
  return {
    ...session,
    iterations: iterations.map((iteration) => (iteration.number === number ? change(iteration) : iteration)),
  };
}

function addUsage(sum: Usage, more: Usage): Usage {
  return {
    model: more.model ?? sum.model,
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    costUsd: more.costUsd === undefined ? sum.costUsd : (sum.costUsd ?? 0) + more.costUsd,
  };
}
