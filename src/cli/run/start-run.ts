import { openJournal } from "../../control/journal.ts";
import { newRunId, start, workspacesFolder } from "../../control/start.ts";
import { Fault } from "../../core/fault.ts";
import { missedExamples } from "../../guard/custom-example.ts";
import { configFolder } from "../../host/key.ts";
import type { CompiledPolicy } from "../../core/policy.ts";
import { policyAt } from "../../policy/at.ts";
import { loadPolicy } from "../../policy/load.ts";
import { loadTask, narrowed } from "../../policy/task.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { openRunLedger } from "../open-ledger.ts";
import { policyRequest } from "../policy-request.ts";
import { openRepository } from "../repository.ts";
import type { Repository } from "../../control/start.ts";
import { version } from "../version.ts";
import { chooseAgent } from "./choose-agent.ts";
import { overridesOf } from "./overrides.ts";
import { showProgress } from "./progress.ts";
import { workOn } from "./work-on.ts";

/** `surefoot run <task>`: everything that can be refused is refused before anything is made. */
export async function startRun(input: CliInput, io: Io): Promise<number> {
  const { host } = io;
  const repository = await openRepository(host, io.cwd, text(input, "base"));
  refuseDirty(repository, flag(input, "allow-dirty"), io);
  const task = await loadTask({
    files: host.files,
    cwd: io.cwd,
    root: repository.root,
    argument: input.positionals.join(" "),
  });
  const compiled = await policyFor(input, io, repository);
  const scope = narrowed(compiled.policy.scope, task.scope);
  const agent = await chooseAgent(input, io, compiled.policy);
  const ledger = openRunLedger(host, repository.root, compiled.policy);
  try {
    const progress = showProgress(io, flag(input, "quiet"));
    const journal = openJournal(ledger, newRunId(host), actorOf(io), progress.watch);
    const { context, lock } = await start(
      host,
      journal,
      {
        repository,
        task,
        compiled,
        scope,
        version,
        attended: io.screen.interactive,
        workspaces: workspacesFolder(host, repository.root),
        hidden: [`${repository.root}/.surefoot`, configFolder(host)],
      },
      io.signal,
    );
    return await workOn(input, io, { context, lock, agent, ledger, root: repository.root, progress });
  } finally {
    ledger.close();
  }
}

/** In CI the base commit's policy holds: a change must not edit its own judge. */
async function policyFor(
  input: CliInput,
  { host }: Io,
  { root, commit }: Repository,
): Promise<CompiledPolicy> {
  const overrides = overridesOf(input);
  const inCi = host.env["CI"] !== undefined && host.env["CI"] !== "" && host.env["CI"] !== "false";
  return inCi
    ? policyAt(host, root, commit, { ...overrides, tryExamples: missedExamples })
    : loadPolicy({ ...(await policyRequest(host, root, { committed: true })), ...overrides });
}

export function actorOf(io: Io): string {
  return `${io.host.platform.user}@surefoot`;
}

function refuseDirty(repository: Repository, allowed: boolean, io: Io): void {
  const { changed } = repository;
  if (changed.length === 0) return;
  const shown =
    changed.slice(0, 3).join(", ") + (changed.length > 3 ? ` and ${changed.length - 3} more` : "");
  if (!allowed)
    throw new Fault(
      "repo/dirty",
      `the run starts from ${repository.commit.slice(0, 9)} and would not see your changes in ${shown}`,
      {
        hint: "commit or stash them, or pass --allow-dirty to start without them",
      },
    );
  io.err(
    `! the run starts from ${repository.commit.slice(0, 9)} and does not see your changes in ${shown}\n`,
  );
}
