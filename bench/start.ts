// How long the programs of the package take to start, as a ratio to `node -e 0`: each measured in turns with it, so that
// a busy machine slows both alike. Needs `npm run build`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineLine, quantile } from "./machine.ts";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "40" } } });
const pairs = Number(values.pairs);
const root = join(import.meta.dirname, "..");
const bin = join(root, "bin/surefoot.cjs");
const hook = join(root, "dist/hook.cjs");

interface Program {
  readonly says: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** The most that the ratio may be, where there is an aim. */
  readonly aim?: number;
}

if (!existsSync(hook)) throw new Error("there is no dist/hook.cjs: run `npm run build` first");
const folder = mkdtempSync(join(tmpdir(), "surefoot-start-"));
const socket = join(folder, "hook.sock");
const server = await allowAll(socket);
try {
  const payload = {
    hook_event_name: "PreToolUse",
    session_id: "bench",
    cwd: folder,
    tool_name: "Bash",
    tool_input: { command: "npm test" },
  };
  const programs: readonly Program[] = [
    { says: "surefoot --version", args: [bin, "--version"], stdin: "", aim: 1.6 },
    { says: "surefoot help", args: [bin, "help"], stdin: "" },
    {
      says: "hook, asked and answered",
      args: [hook, "--dialect", "claude", "--socket", socket],
      stdin: JSON.stringify(payload),
    },
  ];
  console.log(`${machineLine()}; medians of ${pairs} pairs`);
  for (const program of programs) console.log(await measure(program));
} finally {
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ says, args, stdin, aim }: Program): Promise<string> {
  const bare: number[] = [];
  const own: number[] = [];
  // The first start fills the file cache and the compile cache; a user has it once.
  await time(args, stdin);
  for (let pair = 0; pair < pairs; pair += 1) {
    bare.push(await time(["-e", "0"], ""));
    own.push(await time(args, stdin));
  }
  const [one, other] = [quantile(own, 0.5), quantile(bare, 0.5)];
  const ratio = one / other;
  const aimed = aim === undefined ? "" : `  aim at most ${aim}: ${ratio <= aim ? "met" : "missed"}`;
  return `${says.padEnd(26)} ${one.toFixed(1)} ms, node -e 0 ${other.toFixed(1)} ms, ratio ${ratio.toFixed(2)}${aimed}`;
}

/** Milliseconds from start to end. Throws when the program fails: a fast failure is no fast start. */
function time(args: readonly string[], stdin: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["pipe", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(performance.now() - before);
      else reject(new Error(`${args.join(" ")} ended with ${code}`));
    });
    child.stdin.end(stdin);
  });
}

/** Stands in for a run that allows every call at once: what is left is the hook's own time. */
function allowAll(path: string): Promise<Server> {
  const made = createServer((connection) => {
    connection.on("data", () => connection.end(`${JSON.stringify({ verdict: "allow" })}\n`));
  });
  return new Promise((resolve, reject) => {
    made.on("error", reject);
    made.listen(path, () => resolve(made));
  });
}
