import { sha256 } from "../core/digest.ts";
import type { Event } from "../core/event.ts";
import type { Host } from "../core/ports.ts";
import { currentBranch, currentCommit } from "../host/current-branch.ts";

/**
 * The ledger's session for an agent's session. An agent that names none has one a day, so that its calls are still
 * found together.
 */
export function guardSession(agent: string, session: string | undefined, now: Date): string {
  const named = session === undefined || session === "" ? now.toISOString().slice(0, 10) : session;
  const plain = named.replace(/[^A-Za-z0-9._-]/g, "_");
  // Two ids that differ in other characters alone must not meet in one session.
  const exact = plain === named && named.length <= longestId;
  return `guard_${agent}_${exact ? named : `${plain.slice(0, longestId)}_${sha256(named).slice(0, 8)}`}`;
}

const longestId = 80;

export interface Opening {
  readonly worktree: string;
  readonly version: string;
  /** Digest of the policy. */
  readonly policy: string;
}

/** Opens a guard's session. What only a process could tell (git's version, whether the tree is clean) is left open. */
export async function guardOpened(
  host: Pick<Host, "files" | "git" | "platform">,
  { worktree, version, policy }: Opening,
): Promise<Event> {
  const { os, arch, node } = host.platform;
  const commit = await currentCommit(host.files, worktree);
  const branch = commit === undefined ? undefined : await currentBranch(host, worktree);
  return {
    type: "session.opened",
    kind: "guard",
    version,
    policy,
    environment: {
      node,
      git: "unknown",
      os,
      arch,
      repository: worktree.split("/").at(-1) ?? "",
      branch: branch === "HEAD" || branch === "unknown" ? undefined : branch,
      commit: commit ?? "",
      dirty: "unknown",
      jail: "none",
    },
  };
}
