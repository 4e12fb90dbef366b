// What an agent's hook starts, once per tool call. With `--socket` it hands the call to the run that started the agent;
// without, it asks the user's `guard serve` or decides by itself, for an agent that surefoot did not start. Silence, a
// broken answer, a crash or too long a wait is a refusal, in the agent's own words.
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { HookAnswer, Rendered } from "./agents/hook-dialect.ts";
import { broken } from "./agents/hook-dialect.ts";
import { dialects } from "./agents/hooks/index.ts";
import { readInput, writeAll } from "./hook/stdio.ts";
import type { Input } from "./hook/stdio.ts";
import { ownVersion, standardPolicy } from "./hook/built-in.ts";

/** Below the 60 s that every agent is told to wait for its hook; a decision takes milliseconds. */
const runDeadlineMs = 45_000;
/** Below the shortest wait of any agent that surefoot's guard can be installed in. */
const ownDeadlineMs = 5_000;
/** A tool call larger than this is refused unread; the run takes a line of twice as much. */
const inputBytes = 8 * 1024 * 1024;

const id = option("--dialect");
const dialect = dialects.find((one) => one.id === id);
const socketPath = option("--socket");
const options = {
  explicit: process.argv.includes("--explicit"),
  unattended: process.argv.includes("--unattended"),
};

let said = false;
/** For the loader of the bundle; set once there is something to run. */
export let warmUp: (() => void) | undefined;
/** The tool call, as soon as it is here: how to refuse may depend on it. */
let given: string | undefined;

function finish(rendered: Rendered): void {
  if (said) return;
  said = true;
  if (rendered.stderr !== "") writeAll(2, rendered.stderr);
  writeAll(1, `${rendered.stdout}\n`);
  process.exit(rendered.exit);
}

function refuse(error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  const answer: HookAnswer = {
    verdict: "deny",
    says: `surefoot refuses because its guard did not answer: ${why}`,
  };
  // An agent whose words are not known understands the exit code and the most common form.
  const rendered = (dialect ?? dialects[0])?.render(answer, given) ?? { stdout: "{}", stderr: "", exit: 2 };
  finish(broken(rendered, why.replaceAll("\n", " ")));
}

async function decide({ text, cut }: Input): Promise<void> {
  given = text;
  if (dialect === undefined) throw new Error(`unknown dialect ${id ?? "(none)"}`);
  const tooLarge = cut ? `the tool call is larger than ${inputBytes} bytes` : undefined;
  if (socketPath !== undefined) {
    if (tooLarge !== undefined) throw new Error(tooLarge);
    const { askRun } = await import("./hook/ask-run.ts");
    finish(dialect.render(await askRun(socketPath, dialect.id, text), text));
    return;
  }
  const program = process.argv[1] ?? "";
  const version = ownVersion(program);
  if (tooLarge === undefined) {
    const { askDaemon } = await import("./hook/ask-daemon.ts");
    const { daemonSocket } = await import("./host/state-folder.ts");
    const request = { version, dialect: dialect.id, ...options, cwd: process.cwd(), payload: text };
    const answer = await askDaemon(
      daemonSocket({ env: process.env, platform: { home: homedir() } }),
      request,
    );
    if (answer !== undefined) return finish({ ...answer, stdout: answer.stdout.trimEnd() });
  }
  const { decideHere, judgeSamples } = await import("./hook/standalone.ts");
  warmUp = judgeSamples;
  const own = {
    version,
    standard: standardPolicy(),
    cli: join(dirname(program), program.endsWith(".ts") ? "cli.ts" : "cli.js"),
  };
  finish(dialect.render(await decideHere({ dialect, payload: text, unread: tooLarge, options }, own), text));
}

function option(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index === -1 ? undefined : process.argv[index + 1];
}

const deadlineMs = socketPath === undefined ? ownDeadlineMs : runDeadlineMs;
process.on("uncaughtException", refuse);
process.on("unhandledRejection", refuse);
setTimeout(() => refuse(`no answer within ${deadlineMs} ms`), deadlineMs).unref();

try {
  decide(readInput(inputBytes)).catch(refuse);
} catch (error) {
  refuse(error);
}
