import { Fault } from "../../core/fault.ts";
import { describeExit } from "../../core/exit.ts";
import type { Agent, Host, ProbeTurn, Probed, Turn, TurnResult } from "../../core/ports.ts";
import { updated } from "../acp-calls.ts";
import { choose, decidePermission, promptOverAcp } from "../acp-client.ts";
import type { Adapter, AgentOptions } from "../adapter.ts";
import { environmentFor } from "../environment.ts";
import { findProgram } from "../find.ts";
import { seed as seedClaude } from "./claude.ts";
import { seed as seedCodex } from "./codex.ts";
import { seed as seedGemini } from "./gemini.ts";
import { seed as seedOpencode } from "./opencode.ts";

const remedy = "give its command line, as in `surefoot run --agent acp -- gemini --acp`";

export const adapter: Adapter = {
  id: "acp",
  title: "ACP agent",
  programs: [],
  remedy,
  // Any program may be one; nothing is looked for.
  detect: async () => undefined,
  async make(host, options) {
    const [program, ...args] = options.command ?? [];
    if (program === undefined)
      throw new Fault("agent/unavailable", "no command line is given for the ACP agent", { hint: remedy });
    const found = await findProgram(host, [program]);
    if (found === undefined)
      throw new Fault("agent/unavailable", `the ACP agent is not installed: no ${program} on the PATH`, {
        hint: "install it, or give its absolute path",
      });
    return acpAgent(host, found.version, [found.path, ...args], options);
  },
};

function acpAgent(
  host: Host,
  version: string | undefined,
  command: readonly [string, ...string[]],
  options: AgentOptions,
): Agent {
  return {
    id: "acp",
    version,
    recorded: false,
    turn: (turn) => takeTurn(host, command, options, turn),
    probe,
  };
}

async function takeTurn(
  host: Host,
  command: readonly [string, ...string[]],
  options: AgentOptions,
  turn: Turn,
): Promise<TurnResult> {
  const title = command[0].split("/").at(-1) ?? "the agent";
  const running = host.spawn({
    run: command,
    cwd: turn.workspace,
    env: await seeded(host, turn.home, command.join(" ")),
    timeoutMs: options.turnTimeoutMs,
    outputBytes: 256 * 1024 * 1024,
    signal: turn.signal,
    ...(turn.jail === undefined ? {} : { jail: turn.jail }),
  });
  const { workspace, prompt, decide, report } = turn;
  let session;
  try {
    session = await promptOverAcp(running, { host, title, workspace, prompt, decide, report });
  } finally {
    running.closeInput();
    running.kill();
  }
  const exit = await running.ended;
  const { ending, calls } = session;
  const result = { calls, transcript: true };
  if (ending.kind === "finished" || ending.kind === "unavailable") return { ...result, ending };
  if (exit.kind === "neverStarted")
    return {
      ...result,
      ending: { kind: "unavailable", says: `${title} could not be started: ${exit.says}` },
    };
  if (exit.kind === "timedOut")
    return {
      ...result,
      ending: { kind: "ended", by: "wall_time", says: `${title} took too long: ${describeExit(exit)}` },
    };
  if (turn.signal.aborted)
    return { ...result, ending: { kind: "ended", by: "interrupt", says: `${title} was stopped` } };
  return { ...result, ending };
}

/** The home of an agent that is known by its program's name gets that agent's login; any other gets the variables only. */
async function seeded(host: Host, home: string, words: string): Promise<Readonly<Record<string, string>>> {
  await host.files.makeFolder(home, 0o700);
  if (/\bclaude/.test(words)) return seedClaude(host, home);
  if (/\bcodex/.test(words)) return seedCodex(host, home);
  if (/\bgemini/.test(words)) return seedGemini(host, home);
  // Left alone, OpenCode asks for nothing.
  if (/\bopencode/.test(words))
    return seedOpencode(host, home, { bash: "ask", edit: "ask", webfetch: "ask", external_directory: "ask" });
  return environmentFor(host.env, home, [
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_MODEL",
    "GEMINI_API_KEY",
  ]);
}

/** Answers a permission request for a forced push as the session would. */
async function probe(turn: ProbeTurn): Promise<Probed> {
  const toolCall = {
    toolCallId: "surefoot-probe",
    kind: "execute",
    rawInput: { command: "git push --force origin main" },
  };
  const allow = await decidePermission(
    updated(undefined, toolCall),
    turn.workspace,
    async (call, tool, actions) => {
      for (const action of actions) {
        const decided = await turn.decide({ call, tool, action });
        if (decided.enforced && decided.judgement.verdict !== "allow") return false;
      }
      return true;
    },
  );
  const answer = choose(
    [
      { optionId: "no", name: "No", kind: "reject_once" },
      { optionId: "yes", name: "Yes", kind: "allow_once" },
    ],
    allow,
  );
  const refused = answer.outcome.outcome === "selected" && answer.outcome.optionId === "no";
  return {
    refused,
    says: refused ? "permission for a forced push was refused" : "permission for a forced push was given",
  };
}
