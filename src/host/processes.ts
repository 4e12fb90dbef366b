import { constants, promises as fs } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { execa } from "execa";
import { jailed } from "./bubblewrap.ts";
import { Captured } from "./captured.ts";
import { codeOf, wordsFor } from "./real-files.ts";
import type { HiddenPath, JailPlan } from "./bubblewrap.ts";
import type { Exit } from "../core/exit.ts";
import type { Command, Files, Jail, Ran, Running } from "../core/ports.ts";

/** After SIGTERM a process has so long to end by itself before SIGKILL. */
const graceMs = 2000;
/** What a process leaves running in the background holds its output open; so long is waited before that is ended too. */
const lingerMs = 250;
/** A process that writes more than this is stopped: it is not going to say anything new. */
const outputCeilingBytes = 512 * 1024 * 1024;
/** A line longer than this is no message of any protocol spoken here. */
const lineBytes = 16 * 1024 * 1024;
const stderrTailBytes = 64 * 1024;
/** The largest delay that a timer takes; a larger one would fire at once. */
const longestMs = 2 ** 31 - 1;

export async function exec(files: Files, command: Command): Promise<Ran> {
  const started = performance.now();
  const stdout = new Captured(command.outputBytes);
  const stderr = new Captured(command.outputBytes);
  const output = new Captured(command.outputBytes);
  const finish = (exit: Exit): Ran => ({
    exit,
    output: output.text(),
    stdout: stdout.text(),
    stderr: stderr.text(),
    outputBytes: output.bytes,
    truncated: output.truncated,
    durationMs: performance.now() - started,
  });

  const prepared = await prepare(files, command);
  if (prepared.kind === "impossible") return finish({ kind: "neverStarted", says: prepared.says });
  const child = start(prepared, command);
  let overflowed = false;
  const take = (captured: Captured) => (chunk: Uint8Array) => {
    captured.add(chunk);
    output.add(chunk);
    if (output.bytes <= Math.max(outputCeilingBytes, 2 * command.outputBytes) || overflowed) return;
    overflowed = true;
    child.process.kill();
  };
  child.process.stdout.on("data", take(stdout));
  child.process.stderr.on("data", take(stderr));
  const exit = await child.ended(() => stderr.text());
  return finish(overflowed ? { kind: "overflowed", outputBytes: output.bytes } : exit);
}

export function spawn(files: Files, command: Command): Running {
  const stderr = new Captured(stderrTailBytes * 2);
  const waiting: string[] = [];
  let inputClosed = false;
  let killed = false;
  let child: Started | undefined;
  let tooLong: number | undefined;

  const starting = prepare(files, command).then((prepared): Started | Exit => {
    if (prepared.kind === "impossible") return { kind: "neverStarted", says: prepared.says };
    if (killed) return { kind: "neverStarted", says: "it was stopped before it started" };
    child = start(prepared, command, { keepInput: true });
    child.process.stderr.on("data", (chunk: Uint8Array) => stderr.add(chunk));
    for (const text of waiting) child.process.stdin?.write(text);
    if (inputClosed) child.process.stdin?.end();
    return child;
  });

  async function* lines(): AsyncGenerator<string> {
    const running = await starting;
    if ("kind" in running) return;
    let pending: Buffer[] = [];
    let pendingBytes = 0;
    try {
      for await (const chunk of running.process.stdout) {
        const bytes = Buffer.from(chunk);
        let from = 0;
        for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
          yield lineOf([...pending, bytes.subarray(from, end)]);
          pending = [];
          pendingBytes = 0;
          from = end + 1;
        }
        pending.push(bytes.subarray(from));
        pendingBytes += bytes.length - from;
        if (pendingBytes > lineBytes) {
          tooLong = pendingBytes;
          running.process.kill();
          return;
        }
      }
      if (pendingBytes > 0) yield lineOf(pending);
    } catch (error) {
      // The process was ended while its output was being read; `ended` says how.
      if (!isPrematureClose(error)) throw error;
    } finally {
      // A reader that stops early must not leave the process waiting for somebody to read on.
      running.process.stdout.resume();
    }
  }

  return {
    lines: lines(),
    write(text) {
      if (child === undefined) waiting.push(text);
      else if (child.process.stdin?.writable === true) child.process.stdin.write(text);
    },
    closeInput() {
      inputClosed = true;
      child?.process.stdin?.end();
    },
    kill() {
      killed = true;
      child?.process.kill();
    },
    stderr: () => Buffer.from(stderr.text()).subarray(-stderrTailBytes).toString("utf8"),
    ended: starting.then(async (running): Promise<Exit> => {
      if ("kind" in running) return running;
      const exit = await running.ended(() => stderr.text());
      return tooLong === undefined ? exit : { kind: "overflowed", outputBytes: tooLong };
    }),
  };
}

function lineOf(parts: readonly Buffer[]): string {
  const text = Buffer.concat(parts).toString("utf8");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}

type Prepared =
  | {
      readonly kind: "ready";
      readonly argv: readonly [string, ...string[]];
      readonly env: Readonly<Record<string, string>>;
      readonly jailed: boolean;
    }
  | { readonly kind: "impossible"; readonly says: string };

async function prepare(files: Files, command: Command): Promise<Prepared> {
  if (command.signal?.aborted === true)
    return { kind: "impossible", says: "it was stopped before it started" };
  if ((await kindOf(command.cwd)) !== "folder")
    return { kind: "impossible", says: `the folder ${command.cwd} does not exist` };
  const argv = commandLine(command);
  const [program, ...args] = argv;
  const found = await findProgram(program, command.env, command.cwd);
  if (found === undefined) return { kind: "impossible", says: `${program}: program not found` };
  if (command.jail === undefined)
    return { kind: "ready", argv: [found, ...args], env: command.env, jailed: false };
  const plan = await planJail(files, command.jail);
  if ("missing" in plan)
    return { kind: "impossible", says: `the jail cannot be made: ${plan.missing} does not exist` };
  const bubblewrap = await findProgram("bwrap", command.env, command.cwd);
  if (bubblewrap === undefined) return { kind: "impossible", says: "bwrap: program not found" };
  const cwd = await files.real(command.cwd);
  const platform = { root: process.getuid?.() === 0, tempDir: "/tmp", statusFd: 3 };
  const [, ...confined] = jailed([found, ...args], plan, cwd, platform);
  return {
    kind: "ready",
    argv: [bubblewrap, ...confined],
    env: jailEnvironment(command.env, plan),
    jailed: true,
  };
}

function commandLine(command: Command): readonly [string, ...string[]] {
  if (!("shell" in command.run)) return command.run;
  return process.platform === "win32"
    ? [command.env["ComSpec"] ?? "cmd.exe", "/d", "/s", "/c", `"${command.run.shell}"`]
    : ["/bin/sh", "-c", command.run.shell];
}

async function planJail(files: Files, jail: Jail): Promise<JailPlan | { readonly missing: string }> {
  const readable: string[] = [];
  const writable: string[] = [];
  const hidden: HiddenPath[] = [];
  for (const path of jail.readable ?? []) {
    const real = await files.real(path);
    if ((await kindOf(real)) !== undefined) readable.push(real);
  }
  for (const path of jail.writable) {
    const real = await files.real(path);
    if ((await kindOf(real)) === undefined) return { missing: path };
    writable.push(real);
  }
  for (const path of jail.hidden) {
    const real = await files.real(path);
    const kind = await kindOf(real);
    // What is not there cannot be seen, and the folder that it would be in is read-only or the agent's own.
    if (kind !== undefined) hidden.push({ path: real, kind: kind === "folder" ? "folder" : "file" });
  }
  return { readable, writable, hidden };
}

// In the jail `/tmp` is empty and writable; a temporary folder elsewhere would be read-only there.
function jailEnvironment(
  env: Readonly<Record<string, string>>,
  plan: JailPlan,
): Readonly<Record<string, string>> {
  const given = env["TMPDIR"];
  const usable =
    given === undefined || plan.writable.some((path) => given === path || given.startsWith(`${path}/`));
  return usable ? env : { ...env, TMPDIR: "/tmp" };
}

interface Started {
  readonly process: ReturnType<typeof launch>;
  /** Never rejects for what a process may do; `stderr` is asked when a jail could not be made. */
  ended(stderr: () => string): Promise<Exit>;
}

type Ready = Extract<Prepared, { kind: "ready" }>;

function start(prepared: Ready, command: Command, { keepInput = false } = {}): Started {
  const child = launch(prepared, command, keepInput);
  const timeoutMs = command.timeoutMs;
  // Whoever writes to a process that has ended learns it from `ended`, not from a broken pipe.
  child.stdin?.on("error", () => {});
  const status = new Captured(64 * 1024);
  child.nodeChildProcess.stdio[3]?.on("data", (chunk: Uint8Array) => status.add(chunk));
  // The group outlives its first process as long as one member runs, so its number cannot be another's yet.
  let linger: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once("exit", () => {
    linger = setTimeout(() => endGroup(child.pid), lingerMs);
  });
  return {
    process: child,
    async ended(stderr) {
      const result = await child;
      clearTimeout(linger);
      endGroup(child.pid);
      if (result.timedOut) return { kind: "timedOut", afterMs: timeoutMs };
      if (result.isCanceled) return { kind: "signaled", signal: result.signal ?? "SIGTERM" };
      if (result.signal !== undefined) return { kind: "signaled", signal: result.signal };
      if (result.exitCode === undefined) return { kind: "neverStarted", says: whyNot(result) };
      // bubblewrap reports an exit code only for a program that it really started; its own failures are no result.
      if (prepared.jailed && !status.text().includes('"exit-code"')) {
        const line = stderr().trim().split("\n").at(-1) ?? "";
        return { kind: "neverStarted", says: `the jail could not be made: ${line}` };
      }
      return { kind: "exited", code: result.exitCode };
    },
  };
}

function launch(prepared: Ready, command: Command, keepInput: boolean) {
  const [program, ...args] = prepared.argv;
  const input = command.stdin;
  return execa(program, args, {
    cwd: command.cwd,
    env: prepared.env,
    extendEnv: false,
    reject: false,
    buffer: false,
    encoding: "buffer",
    stdio: [
      keepInput || input !== undefined ? "pipe" : "ignore",
      "pipe",
      "pipe",
      prepared.jailed ? "pipe" : "ignore",
    ],
    ...(input === undefined || keepInput ? {} : { input }),
    timeout: Math.min(longestMs, Math.max(1, Math.ceil(command.timeoutMs))),
    killDescendants: true,
    forceKillAfterDelay: graceMs,
    ...(command.signal === undefined ? {} : { cancelSignal: command.signal }),
    windowsVerbatimArguments: "shell" in command.run,
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined || process.platform === "win32") return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: nobody is left, which is what was wanted. EPERM: what is left runs as somebody else.
    if (codeOf(error) !== "ESRCH" && codeOf(error) !== "EPERM") throw error;
  }
}

function whyNot(result: {
  readonly code?: string | undefined;
  readonly shortMessage?: string | undefined;
}): string {
  return result.code === undefined ? (result.shortMessage ?? "for an unknown reason") : wordsFor(result.code);
}

/** Absolute path of a program as the PATH of `env` finds it; a name with a slash is looked up from `cwd`. */
export async function findProgram(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<string | undefined> {
  const windows = process.platform === "win32";
  const endings = windows ? ["", ...(env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";")] : [""];
  const named = isAbsolute(program) || program.includes("/") || (windows && program.includes("\\"));
  const folders = named
    ? [isAbsolute(program) ? "" : cwd]
    : (env["PATH"] ?? env["Path"] ?? "").split(delimiter).map((folder) => (folder === "" ? cwd : folder));
  for (const folder of folders)
    for (const ending of endings) {
      const path = folder === "" ? program + ending : join(folder, program + ending);
      if (await isProgram(path)) return path;
    }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  if ((await kindOf(path)) !== "file") return false;
  try {
    await fs.access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false;
  }
}

// Follows links, as starting a program and mounting a path do. What cannot be reached is as good as absent.
async function kindOf(path: string): Promise<"file" | "folder" | "other" | undefined> {
  try {
    const found = await fs.stat(path);
    return found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}
