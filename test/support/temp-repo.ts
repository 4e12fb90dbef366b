import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { tempFolder } from "./temp-folder.ts";

export interface TempRepo {
  /** Absolute, symbolic links resolved. */
  readonly root: string;
  /** Full id of the first commit. */
  readonly commit: string;
  /** Standard output of a git command in the repository, without its last line break. Throws when git fails. */
  git(...args: readonly string[]): string;
  /** Writes into the working tree and makes folders; nothing is committed. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Commits everything in the working tree and returns the full id. */
  commitAll(message: string): string;
}

/**
 * A real repository on the branch `main` with one commit of `files`. Author and dates are fixed, so that the same files
 * give the same commit id everywhere; configuration of the user and of the system plays no part.
 */
export function tempRepo(
  test: Parameters<typeof tempFolder>[0],
  { files }: { readonly files: Readonly<Record<string, string | Uint8Array>> },
): TempRepo {
  const root = join(tempFolder(test), "repo");
  mkdirSync(root);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: root, env: gitEnvironment(), encoding: "utf8", stdio: "pipe" }).replace(
      /\n$/,
      "",
    );
  const write: TempRepo["write"] = (more) => {
    for (const [path, content] of Object.entries(more)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  };
  const commitAll = (message: string): string => {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", message);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch", "main");
  git("config", "user.name", "Test");
  git("config", "user.email", "test@example.com");
  write(files);
  return { root, commit: commitAll("first"), git, write, commitAll };
}

/** The environment for git commands of tests: nothing of the user's configuration, fixed dates. */
export function gitEnvironment(): Readonly<Record<string, string>> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
    GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
  };
}
