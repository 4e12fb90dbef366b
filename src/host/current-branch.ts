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
    if (commitPattern.test(head.trimEnd())) return "HEAD";
  }
  const [branch, folder] = await Promise.all([
    askGit(host.git, { cwd: worktree, args: ["symbolic-ref", "--short", "-q", "HEAD"] }),
    askGit(host.git, { cwd: worktree, args: ["rev-parse", "--git-dir"] }),
  ]);
  return branch?.trim() ?? (folder === undefined ? "unknown" : "HEAD");
}

/** The commit that is checked out, read from files; `undefined` where they do not say, as with reftables. */
export async function currentCommit(files: Host["files"], worktree: string): Promise<string | undefined> {
  const head = (await headText(files, worktree))?.trimEnd();
  const folder = await gitFolder(files, worktree);
  if (head === undefined || folder === undefined) return undefined;
  if (!head.startsWith("ref: ")) return commitPattern.test(head) ? head : undefined;
  const name = head.slice("ref: ".length);
  const shared = (await files.readText(`${folder}/commondir`))?.trimEnd();
  const common = shared === undefined ? folder : shared.startsWith("/") ? shared : `${folder}/${shared}`;
  const loose = (await files.readText(`${common}/${name}`))?.trimEnd();
  if (loose !== undefined) return commitPattern.test(loose) ? loose : undefined;
  const packed = (await files.readText(`${common}/packed-refs`))?.split("\n") ?? [];
  const line = packed.find((one) => one.endsWith(` ${name}`));
  return line?.slice(0, -name.length - 1);
}

const commitPattern = /^[0-9a-f]{40,64}$/;

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
