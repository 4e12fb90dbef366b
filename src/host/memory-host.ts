import { makeGit } from "./git.ts";
import { memoryFiles } from "./memory-files.ts";
import { sha256 } from "../core/digest.ts";
import type { MemoryFile } from "./memory-files.ts";
import type { Exit } from "../core/exit.ts";
import type { Command, Host, JailStatus, Platform, Ran } from "../core/ports.ts";

export interface MemoryHostOptions {
  /** Absolute POSIX paths. */
  readonly files?: Readonly<Record<string, MemoryFile>>;
  /** ISO 8601. */
  readonly now?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: Partial<Platform>;
  readonly jail?: JailStatus;
  /** Programs that `which` finds, in `/usr/bin`. */
  readonly programs?: readonly string[];
  /** Answers every command, git included; what it does not say is a success without output. */
  readonly exec?: (command: Command) => ScriptedRun | Promise<ScriptedRun>;
}

export interface ScriptedRun {
  /** A number stands for an exit code. */
  readonly exit?: Exit | number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** How far the clock moves. */
  readonly durationMs?: number;
}

export interface MemoryHost extends Host {
  /** Every command so far, oldest first. */
  readonly ran: readonly Command[];
  /** Moves the clock; deadlines that are passed abort. */
  advance(ms: number): void;
  /** What a client of `listen` would be answered; `undefined` where nobody listens. */
  request(path: string, line: string): Promise<string | undefined>;
}

/** A machine without a machine: the clock moves when told, random digits repeat, commands are answered by a script. */
export function memoryHost(options: MemoryHostOptions = {}): MemoryHost {
  const startMs = Date.parse(options.now ?? "2026-01-01T00:00:00.000Z");
  const env = options.env ?? { PATH: "/usr/bin" };
  let passedMs = 0;
  let drawn = 0;
  const ran: Command[] = [];
  const held = new Set<string>();
  const served = new Map<string, (line: string) => Promise<string>>();
  const deadlines: { atMs: number; stop: AbortController }[] = [];

  const advance = (ms: number): void => {
    passedMs += ms;
    for (const { atMs, stop } of deadlines) if (atMs <= passedMs) stop.abort();
  };
  const exec = async (command: Command): Promise<Ran> => {
    ran.push(command);
    if (command.signal?.aborted === true)
      return describe({ exit: { kind: "neverStarted", says: "it was stopped before it started" } }, command);
    const answer = (await options.exec?.(command)) ?? {};
    advance(answer.durationMs ?? 0);
    return describe(answer, command);
  };

  return {
    ran,
    advance,
    request: async (path, line) => await served.get(path)?.(line),
    files: memoryFiles(options.files ?? {}, () => startMs + passedMs),
    platform: {
      os: "linux",
      arch: "x64",
      node: "24.0.0",
      execPath: "/usr/bin/node",
      home: "/home/dev",
      tempDir: "/tmp",
      pid: 4242,
      user: "dev",
      ...options.platform,
    },
    env,
    exec,
    git: makeGit(exec, env),
    spawn(command) {
      const running = exec(command);
      return {
        lines: linesOf(running),
        write: () => {},
        closeInput: () => {},
        kill: () => {},
        stderr: () => "",
        ended: running.then((end) => end.exit),
      };
    },
    async listen(path, answer) {
      served.set(path, answer);
      return { path, close: async () => void served.delete(path) };
    },
    which: async (program) =>
      options.programs?.includes(program) === true ? `/usr/bin/${program}` : undefined,
    jail: async () =>
      options.jail ?? {
        kind: "none",
        why: "there are no processes to confine",
        remedy: "use a real machine",
      },
    async lock(path) {
      if (held.has(path)) return undefined;
      held.add(path);
      return { release: async () => void held.delete(path) };
    },
    deadline(ms) {
      const stop = new AbortController();
      deadlines.push({ atMs: passedMs + ms, stop });
      return stop.signal;
    },
    now: () => new Date(startMs + passedMs),
    elapsedMs: () => passedMs,
    randomHex(digits) {
      drawn += 1;
      return sha256(`draw ${drawn}`)
        .repeat(Math.ceil(digits / 64))
        .slice(0, digits);
    },
  };
}

function describe(answer: ScriptedRun, command: Command): Ran {
  const { stdout = "", stderr = "", exit = 0, durationMs = 0 } = answer;
  const output = stdout + stderr;
  const cut = (text: string): string => text.slice(0, command.outputBytes);
  return {
    exit: typeof exit === "number" ? { kind: "exited", code: exit } : exit,
    output: cut(output),
    stdout: cut(stdout),
    stderr: cut(stderr),
    outputBytes: Buffer.byteLength(output),
    truncated: output.length > command.outputBytes,
    durationMs,
  };
}

async function* linesOf(running: Promise<Ran>): AsyncGenerator<string> {
  const { stdout } = await running;
  for (const line of stdout.split("\n").filter((each) => each !== "")) yield line;
}
