import type { Host, Listening, Turn } from "../core/ports.ts";
import { isFields, parseJson, textOf } from "./fields.ts";
import type { HookAnswer } from "./hook-dialect.ts";
import { dialects } from "./hooks/index.ts";

export interface HookServer extends Listening {
  /** Whether a hook has told that it is in place. */
  ready(): boolean;
  /** What kept a decision from being made (a ledger that cannot be written). The turn must not go on after it. */
  trouble(): unknown;
}

export interface HookServerOptions {
  /** Folder of the socket; the jailed agent can reach it but not replace what is in it. */
  readonly folder: string;
  readonly decide: Turn["decide"];
  /** Called at the first trouble. */
  readonly troubled: () => void;
}

/**
 * Answers the hooks of one agent for one turn. Each connection brings one line, `{dialect, payload}`, where the payload
 * is what the agent gave its hook, as text; the answer is one line, a `HookAnswer`. Whatever cannot be understood or
 * decided is refused.
 */
export async function serveHooks(host: Host, options: HookServerOptions): Promise<HookServer> {
  let ready = false;
  let trouble: unknown;
  const answer = async (line: string): Promise<HookAnswer> => {
    const request = parseJson(line);
    const dialect = dialects.find((one) => isFields(request) && one.id === request["dialect"]);
    if (dialect === undefined || !isFields(request))
      return { verdict: "deny", says: "the hook speaks a dialect that surefoot does not know" };
    const input = dialect.read(parseJson(textOf(request, "payload") ?? ""));
    switch (input.kind) {
      case "ready":
        ready = true;
        return { verdict: "allow" };
      case "unreadable": {
        const { tool, call, action } = input;
        const decided = await options.decide({ tool, call, action });
        return {
          verdict: "deny",
          says: decided.says === "" ? `surefoot refuses what it cannot read: ${input.says}` : decided.says,
        };
      }
      case "call":
        for (const action of input.actions) {
          const decided = await options.decide({ tool: input.tool, call: input.call, action });
          if (decided.enforced && decided.judgement.verdict !== "allow")
            return { verdict: "deny", says: decided.says };
        }
        return { verdict: "allow" };
    }
  };
  const listening = await host.listen(`${options.folder}/s`, async (line) => {
    try {
      return JSON.stringify(await answer(line));
    } catch (error) {
      // The agent hears a refusal; the turn hears the error itself and ends with it.
      if (trouble === undefined) {
        trouble = error;
        options.troubled();
      }
      return JSON.stringify({ verdict: "deny", says: "surefoot could not decide, so this is refused" });
    }
  });
  return { path: listening.path, close: () => listening.close(), ready: () => ready, trouble: () => trouble };
}
