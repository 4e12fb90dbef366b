import { Fault } from "../core/fault.ts";
import type { Host } from "../core/ports.ts";
import type { Repository } from "../control/start.ts";

/** The repository around a folder, as a run sees it: the commit it starts from and what it does not see. */
export async function openRepository(host: Host, cwd: string, base: string = "HEAD"): Promise<Repository> {
  const root = await repositoryRoot(host, cwd);
  const options = { cwd: root };
  const head = await host.git.run(["rev-parse", "--verify", "--quiet", `${base}^{commit}`], options);
  const commit = head.stdout.trim();
  if (commit === "") {
    throw base === "HEAD"
      ? new Fault("repo/no-commits", `${root} has no commit yet`, {
          hint: "make a first commit: a run starts from one, and its result is compared with it",
        })
      : new Fault("usage/invalid", `${base} is not a commit of ${root}`, {
          hint: "name a branch, a tag or a commit id",
        });
  }
  const branch = await host.git.run(["symbolic-ref", "--short", "--quiet", "HEAD"], options);
  const status = await host.git.text(["status", "--porcelain", "-z", "--untracked-files=normal"], options);
  // A rename entry of porcelain v1 is followed by the old name as a field of its own, which has no status column.
  const entries = status.split("\0").filter((entry) => /^[ MTADRCU?!]{2} /.test(entry));
  return {
    root,
    commit,
    branch: branch.stdout.trim() === "" ? undefined : branch.stdout.trim(),
    changed: entries.filter((entry) => !entry.startsWith("??")).map((entry) => entry.slice(3)),
    untracked: entries.filter((entry) => entry.startsWith("??")).length,
  };
}

/** Throws `repo/not-found` outside a repository, and in a bare one. */
export async function repositoryRoot(host: Host, cwd: string): Promise<string> {
  const top = await host.git.run(["rev-parse", "--show-toplevel"], { cwd });
  const root = top.stdout.trim();
  if (top.exit.kind === "exited" && top.exit.code === 0 && root !== "") return root;
  throw new Fault("repo/not-found", `${cwd} is not inside a git working tree`, {
    hint: "go to a repository, or make one: git init && git add --all && git commit -m start",
  });
}
