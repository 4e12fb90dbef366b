// Starts writers and reads what they say.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = join(import.meta.dirname, "ledger-writer.ts");

export interface Written {
  readonly totalMs: number;
  readonly latencies: readonly number[];
}

/** Runs one writer per list of arguments at the same time: all start when the last one is ready. */
export async function runWriters(argumentLists: readonly (readonly string[])[]): Promise<readonly Written[]> {
  const writers = await Promise.all(argumentLists.map((args) => startWriter(args)));
  for (const { child } of writers) child.stdin?.write("\n");
  return Promise.all(
    writers.map(async ({ child, lines, exited }) => {
      await exited;
      const last = lines.at(-1);
      if (child.exitCode !== 0 || last === undefined)
        throw new Error(`a writer ended with ${child.exitCode ?? child.signalCode}`);
      return readResult(JSON.parse(last));
    }),
  );
}

export interface Writer {
  readonly child: ChildProcess;
  /** Everything that it has said after `ready`; grows while it runs. */
  readonly lines: readonly string[];
  readonly exited: Promise<void>;
}

/** Resolves when the writer says that it is ready. */
export async function startWriter(args: readonly string[]): Promise<Writer> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const closed = once(reader, "close");
  const exited = Promise.all([once(child, "exit"), closed]).then(() => undefined);
  await new Promise<void>((resolve, reject) => {
    reader.on("line", (line) => {
      if (line === "ready") resolve();
      else lines.push(line);
    });
    child.once("exit", () => reject(new Error(`a writer ended before it was ready (${args.join(" ")})`)));
  });
  return { child, lines, exited };
}

/** Kills writers that acknowledge, at a random moment after all have begun; returns the lines that they had written. */
export async function killWhileWriting(writers: readonly Writer[]): Promise<readonly string[]> {
  for (const { child } of writers) child.stdin?.write("\n");
  const deadline = performance.now() + 10_000;
  while (writers.some(({ lines }) => lines.length === 0) && performance.now() < deadline) await sleep(1);
  await sleep(Math.random() * 40);
  for (const { child } of writers) child.kill("SIGKILL");
  await Promise.all(writers.map(({ exited }) => exited));
  // A killed writer may have cut its last line short: that one was not acknowledged.
  return writers.flatMap(({ lines }) => lines.filter((line) => /^\S+ \d+ [0-9a-f]{64}$/.test(line)));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function readResult(value: unknown): Written {
  if (typeof value === "object" && value !== null && "totalMs" in value && "latencies" in value) {
    const { totalMs, latencies } = value;
    if (typeof totalMs === "number" && Array.isArray(latencies)) {
      return { totalMs, latencies: latencies.filter((each) => typeof each === "number") };
    }
  }
  throw new Error("a writer said something else than its result");
}
