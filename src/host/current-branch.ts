import type { Host } from "../core/ports.ts";
import { askGit } from "./ask-git.ts";

/**
 * The branch that is checked out, `HEAD` where none is, `"unknown"` outside a repository. Read from the file, because a
 * process for each command that pushes or resets would cost more than everything else about it.
 */
export async function currentBranch(
  host: Pick<Host, "files" | "git">,
  worktree: string,
): Promise<string | "unknown"> {
  const head = await headText(host.files, worktree);
  if (head !== undefined) {
    const name = /^ref: refs\/heads\/([^\n]+)\n?$/.exec(head)?.[1];
    // With reftables the file only stands there for old programs.
    if (name !== undefined && name !== ".invalid") return name;
    if (/^[0-9a-f]{40,64}\n?$/.test(head)) return "HEAD";
  }
  const [branch, folder] = await Promise.all([
    askGit(host.git, { cwd: worktree, args: ["symbolic-ref", "--short", "-q", "HEAD"] }),
    askGit(host.git, { cwd: worktree, args: ["rev-parse", "--git-dir"] }),
  ]);
  return branch?.trim() ?? (folder === undefined ? "unknown" : "HEAD");
}

async function headText(files: Host["files"], worktree: string): Promise<string | undefined> {
  const folder = await gitFolder(files, worktree);
  if (folder === undefined) return undefined;
  const head = `${folder}/HEAD`;
  // Very old repositories have a symbolic link there, whose content would be taken for a commit.
  if ((await files.stat(head))?.kind !== "file") return undefined;
  return await files.readText(head);
}

/** The folder that holds HEAD: `.git` itself, or what the file `.git` of a linked worktree names. */
async function gitFolder(files: Host["files"], worktree: string): Promise<string | undefined> {
  const path = `${worktree}/.git`;
  const kind = (await files.stat(path))?.kind;
  if (kind === "folder" || kind === "link") return path;
  if (kind !== "file") return undefined;
  const named = /^gitdir: ([^\n]+)\n?$/.exec((await files.readText(path)) ?? "")?.[1];
  if (named === undefined) return undefined;
  return named.startsWith("/") ? named : `${worktree}/${named}`;
}
