import { diffId, parsePatch } from "../core/diff.ts";
import { succeeded } from "../core/exit.ts";
import { Fault } from "../core/fault.ts";
import { sizeOf } from "../core/change.ts";
import type { Change, DiffSize, FileChange } from "../core/change.ts";
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
  /** What git could not take in: folders with a slash (a repository without a commit), files that cannot be read. */
  readonly missed: readonly string[];
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
    // Above every .gitattributes: a change must not make its own diff unreadable with `-diff` or `binary`.
    await host.files.write(`${workspace.record}/info/attributes`, "* !diff\n");
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
  const missed = await addAll(host, workspace);
  // Both only read the index, so they need not wait for each other.
  const [tree, { shown, whole, files }] = await Promise.all([
    host.git.text(["write-tree"], options),
    difference(host.git, options, ["--cached", workspace.base]),
  ]);
  // Counted lines alone would give two changes one identity.
  const patch = whole ? shown : `${shown}tree ${tree}\n`;
  return { tree, id: diffId(patch), patch, change: { base: workspace.base, head: tree, files }, missed };
}

// One path that cannot be added must not keep the others out; what it is, is said instead.
async function addAll(host: Host, workspace: Workspace): Promise<readonly string[]> {
  const { git } = host;
  const options = recordOptions(workspace);
  // Through a link in its place somebody else's folder would be taken for the tree, read, and put back to the base.
  if ((await host.files.stat(workspace.tree))?.kind !== "folder")
    throw new Fault("workspace/failed", `${workspace.tree} is no folder any more`, {
      hint: `the agent or a gate has replaced it: discard the run with \`surefoot run discard ${workspace.run}\``,
    });
  const args = ["add", "--all", "--ignore-errors"];
  const ran = await git.run(args, options);
  if (ran.exit.kind === "exited" && ran.exit.code === 0) return [];
  const missed = await git.text(["ls-files", "--others", "--modified", "--exclude-standard", "-z"], options);
  const paths = [...new Set(missed.split("\0").filter((path) => path !== ""))];
  if (paths.length > 0) return paths;
  throw new Fault("repo/git-failed", `git ${args.join(" ")} failed: ${ran.stderr.split("\n")[0] ?? ""}`, {
    hint: "look at the workspace with `surefoot run show`",
  });
}

/** How much lies between a commit and a snapshot. */
export async function stepSince(
  host: Host,
  workspace: Workspace,
  commit: string,
  { tree, change }: Snapshot,
): Promise<DiffSize> {
  if (commit === workspace.base) return sizeOf(change);
  const { files } = await difference(host.git, recordOptions(workspace), [commit, tree]);
  return sizeOf({ base: commit, head: tree, files });
}

/** Whether the tree still is what the last snapshot saw. */
export async function isUnchanged(host: Host, workspace: Workspace): Promise<boolean> {
  const { altered, fresh } = await changedSince(host, workspace);
  return altered.length === 0 && fresh.length === 0;
}

/** In what the tree differs from the last snapshot: files that it held, and files that it did not. */
export async function changedSince(
  host: Host,
  workspace: Workspace,
): Promise<{ readonly altered: readonly string[]; readonly fresh: readonly string[] }> {
  const options = recordOptions(workspace);
  // The index holds the last snapshot; the columns before HEAD's say nothing here, as HEAD is another commit.
  const status = await host.git.text(
    ["status", "--porcelain", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty", "-z"],
    options,
  );
  const entries = status.split("\0").filter((entry) => entry !== "" && entry[1] !== " ");
  const paths = (fresh: boolean): readonly string[] =>
    entries.filter((entry) => entry.startsWith("??") === fresh).map((entry) => entry.slice(3));
  return { altered: paths(false), fresh: paths(true) };
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
  const { altered } = await changedSince(host, workspace);
  await host.files.write(rewrittenBy(workspace), altered.map((path) => `${path}\0`).join(""));
  if (altered.length > 0) await restore(host, workspace, workspace.base);
  return left;
}

/** Files that the gate rewrites on the untouched base already: generated ones, lockfiles. */
export async function rewrittenBefore(host: Host, workspace: Workspace): Promise<readonly string[]> {
  const text = await host.files.readText(rewrittenBy(workspace));
  return (text ?? "").split("\0").filter((path) => path !== "");
}

function rewrittenBy(workspace: Workspace): string {
  return `${workspace.folder}/rewritten`;
}

/** The patch between two tree-ish of the record; where it is larger than 64 MiB, only the numbers of lines. */
async function difference(
  git: Git,
  options: GitOptions,
  between: readonly [string, string],
): Promise<{ readonly shown: string; readonly whole: boolean; readonly files: readonly FileChange[] }> {
  const ran = await git.run(
    ["diff", "--no-ext-diff", "--no-textconv", "--full-index", "-M", "--no-color", ...between, "--"],
    { ...options, outputBytes: patchBytes },
  );
  if (ran.truncated || ran.exit.kind === "overflowed") {
    const counted = await git.text(["diff", "--numstat", "--no-renames", "-z", ...between, "--"], options);
    const shown = `larger than ${patchBytes} bytes, so only lines are counted\n${counted.replaceAll("\0", "\n")}`;
    return { shown, whole: false, files: countedFiles(counted) };
  }
  if (ran.exit.kind !== "exited" || ran.exit.code !== 0)
    throw new Fault("repo/git-failed", `git diff failed: ${ran.stderr.split("\n")[0] ?? ""}`, {
      hint: "look at the workspace with `surefoot run show`",
    });
  return { shown: ran.stdout, whole: true, files: parsePatch(ran.stdout) };
}

function countedFiles(numstat: string): readonly FileChange[] {
  return numstat.split("\0").flatMap((entry): readonly FileChange[] => {
    const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(entry) ?? [];
    if (path === undefined) return [];
    const binary = added === "-";
    const counts = binary ? { added: 0, removed: 0 } : { added: Number(added), removed: Number(removed) };
    return [{ path, status: "modified", ...counts, binary, hunks: "" }];
  });
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
  await addAll(host, workspace);
  await host.git.text(["read-tree", "--reset", "-u", tree], options);
}

/** Brings a finished commit into the user's repository as a new branch. Nothing else there changes. */
export async function deliver(host: Host, root: string, workspace: Workspace, commit: string): Promise<void> {
  await refuseTakenBranch(host, root);
  // A fetch takes only what a reference names.
  await host.git.text(["update-ref", `refs/surefoot/${workspace.run}`, commit], recordOptions(workspace));
  await host.git.text(
    [
      "-c",
      "protocol.file.allow=always",
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

/** Git keeps branches as paths, so a branch `surefoot` leaves no place for `surefoot/…`. Throws `repo/branch-taken`. */
export async function refuseTakenBranch(host: Host, root: string): Promise<void> {
  const taken = await host.git.run(["show-ref", "--verify", "--quiet", "refs/heads/surefoot"], { cwd: root });
  if (succeeded(taken.exit))
    throw new Fault("repo/branch-taken", "the branch `surefoot` keeps surefoot/… from being made", {
      hint: "rename it, as in git branch -m surefoot another-name, and run again or go on with --resume",
    });
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

/** Options of a git command that sees the tree through `record`. */
export function recordOptions(workspace: Workspace): GitOptions {
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
