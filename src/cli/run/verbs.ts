import { workspacesFolder } from "../../control/start.ts";
import { Fault } from "../../core/fault.ts";
import { foldSession } from "../../core/session.ts";
import type { Session } from "../../core/session.ts";
import { configFolder, loadKey } from "../../host/key.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { openLedger } from "../../ledger/ledger.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { makeRedactor } from "../../ledger/redact.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { repositoryRoot } from "../repository.ts";
import { renderRun } from "./conclude.ts";
import { actorOf } from "./start-run.ts";

/** What a person may want to know about a run at a glance. */
interface RunRow {
  readonly run: string;
  readonly state: string;
  readonly task: string;
  readonly agent: string;
  readonly attempts: number;
  readonly opened: string;
  readonly branch: string | undefined;
  readonly workspace: string | undefined;
}

export async function listRuns(input: CliInput, io: Io): Promise<number> {
  const root = await repositoryRoot(io.host, io.cwd);
  return withLedger(io, root, "read", async (ledger) => {
    const rows: RunRow[] = [];
    for (const session of runsOf(ledger)) rows.push(await rowOf(io, root, session));
    if (flag(input, "json")) {
      io.out(`${JSON.stringify({ schemaVersion: 1, runs: rows })}\n`);
      return 0;
    }
    if (rows.length === 0) io.out("no runs yet\n");
    for (const row of rows)
      io.out(
        `${row.run}  ${row.state.padEnd(34)}  ${row.opened.slice(0, 16).replace("T", " ")}  ${row.agent.padEnd(8)}  ${row.task}\n`,
      );
    return 0;
  });
}

export async function showRun(input: CliInput, io: Io): Promise<number> {
  const root = await repositoryRoot(io.host, io.cwd);
  return withLedger(io, root, "read", async (ledger) => {
    const session = pick(ledger, input.positionals[0]);
    await renderRun(input, io, { ledger, session, root });
    return 0;
  });
}

/** Records that a person takes the result. surefoot itself never merges. */
export async function acceptRun(input: CliInput, io: Io): Promise<number> {
  const root = await repositoryRoot(io.host, io.cwd);
  return withLedger(io, root, "append", async (ledger) => {
    const session = pick(ledger, required(input, "accept"));
    const { delivered, finished } = session;
    if (delivered === undefined || finished?.verdict !== "verified" || session.bundle === undefined)
      throw new Fault(
        "run/not-acceptable",
        `${session.id} has no verified branch: ${finished?.stop ?? "it has not ended"}`,
        {
          hint: `look at it with \`surefoot run show ${session.id}\`; what a gate did not verify can be taken by hand, not accepted`,
        },
      );
    ledger.append({
      session: session.id,
      actor: actorOf(io),
      event: { type: "run.accepted", by: io.host.platform.user, branch: delivered.branch },
    });
    await removeWorkspace(io, root, session.id);
    ledger.checkpoint();
    io.out(`✓ accepted ${session.id}\n  merge it when you are ready: git merge ${delivered.branch}\n`);
    return 0;
  });
}

/** Removes the workspace and the delivered branch, unless somebody has gone on working on that branch. */
export async function discardRun(input: CliInput, io: Io): Promise<number> {
  const root = await repositoryRoot(io.host, io.cwd);
  return withLedger(io, root, "append", async (ledger) => {
    const session = pick(ledger, required(input, "discard"));
    let kept = "";
    const free = await alone(io, root, session.id, async () => {
      kept = await discard(io, root, ledger, session);
    });
    if (!free)
      throw new Fault("run/locked", `${session.id} is being worked on by another process`, {
        hint: "wait until it has ended, or stop it first",
      });
    ledger.checkpoint();
    io.out(`✓ discarded ${session.id}; its record stays in the ledger\n${kept}`);
    return 0;
  });
}

/** What to tell about a branch that stays. */
async function discard(io: Io, root: string, ledger: Ledger, session: Session): Promise<string> {
  const { delivered } = session;
  let kept = "";
  if (delivered !== undefined) {
    const tip = await io.host.git.run(
      ["rev-parse", "--verify", "--quiet", `refs/heads/${delivered.branch}`],
      { cwd: root },
    );
    const id = tip.stdout.trim();
    if (id === delivered.commit)
      await io.host.git.text(["update-ref", "-d", `refs/heads/${delivered.branch}`, delivered.commit], {
        cwd: root,
      });
    else if (id !== "") kept = `  ${delivered.branch} has commits of its own and stays\n`;
  }
  ledger.append({
    session: session.id,
    actor: actorOf(io),
    event: { type: "run.discarded", by: io.host.platform.user },
  });
  await removeWorkspace(io, root, session.id);
  return kept;
}

/** Removes workspaces of runs that have ended. An unfinished run keeps its own: it can be resumed. */
export async function cleanRuns(_input: CliInput, io: Io): Promise<number> {
  const root = await repositoryRoot(io.host, io.cwd);
  return withLedger(io, root, "read", async (ledger) => {
    const parent = workspacesFolder(io.host, root);
    const present = ((await io.host.files.list(parent)) ?? [])
      .filter((name) => name.endsWith("/"))
      .map((name) => name.slice(0, -1));
    let removed = 0;
    const left: string[] = [];
    for (const run of present) {
      const session = foldSession(run, ledger.read(run));
      const ended =
        session.finished !== undefined || session.settled !== undefined || session.kind === undefined;
      if (!ended) left.push(run);
      else if (await alone(io, root, run, () => removeWorkspace(io, root, run))) removed += 1;
    }
    io.out(`✓ removed ${removed} workspace${removed === 1 ? "" : "s"}\n`);
    for (const run of left)
      io.out(
        `  ${run} is unfinished and stays: surefoot run --resume ${run}, or surefoot run discard ${run}\n`,
      );
    return 0;
  });
}

/** Runs, newest first. */
export function runsOf(ledger: Ledger): readonly Session[] {
  return [...ledger.store.sessions()]
    .sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1))
    .map((head) => foldSession(head.session, ledger.read(head.session)))
    .filter((session) => session.kind === "run");
}

function pick(ledger: Ledger, id: string | undefined): Session {
  const runs = runsOf(ledger);
  const found =
    id === undefined ? runs[0] : runs.find((session) => session.id === id || session.id.startsWith(id));
  if (found !== undefined) return found;
  throw new Fault(
    "run/not-found",
    id === undefined ? "there are no runs yet" : `the ledger has no run ${id}`,
    { hint: "see `surefoot run list`" },
  );
}

function required(input: CliInput, verb: string): string {
  const id = input.positionals[0];
  if (id !== undefined) return id;
  throw new Fault("usage/invalid", `which run to ${verb} is not said`, {
    hint: `as in \`surefoot run ${verb} run_…\`; see \`surefoot run list\``,
  });
}

async function rowOf(io: Io, root: string, session: Session): Promise<RunRow> {
  const workspace = `${workspacesFolder(io.host, root)}/${session.id}`;
  return {
    run: session.id,
    state: stateOf(session),
    task: session.task?.title ?? "",
    agent: session.agent ?? "",
    attempts: session.iterations.length,
    opened: session.openedAt,
    branch: session.delivered?.branch,
    workspace: (await io.host.files.stat(workspace)) === undefined ? undefined : workspace,
  };
}

function stateOf(session: Session): string {
  if (session.settled !== undefined) return `· ${session.settled}`;
  if (session.finished === undefined)
    return session.workspace === undefined ? "· never started" : "… unfinished";
  const { verdict, stop } = session.finished;
  return verdict === "verified" ? "✓ verified" : `✗ ${verdict} (${stop})`;
}

async function removeWorkspace(io: Io, root: string, run: string): Promise<void> {
  const parent = workspacesFolder(io.host, root);
  await io.host.files.remove(`${parent}/${run}`);
  await io.host.files.remove(`${parent}/${run}.lock`);
}

/** Keeps every other process off a run for as long as `act` takes. False where one works on it: nothing was done. */
async function alone(io: Io, root: string, run: string, act: () => Promise<void>): Promise<boolean> {
  const parent = workspacesFolder(io.host, root);
  // Where there are no workspaces nobody works in one, and taking a lock would make the folder.
  const present = (await io.host.files.stat(parent)) !== undefined;
  const lock = present ? await io.host.lock(`${parent}/${run}.lock`) : undefined;
  if (present && lock === undefined) return false;
  try {
    await act();
    return true;
  } finally {
    await lock?.release();
  }
}

async function withLedger(
  io: Io,
  root: string,
  mode: "read" | "append",
  act: (ledger: Ledger) => Promise<number>,
): Promise<number> {
  const signer = loadKey(configFolder(io.host));
  const store = openSqliteStore(`${root}/.surefoot/ledger.db`, {
    now: io.host.now,
    mode,
    ...(signer === undefined ? {} : { signer }),
  });
  const redactor = makeRedactor({ enabled: true, env: [] }, io.host.env);
  const ledger = openLedger({ store, redactor, now: io.host.now, signer });
  try {
    return await act(ledger);
  } finally {
    ledger.close();
  }
}
