import { canonical } from "../core/canonical.ts";
import { sha256 } from "../core/digest.ts";
import type { Environment, PlannedTask } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import type { CompiledPolicy, Scope } from "../core/policy.ts";
import type { Host, Lock } from "../core/ports.ts";
import type { Task } from "../core/task.ts";
import type { Taxonomy } from "../core/taxonomy.ts";
import type { RunContext } from "./context.ts";
import { planJail } from "./jail.ts";
import type { JailPlan } from "./jail.ts";
import type { Journal } from "./journal.ts";
import { createWorkspace, describeWorkspace, refuseTakenBranch } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

export interface Repository {
  /** Top folder of the user's repository, absolute. */
  readonly root: string;
  readonly branch: string | undefined;
  /** Full id of the commit that a run starts from. */
  readonly commit: string;
  /** Tracked files that differ from the commit; a run does not see them. */
  readonly changed: readonly string[];
  readonly untracked: number;
}

export interface StartRequest {
  readonly repository: Repository;
  readonly task: Task;
  readonly compiled: CompiledPolicy;
  /** What the task may touch: the policy's scope, narrowed by the task's. */
  readonly scope: Scope;
  readonly version: string;
  readonly attended: boolean;
  /** Folder of this repository's workspaces. */
  readonly workspaces: string;
  /** Folders that nothing in the jail may see. */
  readonly hidden: readonly string[];
}

/** Opens the session, records the plan and makes the workspace. The lock ends with this process. */
export async function start(
  host: Host,
  journal: Journal,
  request: StartRequest,
  signal: AbortSignal,
): Promise<{ context: RunContext; lock: Lock }> {
  const { repository, compiled } = request;
  await refuseTakenBranch(host, repository.root);
  await host.files.makeFolder(request.workspaces, 0o700);
  // The guard compares paths, so the tree must be named by its real one.
  const parent = await host.files.real(request.workspaces);
  const where = { root: repository.root, base: repository.commit, run: journal.id, parent };
  const described = describeWorkspace(where);
  const plan = await jailFor(host, request.compiled, described, repository.root, request.hidden);
  const environment = await environmentOf(host, repository, plan);
  // Kept by its digest, so that a replay can decide under the very policy of then.
  journal.artifact(canonical(compiled.policy));
  journal.append({
    type: "session.opened",
    kind: "run",
    version: request.version,
    policy: compiled.digest,
    environment,
  });
  journal.append({ type: "plan.accepted", wave: 1, tasks: [planned(request)], attended: request.attended });
  const lock = await takeLock(host, parent, journal.id);
  const workspace = await createWorkspace(host, where);
  journal.append({
    type: "workspace.created",
    path: workspace.folder,
    base: workspace.base,
    branch: workspace.branch,
  });
  return { context: contextOf(host, journal, request, workspace, plan, signal, 0), lock };
}

/** Takes up a killed or interrupted run where the ledger left it. */
export async function takeUp(
  host: Host,
  journal: Journal,
  request: Pick<StartRequest, "compiled" | "scope" | "workspaces" | "hidden"> & { readonly root: string },
  signal: AbortSignal,
): Promise<{ context: RunContext; lock: Lock }> {
  const session = journal.session();
  const refuse = (says: string, hint: string): Fault =>
    new Fault("run/not-resumable", `${journal.id} cannot be resumed: ${says}`, { hint });
  if (session.finished !== undefined && session.bundle !== undefined)
    throw refuse(
      `it ended with ${session.finished.stop}`,
      `look at it with \`surefoot run show ${journal.id}\`, or start the task again`,
    );
  if (session.workspace === undefined)
    throw refuse("it ended before it had a workspace", "start the task again");
  if (session.policy !== request.compiled.digest)
    throw refuse(
      "the policy has changed since it started",
      "start the task again, or restore the policy that the run was opened with",
    );
  const parent = await host.files.real(request.workspaces);
  const lock = await takeLock(host, parent, journal.id);
  const workspace = describeWorkspace({
    root: request.root,
    base: session.workspace.base,
    run: journal.id,
    parent,
  });
  // What was folded before the lock was taken may be history by now.
  if ([...journal.entries()].at(-1)?.seq !== session.head.seq) {
    await lock.release();
    throw new Fault("run/locked", `${journal.id} has just been worked on by another process`, {
      hint: "see where it stands with `surefoot run list`, then resume it where it is unfinished",
    });
  }
  if ((await host.files.stat(workspace.tree)) === undefined) {
    await lock.release();
    throw refuse(`its workspace ${workspace.tree} is gone`, "start the task again");
  }
  const plan = await jailFor(host, request.compiled, workspace, request.root, request.hidden);
  journal.append({
    type: "run.resumed",
    from:
      session.checkpoint === undefined
        ? "the start"
        : `checkpoint of attempt ${session.checkpoint.iteration}`,
  });
  return {
    context: contextOf(host, journal, request, workspace, plan, signal, spent(journal)),
    lock,
  };
}

async function takeLock(host: Host, workspaces: string, run: string): Promise<Lock> {
  const path = `${workspaces}/${run}.lock`;
  const lock = await host.lock(path);
  if (lock === undefined)
    throw new Fault("run/locked", `${run} is being worked on by another process`, {
      hint: "wait until it has ended, or stop it",
    });
  return {
    async release() {
      await lock.release();
      // Without a workspace nobody will ask for this lock again.
      if ((await host.files.stat(`${workspaces}/${run}`)) === undefined) await host.files.remove(path);
    },
  };
}

function jailFor(
  host: Host,
  compiled: CompiledPolicy,
  workspace: Workspace,
  root: string,
  hidden: readonly string[],
): Promise<JailPlan> {
  const { jail, setup } = compiled.policy;
  return planJail(host, { mode: jail, workspace, caches: setup.caches, root, hidden });
}

function contextOf(
  host: Host,
  journal: Journal,
  { compiled, scope }: Pick<StartRequest, "compiled" | "scope">,
  workspace: Workspace,
  plan: JailPlan,
  signal: AbortSignal,
  spentMs: number,
): RunContext {
  const taxonomy: Taxonomy = new Map(Object.entries(compiled.taxonomy));
  return {
    host,
    journal,
    policy: { ...compiled.policy, scope },
    taxonomy,
    workspace,
    jail: plan.jail,
    jailSays: plan.says,
    startedMs: host.elapsedMs(),
    spentMs,
    signal,
  };
}

function planned({ task, compiled }: StartRequest): PlannedTask {
  const { id, title, body, source, sections, reproduce } = task;
  return {
    id,
    title,
    body,
    source,
    sections,
    reproduce,
    scope: task.scope ?? compiled.policy.scope,
    budget: compiled.policy.budgets.patch.total,
  };
}

async function environmentOf(host: Host, repository: Repository, plan: JailPlan): Promise<Environment> {
  const git = await host.git.text(["--version"], { cwd: repository.root });
  return {
    node: host.platform.node,
    git: git.replace(/^git version /, ""),
    os: host.platform.os,
    arch: host.platform.arch,
    repository: repository.root.split("/").at(-1) ?? repository.root,
    branch: repository.branch,
    commit: repository.commit,
    dirty: repository.changed.length > 0,
    jail: plan.says,
  };
}

/** Milliseconds in which the run was being worked on: gaps before a resume do not count. */
function spent(journal: Journal): number {
  let sum = 0;
  let before: number | undefined;
  for (const { at, event } of journal.entries()) {
    const time = Date.parse(at);
    if (before !== undefined && event.type !== "run.resumed") sum += time - before;
    before = time;
  }
  return sum;
}

/** Folder of a repository's workspaces: outside the repository, so that no tool finds one inside the other. */
export function workspacesFolder(host: Host, root: string): string {
  const state =
    host.env["SUREFOOT_STATE_HOME"] ??
    `${host.env["XDG_STATE_HOME"] ?? `${host.platform.home}/.local/state`}/surefoot`;
  return `${state}/workspaces/${root.split("/").at(-1) ?? "root"}-${sha256(root).slice(0, 8)}`;
}

/** Run ids are `run_` and 12 lowercase alphanumerics, as in the commit trailer `Agent-Run-Id` (AI-First Software Engineering, chapter 6). */
export function newRunId(host: Host): string {
  return `run_${host.randomHex(12)}`;
}
