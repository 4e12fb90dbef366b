import { randomBytes } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { dirname } from "node:path";
import { exec, findProgram, spawn } from "./processes.ts";
import { makeGit } from "./git.ts";
import { realFiles } from "./real-files.ts";
import { listen } from "./socket.ts";
import { Fault } from "../core/fault.ts";
import { describeExit, succeeded } from "../core/exit.ts";
import type { Files, Host, JailStatus, Lock } from "../core/ports.ts";

/** The machine as it is. */
export function realHost(): Host {
  const files = realFiles();
  const env = { ...process.env };
  const run: Host["exec"] = (command) => exec(files, command);
  let jail: Promise<JailStatus> | undefined;
  return {
    files,
    platform: {
      os: process.platform,
      arch: process.arch,
      node: process.versions.node,
      execPath: process.execPath,
      home: homedir(),
      tempDir: tmpdir(),
      pid: process.pid,
      user: userName(env),
    },
    env,
    exec: run,
    spawn: (command) => spawn(files, command),
    listen,
    which: (program) => findProgram(program, env, process.cwd()),
    jail: () => (jail ??= probeJail(run, env)),
    git: makeGit(run, env),
    lock: (path) => lock(files, path),
    deadline: (ms) => AbortSignal.timeout(Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(ms)))),
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    randomHex: (digits) =>
      randomBytes(Math.ceil(digits / 2))
        .toString("hex")
        .slice(0, digits),
  };
}

// A container may run under a user id that has no entry in the user table; then there is no name to read.
function userName(env: Host["env"]): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_SYSTEM_ERROR")) throw error;
    return env["USER"] ?? env["LOGNAME"] ?? String(process.getuid?.() ?? "unknown");
  }
}

async function probeJail(run: Host["exec"], env: Host["env"]): Promise<JailStatus> {
  if (process.platform !== "linux")
    return {
      kind: "none",
      why: `no jail is known for ${process.platform}`,
      remedy: "run surefoot in a Linux container or a virtual machine, or go on without a jail",
    };
  const small = {
    cwd: "/",
    env: { PATH: env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: 10_000,
    outputBytes: 16_384,
  };
  const asked = await run({ ...small, run: ["bwrap", "--version"] });
  if (asked.exit.kind === "neverStarted")
    return {
      kind: "none",
      why: "bubblewrap is not installed",
      remedy: "install it: `apt install bubblewrap`, `dnf install bubblewrap` or `apk add bubblewrap`",
    };
  // Installed does not mean allowed: kernels and containers forbid namespaces in many ways. Only a trial tells.
  const tried = await run({ ...small, run: ["true"], jail: { writable: [], hidden: [] } });
  if (!succeeded(tried.exit))
    return {
      kind: "none",
      why: `bubblewrap does not work here: ${tried.stderr.trim().split("\n")[0] ?? describeExit(tried.exit)}`,
      remedy:
        "allow unprivileged user namespaces (`sysctl kernel.unprivileged_userns_clone=1`, or an AppArmor profile for bwrap); a container needs `--security-opt seccomp=unconfined`",
    };
  return { kind: "bubblewrap", version: /\d+(\.\d+)+/.exec(asked.stdout)?.[0] ?? asked.stdout.trim() };
}

// SQLite's file locks are the only ones that Node offers and that the kernel takes back from a killed process.
async function lock(files: Files, path: string): Promise<Lock | undefined> {
  await files.makeFolder(dirname(path));
  const { DatabaseSync } = await import("node:sqlite");
  let database;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if (error instanceof Error && /database is locked/.test(error.message)) return undefined;
    throw new Fault("file/unwritable", `the lock ${path} cannot be taken: ${messageOf(error)}`, {
      hint: "check that its folder is writable and has space",
      where: { file: path },
      cause: error,
    });
  }
  const held = database;
  let released = false;
  return {
    async release() {
      if (released) return;
      released = true;
      held.close();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
