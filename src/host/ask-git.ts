import { Fault } from "../core/fault.ts";
import type { Git, Ran } from "../core/ports.ts";

/** A question to git about the tree that an agent works in. */
export interface Question {
  readonly cwd: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Exit codes of an answer; default 0 alone. */
  readonly fine?: readonly number[];
  /** A repository whose configuration the agent cannot write, to look at the tree with. */
  readonly record?: string | undefined;
}

/**
 * Standard output of a git command that changes nothing and starts nothing; `undefined` when it fails, takes too long
 * or writes too much, and where there is no git.
 */
export async function askGit(git: Git, question: Question): Promise<string | undefined> {
  const { cwd, args, stdin, fine = [0], record } = question;
  const throughRecord = record !== undefined;
  const env = throughRecord ? { ...harmless, ...pointedAt(record, cwd) } : harmless;
  let ran: Ran;
  try {
    ran = await git.run(args, {
      cwd,
      timeoutMs,
      env,
      ...(throughRecord ? { neutral: true } : {}),
      ...(stdin === undefined ? {} : { stdin }),
    });
  } catch (error) {
    // Without git nothing can be asked, and what cannot be determined is unknown.
    if (error instanceof Fault && error.code === "repo/git-missing") return undefined;
    throw error;
  }
  const { exit, truncated, stdout } = ran;
  return exit.kind === "exited" && fine.includes(exit.code) && !truncated ? stdout : undefined;
}

/** The items of output that ends each with a NUL. */
export function items(text: string): readonly string[] {
  return text.split("\0").filter((item) => item !== "");
}

// Below what any caller may take for a decision: a hook refuses after 5 s.
const timeoutMs = 4_000;

// A question must not take the index lock from a git that works, and must start nothing that a configuration names.
const harmless: Readonly<Record<string, string>> = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "core.fsmonitor",
  GIT_CONFIG_VALUE_0: "false",
  GIT_CONFIG_KEY_1: "core.hooksPath",
  GIT_CONFIG_VALUE_1: "/dev/null",
};

function pointedAt(record: string, worktree: string): Readonly<Record<string, string>> {
  return {
    GIT_DIR: record,
    GIT_WORK_TREE: worktree,
    GIT_INDEX_FILE: `${worktree}/.git/index`,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `${worktree}/.git/objects`,
  };
}
