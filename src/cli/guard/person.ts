import { Fault } from "../../core/fault.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";

/**
 * Lets a person, and nobody else, decide. An agent runs programs without a terminal, so it is told no, and where it
 * says --yes the names that agents give to what they start give it away; before that, the guard refuses the command
 * itself (`self/switch-off`). None of this stops a program that means to deceive: it can make a terminal of its own and
 * drop the names. Against that there is only a jail, and the ledger, which shows the decision and who took it.
 */
export async function decidedByPerson(
  input: CliInput,
  io: Io,
  { question, what }: { readonly question: string; readonly what: string },
): Promise<boolean> {
  const agent = agentMarks.find((name) => (io.host.env[name] ?? "") !== "");
  if (agent !== undefined)
    throw new Fault("usage/invalid", `${what} is for a person, and ${agent} says that an agent runs this`, {
      hint: "run it in a terminal of your own",
    });
  if (flag(input, "yes")) return true;
  const answer = await io.ask(`${question} [y/N] `);
  if (answer === undefined)
    throw new Fault("usage/invalid", `${what} is for a person, and there is no terminal to ask at`, {
      hint: "run it in a terminal, or say --yes where a person started the script",
    });
  return /^y(es)?$/i.test(answer.trim());
}

/** Variables that coding agents set for the programs they start. */
const agentMarks = [
  "CLAUDECODE",
  "CODEX_SANDBOX",
  "CODEX_SANDBOX_NETWORK_DISABLED",
  "GEMINI_CLI",
  "QWEN_CODE",
  "OPENCODE",
  "CURSOR_AGENT",
  "CLINE_ACTIVE",
] as const;
