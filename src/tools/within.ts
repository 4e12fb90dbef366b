import type { ToolError } from "../core/outcome.ts";
import type { Bench } from "./tool.ts";

export interface Within {
  /** Absolute; as written, with `.` and `..` taken out. */
  readonly absolute: string;
  /** Relative to the worktree, with `/`; empty for the worktree itself. */
  readonly relative: string;
}

/** Finds the place that a relative path means. What leads out of the worktree, also through a link, is an error. */
export async function within(path: string, bench: Bench): Promise<Within | ToolError> {
  const { files, platform } = bench.host;
  const windows = platform.os === "win32";
  const slashed = (found: string): string => (windows ? found.replaceAll("\\", "/") : found);
  const given = slashed(path);
  if (given.includes("\0")) return outside(path, "it holds a zero byte");
  if (given.startsWith("/") || (windows && /^[a-z]:/i.test(given)))
    return outside(path, "it is absolute; write it relative to the worktree");
  const parts: string[] = [];
  for (const part of given.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return outside(path, "it leads above the worktree");
  }
  // Some file systems ignore case, so `.GIT` may be the same folder.
  if (parts.some((part) => part.toLowerCase() === ".git"))
    return outside(path, "it lies in git's own folder, which is no part of the tree");
  const relative = parts.join("/");
  const absolute = relative === "" ? bench.worktree : `${bench.worktree}/${relative}`;
  const [root, real] = [slashed(await files.real(bench.worktree)), slashed(await files.real(absolute))];
  if (real !== root && !real.startsWith(`${root}/`))
    return outside(path, "a symbolic link in it leads out of the worktree");
  if (real.slice(root.length).toLowerCase().split("/").includes(".git"))
    return outside(path, "a symbolic link in it leads into git's own folder");
  return { absolute, relative };
}

function outside(path: string, why: string): ToolError {
  return {
    code: "OUTSIDE_WORKTREE",
    says: `${JSON.stringify(path)} is outside the worktree: ${why}`,
    context: "",
    retryable: true,
  };
}
