import { resolve } from "node:path";
import type { AgentOptions, Adapter } from "../../agents/adapter.ts";
import { adapters } from "../../agents/adapters/index.ts";
import { Fault } from "../../core/fault.ts";
import type { Policy } from "../../core/policy.ts";
import type { Agent, Host } from "../../core/ports.ts";
import type { Recording } from "../../core/recording.ts";
import { loadRecording } from "../../policy/recording.ts";
import { text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";

export async function chooseAgent(
  input: CliInput,
  io: Io,
  policy: Policy,
  id: string | undefined = text(input, "agent"),
): Promise<Agent> {
  if (id === undefined)
    throw new Fault("agent/unknown", "no agent is named", {
      hint: `--agent with one of: ${Object.keys(adapters).join(", ")}`,
    });
  const adapter = await findAdapter(id);
  const script = text(input, "script");
  if ((id === "recorded") !== (script !== undefined))
    throw new Fault(
      "usage/invalid",
      id === "recorded"
        ? "the recorded agent has nothing to play"
        : `--script is for the recorded agent, not for ${id}`,
      {
        hint: "as in --agent recorded --script session.yaml",
      },
    );
  return adapter.make(io.host, {
    ...optionsOf(io.host, policy),
    model: text(input, "model"),
    command: input.rest.length > 0 ? input.rest : undefined,
    recording: script === undefined ? undefined : await readRecording(io, script),
  });
}

export async function findAdapter(id: string): Promise<Adapter> {
  const load = new Map<string, () => Promise<Adapter>>(Object.entries(adapters)).get(id);
  if (load !== undefined) return load();
  throw new Fault("agent/unknown", `there is no agent \`${id}\``, {
    hint: `one of: ${Object.keys(adapters).join(", ")}`,
  });
}

export function optionsOf(host: Host, policy: Policy): AgentOptions {
  return {
    model: undefined,
    command: undefined,
    recording: undefined,
    hook: { node: host.platform.execPath, script: hookScript() },
    protectedBranches: policy.protectedBranches,
    turnTimeoutMs: policy.budgets.wallTimeMs,
  };
}

function readRecording(io: Io, path: string): Promise<Recording> {
  return loadRecording(io.host.files, path.startsWith("/") ? path : `${io.cwd}/${path}`);
}

// Beside the compiled command line lies the bundled hook; in the sources the hook runs as it is.
export function hookScript(): string {
  return resolve(import.meta.dirname, "../..", import.meta.filename.endsWith(".ts") ? "hook.ts" : "hook.cjs");
}
