import { stops } from "../core/stop.ts";
import type { RunVerdict, StopReason } from "../core/stop.ts";
import type { RunContext } from "./context.ts";
import type { Ended, LoopRequest } from "./loop-request.ts";
import { deliver } from "./workspace.ts";

export interface RunResult {
  readonly verdict: RunVerdict;
  readonly stop: StopReason;
  readonly exit: number;
  readonly says: string;
}

/** Delivers a pass, writes the evidence whatever the verdict, and closes the session. */
export async function finish(context: RunContext, request: LoopRequest, decision: Ended): Promise<RunResult> {
  const { host, journal, workspace } = context;
  const stop: StopReason = decision.kind === "pr_ready" ? "passed" : decision.reason;
  if (stop === "interrupted") {
    journal.append({ type: "run.interrupted", says: decision.says });
    return { verdict: stops.interrupted.verdict, stop, exit: stops.interrupted.exit, says: decision.says };
  }
  const undecided = journal.session().iterations.flatMap((iteration) => iteration.undecided);
  const unguarded = stop === "passed" && undecided.length > 0;
  const commit = journal.session().checkpoint?.commit;
  // Each step is taken once, also when the process was killed between two of them and the run is resumed.
  if (stop === "passed" && commit !== undefined && journal.session().delivered === undefined) {
    await deliver(host, request.root, workspace, commit);
    journal.append({ type: "branch.delivered", branch: workspace.branch, commit });
  }
  const meaning = stops[stop];
  const verdict = unguarded ? "unguarded" : meaning.verdict;
  const says = unguarded
    ? `${decision.says}, but ${undecided.length} actions of the agent have no decision in the ledger`
    : decision.says;
  if (journal.session().finished === undefined) journal.append({ type: "run.finished", verdict, stop, says });
  // Last, so that the bundle holds the verdict. Where it cannot be written the run ends with that fault, not with a pass.
  const bundle = await request.writeBundle();
  journal.append({ type: "bundle.written", ...bundle });
  return { verdict, stop, exit: unguarded ? 2 : meaning.exit, says };
}
