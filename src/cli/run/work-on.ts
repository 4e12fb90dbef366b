import { loop } from "../../control/run.ts";
import type { RunContext } from "../../control/context.ts";
import type { Agent, Lock } from "../../core/ports.ts";
import { historyIn } from "../../guard/history.ts";
import { gatherFacts } from "../../host/facts.ts";
import { configFolder } from "../../host/key.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { openSecondStage } from "../guard/second-stage.ts";
import { conclude } from "./conclude.ts";
import type { Progress } from "./progress.ts";
import { repairOf } from "./repair.ts";
import { bundleWriter } from "./write-bundle.ts";

export interface Working {
  readonly context: RunContext;
  /** Released at the end, however it comes. */
  readonly lock: Lock;
  readonly agent: Agent;
  readonly ledger: Ledger;
  readonly root: string;
  readonly progress: Progress;
}

/** Works on a run that was started or taken up, to its end, and prints what came of it. Resolves to the exit code. */
export async function workOn(input: CliInput, io: Io, working: Working): Promise<number> {
  const { context, lock, agent, ledger, root, progress } = working;
  const { host } = io;
  const { tree, record } = context.workspace;
  try {
    const result = await loop(context, {
      root,
      agent,
      model: text(input, "model"),
      gather: gatherFacts(host, {
        worktree: tree,
        record,
        guarded: [root, record, configFolder(host)],
        history: async (paths) => historyIn(context.journal.entries(), paths),
      }),
      askSecond: await openSecondStage(host, context.signal),
      repair: await repairOf(host, tree),
      writeBundle: bundleWriter(io, ledger, context, root),
    });
    return await conclude(input, io, { result, context, ledger, root, progress });
  } finally {
    await lock.release();
  }
}
