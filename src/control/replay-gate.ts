import type { CheckRow, Entry } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { Policy } from "../core/policy.ts";
import type { Host } from "../core/ports.ts";
import type { RunContext } from "./context.ts";
import { runGate } from "./gate.ts";
import { planJail } from "./jail.ts";
import type { Journal } from "./journal.ts";
import { reproduction } from "./prepare.ts";
import { runSetup } from "./setup.ts";
import { createWorkspace, snapshot } from "./workspace.ts";

export interface ReplayGateRequest {
  readonly root: string;
  readonly policy: Policy;
  readonly entries: readonly Entry[];
  /** The recorded net diff of the last attempt. */
  readonly patch: string;
  /** A journal in memory: replay writes nothing into the ledger. */
  readonly scratch: Journal;
  /** An empty folder for the workspace; the caller removes it. */
  readonly folder: string;
  readonly hidden: readonly string[];
  readonly signal: AbortSignal;
}

export interface ReplayedRow {
  readonly check: string;
  readonly recorded: Pick<CheckRow, "passed" | "signature" | "says">;
  readonly replayed: Pick<CheckRow, "passed" | "signature" | "says"> | undefined;
  readonly same: boolean;
}

/**
 * Hybrid replay: the recorded change is laid on the recorded base in a new workspace and the gate's commands run again.
 * No action of the agent is repeated, and nothing of the user's repository changes.
 */
export async function replayGate(host: Host, request: ReplayGateRequest): Promise<readonly ReplayedRow[]> {
  const { scratch, policy } = request;
  for (const { event } of request.entries) if (event.type !== "erased") scratch.append(event);
  const session = scratch.session();
  const last = session.iterations.findLast((iteration) => iteration.checks.length > 0);
  if (session.workspace === undefined || last?.diff === undefined)
    throw new Fault("run/not-found", `${session.id} never came to a gate, so there is nothing to run again`, {
      hint: "replay it strictly: `surefoot ledger replay --mode strict`",
    });
  const { base } = session.workspace;
  const workspace = await createWorkspace(host, {
    root: request.root,
    base,
    run: "replay",
    parent: request.folder,
  });
  const plan = await planJail(host, {
    mode: policy.jail,
    workspace,
    caches: policy.setup.caches,
    root: request.root,
    hidden: request.hidden,
  });
  const context: RunContext = {
    host,
    journal: scratch,
    policy,
    taxonomy: new Map(),
    workspace,
    jail: plan.jail,
    jailSays: plan.says,
    startedMs: host.elapsedMs(),
    spentMs: 0,
    signal: request.signal,
  };
  await runSetup(context, policy.setup.run);
  await host.git.text(["apply", "--whitespace=nowarn", "-"], {
    cwd: workspace.tree,
    neutral: true,
    stdin: request.patch,
  });
  const now = await snapshot(host, workspace);
  if (now.id !== last.diff.id)
    throw new Fault(
      "artifact/missing",
      `the recorded patch gives ${now.id.slice(0, 17)}…, the record says ${last.diff.id.slice(0, 17)}…`,
      {
        hint: "the patch was redacted or cut when it was kept, so this session cannot be replayed with its gate",
      },
    );
  const shown = reproduction(session);
  const gate = session.gate?.gate === "fallback" ? policy.gates.fallback : policy.gates.full;
  const checks = [...(shown === undefined ? [] : [shown]), ...gate];
  const { rows } = await runGate(context, {
    checks,
    phase: "after",
    iteration: last.number,
    diff: now.id,
    have: [],
  });
  // A rerun stands after the row it repeats: the last row of a check is what was decided on.
  const recorded = new Map(last.checks.map((row) => [row.check, row]));
  return [...recorded.values()].map((row): ReplayedRow => {
    const again = rows.find((candidate) => candidate.check === row.check);
    const same = again !== undefined && again.passed === row.passed && again.signature === row.signature;
    return { check: row.check, recorded: row, replayed: again, same };
  });
}
