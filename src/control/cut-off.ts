import { readIntent, settleIntent } from "../tools/intent.ts";
import type { RunContext } from "./context.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Records how the call ended that a killed process was in the middle of, and gives the number of calls of this
 * iteration that have ended: edits happen exactly once, commands at most once.
 */
export async function settleCutOff(
  { host, journal, workspace }: Pick<RunContext, "host" | "journal" | "workspace">,
  iteration: number,
): Promise<number> {
  const done = journal.session().iterations.find(({ number }) => number === iteration)?.calls ?? 0;
  const intent = await readIntent(host.files, intentOf(workspace));
  // What was announced by a call whose end is on record is history.
  if (intent?.call !== `${iteration}.${done + 1}`) return done;
  const outcome = await settleIntent(host.files, intent);
  if (outcome === undefined) return done;
  const { call, tool } = intent;
  journal.append({ type: "tool.finished", iteration, call, tool, outcome, durationMs: 0 });
  return done + 1;
}

/** Beside the tree, where a jailed agent cannot write. */
export function intentOf(workspace: Pick<Workspace, "folder">): string {
  return `${workspace.folder}/intent.json`;
}
