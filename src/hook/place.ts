import type { Files } from "../core/ports.ts";

/** Where a call is decided. */
export interface Place {
  /** Absolute path of the tree that the agent works in. */
  readonly worktree: string;
  /** The folder whose policy holds and whose `.surefoot` keeps the ledger: the worktree, or the user's own one. */
  readonly root: string;
  readonly repository: boolean;
}

/**
 * The repository around a folder; where there is none, the nearest folder upwards that has a surefoot.yaml; else the
 * folder itself, with the ledger at `fallback`. No process is started for it.
 */
export async function findPlace(files: Files, cwd: string, fallback: string): Promise<Place> {
  const folders = upwards(cwd);
  const nearest = async (names: readonly string[]): Promise<string | undefined> => {
    const found = await Promise.all(
      folders.map((folder) => Promise.all(names.map((name) => files.stat(`${folder}/${name}`)))),
    );
    return folders.find((_, index) => found[index]?.some((stat) => stat !== undefined) === true);
  };
  const top = await nearest([".git"]);
  if (top !== undefined) return { worktree: top, root: top, repository: true };
  const marked = await nearest(["surefoot.yaml"]);
  if (marked !== undefined) return { worktree: marked, root: marked, repository: false };
  return { worktree: folders[0] ?? cwd, root: fallback, repository: false };
}

/** The folder and those above it, without the root of the file system: everything lies in that. */
function upwards(cwd: string): readonly string[] {
  const parts = cwd.split("/").filter((part) => part !== "");
  return parts.map((_, index) => `/${parts.slice(0, parts.length - index).join("/")}`);
}
