import type { PathFact } from "../core/action.ts";
import type { Host } from "../core/ports.ts";
import { askGit, items } from "./ask-git.ts";
import type { FileFact } from "./file-facts.ts";
import { realOf, relativeTo } from "./tree-facts.ts";
import type { TreeFacts } from "./tree-facts.ts";

/** A tree in whose configuration an agent could plant what git would start, and the repository that it cannot write to. */
export interface RecordedTree {
  readonly worktree: string;
  readonly record: string;
}

/**
 * What git says of the tree, looked at through the record. Its HEAD is not the tree's, so one `git status` cannot tell.
 */
export async function recordedFacts(
  host: Pick<Host, "git">,
  tree: RecordedTree,
  paths: ReadonlyMap<string, FileFact>,
  dirty: boolean,
): Promise<TreeFacts> {
  const rels = [...paths.keys()].flatMap((path) => relativeTo(tree.worktree, path) ?? []);
  const some = rels.length > 0;
  const none: readonly string[] = [];
  const [all, tracked, ignored, modified] = await Promise.all([
    dirty ? modifiedPaths(host, tree, []) : undefined,
    some ? ask(host, tree, [literal, "ls-files", "-z", "--", ...rels]) : none,
    some ? ignoredPaths(host, tree, rels) : none,
    some ? modifiedPaths(host, tree, rels) : none,
  ]);
  const facts = [...paths].map(([path, file]): readonly [string, PathFact] => {
    const rel = relativeTo(tree.worktree, path);
    return [
      path,
      {
        exists: file.exists,
        tracked: holds(tracked, rel),
        ignored: rel === undefined ? false : (ignored?.includes(rel) ?? "unknown"),
        modified: holds(modified, rel),
        ...realOf(file),
      },
    ];
  });
  return { dirty: all === undefined ? "unknown" : all.length > 0, paths: Object.fromEntries(facts) };
}

const literal = "--literal-pathspecs";
// Looking into a nested repository would read its configuration.
const nested = "--ignore-submodules=dirty";

/** Tracked paths that differ from the last commit, in the index or outside of it; all where none are named. */
async function modifiedPaths(
  host: Pick<Host, "git">,
  tree: RecordedTree,
  rels: readonly string[],
): Promise<readonly string[] | undefined> {
  const cwd = tree.worktree;
  const head = await askGit(host.git, { cwd, args: ["rev-parse", "--verify", "--quiet", "HEAD"] });
  if (head === undefined) return undefined;
  const compare = [literal, "diff-index", "--name-only", "-z", "--no-renames", nested];
  const differing = await ask(host, tree, [...compare, head.trim(), "--", ...rels]);
  if (differing === undefined || differing.length === 0) return differing;
  // That was by size and time. The record's HEAD is not the tree's, so what is staged is a question of its own.
  const status = [literal, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", nested];
  const [staged, changed] = await Promise.all([
    ask(host, tree, [...compare, "--cached", head.trim(), "--", ...rels]),
    ask(host, tree, [...status, "--", ...rels]),
  ]);
  if (staged === undefined || changed === undefined) return undefined;
  const unstaged = changed.filter((entry) => entry[1] !== " ").map((entry) => entry.slice(3));
  return [...staged, ...unstaged];
}

async function ask(
  { git }: Pick<Host, "git">,
  { worktree, record }: RecordedTree,
  args: readonly string[],
): Promise<readonly string[] | undefined> {
  const said = await askGit(git, { cwd: worktree, record, args });
  return said === undefined ? undefined : items(said);
}

async function ignoredPaths(
  { git }: Pick<Host, "git">,
  { worktree, record }: RecordedTree,
  rels: readonly string[],
): Promise<readonly string[] | undefined> {
  // It exits with 1 when nothing is ignored.
  const args = ["check-ignore", "-z", "--stdin"];
  const said = await askGit(git, { cwd: worktree, record, args, stdin: rels.join("\0"), fine: [0, 1] });
  return said === undefined ? undefined : items(said);
}

/** Whether the path, or something in it, is among the names. */
function holds(names: readonly string[] | undefined, rel: string | undefined): boolean | "unknown" {
  if (rel === undefined) return false;
  return names === undefined ? "unknown" : names.some((name) => name === rel || name.startsWith(`${rel}/`));
}
