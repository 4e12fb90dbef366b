import { diffId, parsePatch } from "../core/diff.ts";
import { Fault } from "../core/fault.ts";
import { sizeOf } from "../core/change.ts";
import type { Change, DiffSize } from "../core/change.ts";
import type { Git, GitOptions, Host } from "../core/ports.ts";

/**
 * A tree of its own for one run. `tree` is a clone that the agent may do anything in; `record` is a second, bare
 * repository that the agent never sees and whose configuration it therefore cannot plant commands in: every diff,
 * checkpoint and delivery is made there. Both borrow the user's objects read-only.
 */
export interface Workspace {
  readonly run: string;
  /** The folder of the run, which holds everything below. Absolute. */
  readonly folder: string;
  readonly tree: string;
  readonly record: string;
  /** Configuration folders of agents, and the git configuration of everything that runs in the tree. */
  readonly home: string;
  /** Full commit id that the run started from. */
  readonly base: string;
  readonly branch: string;
}

export interface Snapshot {
  /** Tree id in `record`. */
  readonly tree: string;
  readonly id: string;
  readonly patch: string;
  readonly change: Change;
}

export interface WorkspaceRequest {
  /** The user's repository: its top folder. */
  readonly root: string;
  readonly base: string;
  readonly run: string;
  /** Where workspaces of this repository live. */
  readonly parent: string;
}

const patchBytes = 64 * 1024 * 1024;

export async function createWorkspace(host: Host, request: WorkspaceRequest): Promise<Workspace> {
  const workspace = describeWorkspace(request);
  await host.files.makeFolder(workspace.home, 0o700);
  const quiet: GitOptions = { cwd: request.root, neutral: true, timeoutMs: 600_000 };
  try {
    await host.git.text(
      ["clone", "--quiet", "--shared", "--bare", "--template=", request.root, workspace.record],
      quiet,
    );
    await dropRemotes(host.git, { ...quiet, cwd: workspace.record });
    await host.git.text(
      [
        "clone",
        "--quiet",
        "--shared",
        "--no-checkout",
        "--no-tags",
        "--template=",
        request.root,
        workspace.tree,
      ],
      quiet,
    );
    const inTree: GitOptions = { ...quiet, cwd: workspace.tree };
    await host.git.text(["checkout", "--quiet", "--no-track", "-B", workspace.branch, request.base], inTree);
    await dropRemotes(host.git, inTree);
    await writeGitConfig(host, workspace, request.root);
    await readIndex(host.git, workspace);
  } catch (cause) {
    await host.files.remove(workspace.folder);
    throw new Fault("workspace/failed", `no workspace could be made for ${request.run}: ${lineOf(cause)}`, {
      hint: `check that ${request.parent} is writable and has space, then run the task again`,
      cause,
    });
  }
  return workspace;
}

export function describeWorkspace(request: WorkspaceRequest): Workspace {
  const folder = `${request.parent}/${request.run}`;
  return {
    run: request.run,
    folder,
    tree: `${folder}/tree`,
    record: `${folder}/record.git`,
    home: `${folder}/home`,
    base: request.base,
    branch: `surefoot/${request.run}`,
  };
}

/** The work so far against the base, untracked files included, as only `record` sees it. */
export async function snapshot(host: Host, workspace: Workspace): Promise<Snapshot> {
  const options = recordOptions(workspace);
  await host.git.text(["add", "--all"], options);
  const tree = await host.git.text(["write-tree"], options);
  const patch = await patchBetween(host.git, options, workspace.base, tree);
  return {
    tree,
    id: diffId(patch),
    patch,
    change: { base: workspace.base, head: tree, files: parsePatch(patch) },
  };
}

/** How much lies between a commit and a snapshot. */
export async function stepSince(
  host: Host,
  workspace: Workspace,
  commit: string,
  { tree, change }: Snapshot,
): Promise<DiffSize> {
  if (commit === workspace.base) return sizeOf(change);
  const patch = await patchBetween(host.git, recordOptions(workspace), commit, tree);
  return sizeOf({ base: commit, head: tree, files: parsePatch(patch) });
}

/** Whether the tree still is what the last snapshot saw. */
export async function isUnchanged(host: Host, workspace: Workspace): Promise<boolean> {
  const options = recordOptions(workspace);
  // The index holds the last snapshot; the columns before HEAD's say nothing here, as HEAD is another commit.
  const status = await host.git.text(
    ["status", "--porcelain", "--no-renames", "--untracked-files=all", "-z"],
    options,
  );
  return status.split("\0").every((entry) => entry === "" || (entry[1] === " " && !entry.startsWith("??")));
}

/**
 * Takes what setup and the baseline left behind as the environment of the run, not as a change: new files that the
 * repository does not ignore are ignored in the record, tracked ones are put back. Returns what is ignored from now on.
 */
export async function settle(host: Host, workspace: Workspace): Promise<readonly string[]> {
  const options = recordOptions(workspace);
  const listed = await host.git.text(
    ["ls-files", "--others", "--exclude-standard", "--directory", "-z"],
    options,
  );
  const left = listed.split("\0").filter((path) => path !== "");
  if (left.length > 0) {
    const patterns = left.map((path) => `/${path.replace(/[\\*?[\] !#]/g, "\\$&")}\n`);
    await host.files.write(`${workspace.record}/info/exclude`, patterns.join(""));
  }
  if (!(await isUnchanged(host, workspace))) await restore(host, workspace, workspace.base);
  return left;
}

/** Patch between two tree-ish of the record. Throws `repo/git-failed` when it is larger than 64 MiB. */
async function patchBetween(git: Git, options: GitOptions, from: string, to: string): Promise<string> {
  const ran = await git.run(
    ["diff", "--no-ext-diff", "--no-textconv", "--full-index", "-M", "--no-color", from, to, "--"],
    { ...options, outputBytes: patchBytes },
  );
  if (ran.truncated)
    throw new Fault("repo/git-failed", `the change is larger than ${patchBytes} bytes of diff`, {
      hint: "set a patch budget, and let .gitignore name generated files",
    });
  if (ran.exit.kind !== "exited" || ran.exit.code !== 0)
    throw new Fault("repo/git-failed", `git diff failed: ${ran.stderr.split("\n")[0] ?? ""}`, {
      hint: "look at the workspace with `surefoot run show`",
    });
  return ran.stdout;
}

/** Stores a snapshot as one commit on the base, so that a killed run can go on from it. */
export async function commitSnapshot(
  host: Host,
  workspace: Workspace,
  tree: string,
  message: string,
): Promise<string> {
  const options = recordOptions(workspace);
  return host.git.text(["commit-tree", tree, "-p", workspace.base, "-F", "-"], {
    ...options,
    stdin: message,
  });
}

/** Puts the tree back to a snapshot: what a gate or a killed attempt left behind goes, ignored files stay. */
export async function restore(host: Host, workspace: Workspace, tree: string): Promise<void> {
  const options = recordOptions(workspace);
  await host.git.text(["add", "--all"], options);
  await host.git.text(["read-tree", "--reset", "-u", tree], options);
}

/** Brings a finished commit into the user's repository as a new branch. Nothing else there changes. */
export async function deliver(host: Host, root: string, workspace: Workspace, commit: string): Promise<void> {
  // A fetch takes only what a reference names.
  await host.git.text(["update-ref", `refs/surefoot/${workspace.run}`, commit], recordOptions(workspace));
  await host.git.text(
    [
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-write-fetch-head",
      "--no-auto-gc",
      workspace.record,
      `${commit}:refs/heads/${workspace.branch}`,
    ],
    { cwd: root, neutral: true, timeoutMs: 300_000 },
  );
}

/** Where an `.git` folder that the agent made below the tree would hide files from the diff. */
export function hiddenRepositories(change: Change): readonly string[] {
  return change.files
    .filter((file) => /^(\+Subproject commit |-Subproject commit )/m.test(file.hunks))
    .map((file) => file.path);
}

/** The agent's own configuration folder: writable, and kept between the turns of a run. */
export function homeOf(workspace: Pick<Workspace, "home">, agent: { readonly id: string }): string {
  return `${workspace.home}/${agent.id}`;
}

/** Environment of git, gates and agents in the tree: the user's own configuration and credentials stay out. */
export function treeEnvironment(workspace: Pick<Workspace, "home">): Readonly<Record<string, string>> {
  return {
    GIT_CONFIG_GLOBAL: `${workspace.home}/gitconfig`,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
}

function recordOptions(workspace: Workspace): GitOptions {
  return {
    cwd: workspace.tree,
    neutral: true,
    timeoutMs: 600_000,
    env: {
      GIT_DIR: workspace.record,
      GIT_WORK_TREE: workspace.tree,
      GIT_INDEX_FILE: `${workspace.folder}/index`,
      GIT_CONFIG_GLOBAL: `${workspace.folder}/gitconfig`,
    },
  };
}

async function readIndex(git: Git, workspace: Workspace): Promise<void> {
  await git.text(["read-tree", workspace.base], recordOptions(workspace));
}

async function dropRemotes(git: Git, options: GitOptions): Promise<void> {
  const remotes = await git.text(["remote"], options);
  for (const remote of remotes.split("\n").filter((name) => name !== ""))
    await git.text(["remote", "remove", remote], options);
}

// Commits in the workspace carry the user's name; nothing else of the user's configuration is copied.
async function writeGitConfig(host: Host, workspace: Workspace, root: string): Promise<void> {
  const configured = async (key: string, otherwise: string): Promise<string> => {
    const ran = await host.git.run(["config", "--get", key], { cwd: root });
    const value = ran.stdout.trim();
    return ran.exit.kind === "exited" && ran.exit.code === 0 && value !== "" ? value : otherwise;
  };
  const quoted = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
  const name = await configured("user.name", "surefoot");
  const email = await configured("user.email", "surefoot@localhost");
  const text = `[user]\n\tname = ${quoted(name)}\n\temail = ${quoted(email)}\n[gc]\n\tauto = 0\n`;
  await host.files.write(`${workspace.home}/gitconfig`, text);
  await host.files.write(`${workspace.folder}/gitconfig`, text);
}

function lineOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
}
