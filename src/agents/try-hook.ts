import { describeExit, succeeded } from "../core/exit.ts";
import type { Host } from "../core/ports.ts";
import { parseJson } from "./fields.ts";
import { dialects } from "./hooks/index.ts";
import type { Start } from "./installer.ts";
import { forbidden } from "./probe.ts";

const harmless = "git status";
const patienceMs = 20_000;

export type Trial = { readonly holds: true } | { readonly holds: false; readonly says: string };

/**
 * Asks an installed hook as its agent does, once about a forced push, which it must refuse, and once about a harmless
 * command, which it must let pass. A hook program keeps its ledger and its key in a folder that is gone afterwards.
 */
export async function tryHook(
  host: Pick<Host, "files" | "env" | "exec">,
  agent: string,
  start: Start,
): Promise<Trial> {
  const dialect = dialects.find(({ id }) => id === agent);
  if (dialect === undefined) return { holds: false, says: `the words of ${agent}'s hook are not known` };
  const folder = await host.files.makeTempFolder("surefoot-probe-");
  try {
    for (const command of [forbidden, harmless]) {
      const said = await ask(host, start, JSON.stringify(dialect.sample(command, folder)), folder);
      if ("trouble" in said) return { holds: false, says: said.trouble };
      const wanted = command === forbidden;
      if (dialect.refuses(said.output) !== wanted)
        return { holds: false, says: `\`${command}\` was ${wanted ? "let through" : "refused"}` };
    }
    return { holds: true };
  } finally {
    await host.files.remove(folder);
  }
}

type Said = { readonly output: unknown } | { readonly trouble: string };

async function ask(
  host: Pick<Host, "env" | "exec">,
  start: Start,
  payload: string,
  folder: string,
): Promise<Said> {
  if ("url" in start) return post(start, payload);
  const ran = await host.exec({
    run: start,
    cwd: folder,
    env: environment(host.env, folder),
    timeoutMs: patienceMs,
    outputBytes: 1024 * 1024,
    stdin: payload,
  });
  const output = parseJson(ran.stdout);
  if (succeeded(ran.exit))
    return output === undefined ? { trouble: "what it printed is no answer" } : { output };
  const lines = ran.stderr.trim().replaceAll("\n", "; ");
  return { trouble: `${describeExit(ran.exit)} ${lines.slice(-300)}`.trim() };
}

async function post({ url, headers }: Extract<Start, { url: string }>, body: string): Promise<Said> {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const answer = await fetch(url, { method: "POST", headers, body, signal });
    const output = parseJson(await answer.text());
    return answer.ok && output !== undefined
      ? { output }
      : { trouble: `${url} answered with status ${answer.status}` };
  } catch (error) {
    // Whatever keeps the answer from coming: nobody listens, or not in time.
    if (error instanceof Error) return { trouble: `${url} does not answer: ${causeOf(error)}` };
    throw error;
  }
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** The user's own, as the agent would pass it on, but for the places where surefoot keeps what it learns. */
function environment(env: Host["env"], folder: string): Readonly<Record<string, string>> {
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(known),
    SUREFOOT_STATE_HOME: `${folder}/state`,
    SUREFOOT_CONFIG_HOME: `${folder}/config`,
  };
}
