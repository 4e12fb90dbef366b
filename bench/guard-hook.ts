// How long an agent waits for its hook, in every way in which it may be called, each measured in turns with `node -e 0`.
// Needs `npm run build`.
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machineLine, quantile } from "./machine.ts";

export interface HookRow {
  readonly says: string;
  /** Median, in milliseconds, spawn to exit or request to answer. */
  readonly ms: number;
  /** Of `node -e 0` in the same turns. */
  readonly bareMs: number;
  readonly ratio: number;
  /** What is to be reached, where something is. */
  readonly aim?: { readonly says: string; readonly met: boolean };
}

const root = join(import.meta.dirname, "..");
const bin = join(root, "bin/surefoot.cjs");
const hook = join(root, "dist/hook.cjs");

/** Each way of calling the hook with a durable entry in a ledger of its own. */
export async function hookRows({ pairs }: { readonly pairs: number }): Promise<readonly HookRow[]> {
  if (!existsSync(hook)) throw new Error("there is no dist/hook.cjs: run `npm run build` first");
  const folder = mkdtempSync(join(tmpdir(), "surefoot-hooks-"));
  const served: ChildProcess[] = [];
  try {
    const lab = makeLab(folder);
    const args = [hook, "--dialect", "claude"];
    const cold = (input: string) => (): Promise<number> => started(process.execPath, args, input, lab);
    const git = await measured(pairs, () => started("git", ["status", "--porcelain=v2"], "", lab));
    const harmless = row("hook, harmless command", await measured(pairs, cold(lab.harmless)), (it) => ({
      says: "at most 1.5 × node -e 0",
      met: it.ratio <= 1.5,
    }));
    const facts = row(
      "hook, a file's state asked of git",
      await measured(pairs, cold(lab.reading)),
      (it) => ({
        says: `the row above plus one git process (${git.ms.toFixed(1)} ms)`,
        met: it.ms <= harmless.ms + git.ms,
      }),
    );
    const refused = row("hook, refused command", await measured(pairs, cold(lab.forbidden)));

    const { process: server, url, token } = await serve(lab);
    served.push(server);
    const socket = row("hook that asks guard serve", await measured(pairs, cold(lab.harmless)));
    const client = buildClient(lab);
    const small =
      client === undefined
        ? []
        : [
            row(
              "small client in C that asks guard serve",
              await measured(pairs, () => started(client, ["--dialect", "claude"], lab.harmless, lab)),
            ),
          ];
    const agent = new Agent({ keepAlive: true });
    const aim = (it: { readonly ms: number }) => ({ says: "at most 1 ms", met: it.ms <= 1 });
    const kept = row(
      "HTTP hook, connection kept",
      await measured(pairs * 5, () => post(url, token, lab.harmless, agent)),
      aim,
    );
    const fresh = row(
      "HTTP hook, new connection",
      await measured(pairs * 5, () => post(url, token, lab.harmless, undefined)),
    );
    agent.destroy();
    return [harmless, facts, refused, socket, ...small, kept, fresh];
  } finally {
    for (const server of served) server.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Lab {
  readonly repository: string;
  readonly env: Readonly<Record<string, string>>;
  readonly harmless: string;
  readonly reading: string;
  readonly forbidden: string;
}

function makeLab(folder: string): Lab {
  const repository = join(folder, "repository");
  mkdirSync(repository);
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", args, { cwd: repository, stdio: "ignore" });
  git("init", "--quiet", "--initial-branch", "main");
  for (let file = 0; file < 200; file += 1) writeFileSync(join(repository, `${file}.ts`), `${file}\n`);
  git("add", ".");
  git("-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "--quiet", "-m", "first");
  const payload = (command: string): string =>
    JSON.stringify({
      session_id: "bench",
      hook_event_name: "PreToolUse",
      cwd: repository,
      tool_name: "Bash",
      tool_use_id: "t",
      tool_input: { command },
    });
  return {
    repository,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      SUREFOOT_STATE_HOME: join(folder, "state"),
      SUREFOOT_CONFIG_HOME: join(folder, "config"),
    },
    harmless: payload("npm test"),
    reading: payload("cat 7.ts"),
    forbidden: payload("git push --force origin main"),
  };
}

interface Measured {
  readonly ms: number;
  readonly bareMs: number;
  readonly ratio: number;
}

async function measured(pairs: number, once: () => Promise<number>): Promise<Measured> {
  const own: number[] = [];
  const bare: number[] = [];
  const nothing = { repository: root, env: { PATH: process.env["PATH"] ?? "" } };
  // The first two fill the caches and open the session; a user has them once.
  await once();
  await once();
  for (let pair = 0; pair < pairs; pair += 1) {
    bare.push(await started(process.execPath, ["-e", "0"], "", nothing));
    own.push(await once());
  }
  const [ms, bareMs] = [quantile(own, 0.5), quantile(bare, 0.5)];
  return { ms, bareMs, ratio: ms / bareMs };
}

function row(says: string, found: Measured, aim?: (found: Measured) => NonNullable<HookRow["aim"]>): HookRow {
  return { says, ...found, ...(aim === undefined ? {} : { aim: aim(found) }) };
}

/** Milliseconds from start to end. Throws when the program fails: a fast failure is no fast answer. */
function started(
  program: string,
  args: readonly string[],
  input: string,
  { repository, env }: Pick<Lab, "repository" | "env">,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const child = spawn(program, args, { cwd: repository, env, stdio: ["pipe", "ignore", "inherit"] });
    child.on("error", reject);
    // A program that ends without reading is told by its exit code.
    child.stdin.on("error", () => child.stdin.destroy());
    child.on("close", (code) => {
      if (code === 0) resolve(performance.now() - before);
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code}`));
    });
    child.stdin.end(input);
  });
}

interface Server {
  readonly process: ChildProcess;
  readonly url: URL;
  readonly token: string;
}

function serve({ env }: Lab): Promise<Server> {
  const child = spawn(process.execPath, [bin, "guard", "serve", "--http", "0"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    let heard = "";
    child.on("close", () => reject(new Error(`guard serve ended: ${heard}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      const address = /http:\/\/[\d.:]+\/hook\//.exec(heard)?.[0];
      if (address === undefined || !heard.includes("listens at")) return;
      const token = readFileSync(join(env["SUREFOOT_STATE_HOME"] ?? "", "guard/http-token"), "utf8").trim();
      resolve({ process: child, url: new URL(`${address}claude`), token });
    });
  });
}

/** `undefined` where there is no compiler. */
function buildClient({ env }: Lab): string | undefined {
  try {
    const args = [bin, "guard", "serve", "--build-client"];
    return execFileSync(process.execPath, args, { env, encoding: "utf8", stdio: "pipe" }).trim();
  } catch (error) {
    if (error instanceof Error && "status" in error) return undefined;
    throw error;
  }
}

function post(url: URL, token: string, body: string, agent: Agent | undefined): Promise<number> {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const headers = { authorization: `Bearer ${token}`, "content-length": Buffer.byteLength(body) };
    const sent = request(
      url,
      { method: "POST", headers, ...(agent === undefined ? { agent: false } : { agent }) },
      (response) => {
        response.resume();
        response.on("end", () =>
          response.statusCode === 200
            ? resolve(performance.now() - before)
            : reject(new Error(`the guard answers with ${response.statusCode}`)),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

/** One line for a row. */
export function writeHookRow({ says, ms, bareMs, ratio, aim }: HookRow): string {
  const aimed = aim === undefined ? "" : `  aim ${aim.says}: ${aim.met ? "met" : "missed"}`;
  return `${says.padEnd(40)} ${ms.toFixed(2).padStart(7)} ms, node -e 0 ${bareMs.toFixed(1)} ms, ratio ${ratio.toFixed(2)}${aimed}`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { pairs: { type: "string", default: "40" } } });
  console.log(`${machineLine()}; medians of ${values.pairs} pairs`);
  for (const found of await hookRows({ pairs: Number(values.pairs) })) console.log(writeHookRow(found));
}
