import type { AgentEnding } from "../../core/event.ts";
import { fieldsOf, numberOf, textOf } from "../fields.ts";
import { said, troubled, used } from "../stream.ts";
import type { StreamReader } from "../stream.ts";

/**
 * `codex exec --json`. Usage comes once, at the end of the turn; its input tokens include the cached ones and its output
 * tokens the reasoning. Codex tells no price.
 */
export function readCodex(): StreamReader {
  let session: string | undefined;
  let ending: AgentEnding | undefined;
  let last = "";
  let trouble = "";
  return {
    read(record) {
      switch (record["type"]) {
        case "thread.started":
          session = textOf(record, "thread_id");
          return [];
        case "item.completed": {
          const item = fieldsOf(record["item"]);
          if (item["type"] !== "agent_message") return [];
          last = textOf(item, "text") ?? last;
          return said(textOf(item, "text"));
        }
        case "error":
          trouble = textOf(record, "message") ?? trouble;
          return [];
        case "turn.failed":
          ending = troubled(textOf(fieldsOf(record["error"]), "message") ?? trouble, "Codex");
          return [];
        case "turn.completed": {
          ending = { kind: "finished", says: last };
          const usage = fieldsOf(record["usage"]);
          return used({
            model: undefined,
            inputTokens: numberOf(usage, "input_tokens"),
            outputTokens: numberOf(usage, "output_tokens"),
            cachedTokens: numberOf(usage, "cached_input_tokens"),
            costUsd: undefined,
          });
        }
      }
      return [];
    },
    ending: () => ending ?? (trouble === "" ? undefined : troubled(trouble, "Codex")),
    session: () => session,
  };
}
