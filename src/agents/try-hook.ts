import { describeExit } from "../core/exit.ts";
import type { Command, Host } from "../core/ports.ts";
import { parseJson } from "./fields.ts";
import { dialects } from "./hooks/index.ts";
import { forbidden } from "./probe.ts";

const harmless = "git status";

export type Trial = { readonly holds: true } | { readonly holds: false; readonly says: string };

/**
 * Starts an installed hook as its agent does, once with a forced push, which it must refuse, and once with a harmless
 * command, which it must let pass. It keeps its ledger and its key in a folder that is gone afterwards.
 */
export async function tryHook(
  host: Pick<Host, "files" | "env" | "exec">,
  agent: string,
  start: Command["run"],
): Promise<Trial> {
  const dialect = dialects.find(({ id }) => id === agent);
  if (dialect === undefined) return { holds: false, says: `the words of ${agent}'s hook are not known` };
  const folder = await host.files.makeTempFolder("surefoot-probe-");
  try {
    for (const command of [forbidden, harmless]) {
      const ran = await host.exec({
        run: start,
        cwd: folder,
        env: environment(host.env, folder),
        timeoutMs: 30_000,
        outputBytes: 1024 * 1024,
        stdin: JSON.stringify(dialect.sample(command, folder)),
      });
      const output = parseJson(ran.stdout);
      const wanted = command === forbidden;
      if (ran.exit.kind !== "exited" || ran.exit.code !== 0 || output === undefined)
        return { holds: false, says: `${describeExit(ran.exit)} ${ran.stderr.trim().slice(-300)}`.trim() };
      if (dialect.refuses(output) !== wanted)
        return { holds: false, says: `\`${command}\` was ${wanted ? "let through" : "refused"}` };
    }
    return { holds: true };
  } finally {
    await host.files.remove(folder);
  }
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
