import { openJournal } from "../../control/journal.ts";
import { takeUp, workspacesFolder } from "../../control/start.ts";
import { foldSession } from "../../core/session.ts";
import type { Session } from "../../core/session.ts";
import { Fault } from "../../core/fault.ts";
import { configFolder } from "../../host/key.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { loadPolicy } from "../../policy/load.ts";
import { narrowed } from "../../policy/task.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { openRunLedger } from "../open-ledger.ts";
import { repositoryRoot } from "../repository.ts";
import { chooseAgent } from "./choose-agent.ts";
import { policyRequest } from "../policy-request.ts";
import { overridesOf } from "./overrides.ts";
import { showProgress } from "./progress.ts";
import { workOn } from "./work-on.ts";
import { actorOf } from "./start-run.ts";

/** `surefoot run --resume [<run>]`: goes on where the ledger ends, with the agent that the run was started with. */
export async function resumeRun(input: CliInput, io: Io): Promise<number> {
  const { host } = io;
  const root = await repositoryRoot(host, io.cwd);
  const compiled = await loadPolicy({
    ...(await policyRequest(host, root, { committed: true })),
    ...overridesOf(input),
  });
  const ledger = openRunLedger(host, root, compiled.policy);
  try {
    const session = findUnfinished(ledger, input.positionals[0]);
    const scope = narrowed(compiled.policy.scope, session.task?.scope);
    const agent = await chooseAgent(input, io, compiled.policy, text(input, "agent") ?? session.agent);
    const progress = showProgress(io, flag(input, "quiet"));
    const journal = openJournal(ledger, session.id, actorOf(io), progress.watch);
    const hidden = [`${root}/.surefoot`, configFolder(host)];
    const { context, lock } = await takeUp(
      host,
      journal,
      { compiled, scope, root, workspaces: workspacesFolder(host, root), hidden },
      io.signal,
    );
    return await workOn(input, io, { context, lock, agent, ledger, root, progress });
  } finally {
    ledger.close();
  }
}

function findUnfinished(ledger: Ledger, id: string | undefined): Session {
  if (id !== undefined) {
    const session = foldSession(id, ledger.read(id));
    if (session.kind === "run") return session;
    throw new Fault("run/not-found", `the ledger has no run ${id}`, { hint: "see `surefoot run list`" });
  }
  const heads = [...ledger.store.sessions()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  for (const head of heads) {
    const session = foldSession(head.session, ledger.read(head.session));
    if (
      session.kind === "run" &&
      session.finished === undefined &&
      session.workspace !== undefined &&
      session.settled === undefined
    )
      return session;
  }
  throw new Fault("run/not-found", "there is no unfinished run to go on with", {
    hint: "see `surefoot run list`",
  });
}
