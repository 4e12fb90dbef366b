import { Fault } from "../core/fault.ts";
import { describeExit } from "../core/exit.ts";
import type { Git, GitOptions, Host, Ran } from "../core/ports.ts";

const defaultTimeoutMs = 60_000;
const defaultOutputBytes = 64 * 1024 * 1024;

export function makeGit(exec: Host["exec"], env: Host["env"]): Git {
  const run = async (args: readonly string[], options: GitOptions): Promise<Ran> => {
    const neutral = options.neutral === true;
    const ran = await exec({
      run: ["git", "--no-pager", ...(neutral ? neutralConfig : []), "-c", "color.ui=false", ...args],
      cwd: options.cwd,
      env: { ...gitEnvironment(env, neutral), ...options.env },
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      outputBytes: options.outputBytes ?? defaultOutputBytes,
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    });
    if (ran.exit.kind === "neverStarted" && ran.exit.says.startsWith("git:"))
      throw new Fault("repo/git-missing", "git is not installed, or not on the PATH", {
        hint: "install git 2.36 or newer, and check with `git --version`",
      });
    return ran;
  };
  return {
    run,
    async text(args, options) {
      const ran = await run(args, options);
      if (ran.exit.kind !== "exited" || ran.exit.code !== 0) throw gitFailed(args, options.cwd, ran);
      if (ran.truncated)
        throw new Fault("repo/git-failed", `git ${args[0] ?? ""} wrote more than ${ran.outputBytes} bytes`, {
          hint: "the repository is larger than this command can handle",
        });
      return ran.stdout.replace(/\r?\n$/, "");
    },
  };
}

/** The fault for a git command that should have succeeded, with git's own first line. */
function gitFailed(args: readonly string[], cwd: string, ran: Ran): Fault {
  const lines = ran.stderr.split("\n").filter((line) => line.trim() !== "");
  const line =
    lines.find((candidate) => /^(fatal|error): /.test(candidate)) ?? lines[0] ?? describeExit(ran.exit);
  return new Fault("repo/git-failed", `git ${args.join(" ")} failed: ${line}`, {
    hint: `run the command yourself in ${cwd} to see all that git says`,
    where: { file: cwd },
  });
}

// In a neutral call a repository may belong to somebody else, and may name neither hooks nor a monitor to start.
const neutralConfig = ["safe.directory=*", "core.hooksPath=/dev/null", "core.fsmonitor=false"].flatMap(
  (setting) => ["-c", setting],
);

// Of the GIT_ variables only those that say how to reach a remote or where the user's configuration is. Started from
// a git hook, the rest (GIT_DIR, GIT_INDEX_FILE, …) would point every command to the wrong repository.
const kept = /^GIT_(SSH.*|EXEC_PATH|CEILING_DIRECTORIES|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM)$/;

function gitEnvironment(env: Host["env"], neutral: boolean): Readonly<Record<string, string>> {
  const inherited = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (!entry[0].startsWith("GIT_") || kept.test(entry[0])),
  );
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: "C",
    GIT_PAGER: "cat",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    // Looking at a checkout must not write its index.
    GIT_OPTIONAL_LOCKS: "0",
    ...(neutral ? { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" } : {}),
  };
}
