import type { AgentEnding } from "../../core/event.ts";
import { fieldsOf, numberOf, textOf } from "../fields.ts";
import { said, troubled, used } from "../stream.ts";
import type { StreamReader } from "../stream.ts";

/**
 * `opencode run --format json`. Each step reports its own tokens and cost, so they add up; cached and reasoning tokens
 * are counted apart there. A step that ends for another reason than tool calls ends the turn.
 */
export function readOpencode(): StreamReader {
  let session: string | undefined;
  let ending: AgentEnding | undefined;
  let last = "";
  return {
    read(record) {
      session ??= textOf(record, "sessionID");
      const part = fieldsOf(record["part"]);
      switch (record["type"]) {
        case "text":
          last = textOf(part, "text") ?? last;
          return said(textOf(part, "text"));
        case "error": {
          const error = fieldsOf(record["error"]);
          const says = textOf(fieldsOf(error["data"]), "message") ?? textOf(error, "message", "name") ?? "";
          ending = troubled(says, "OpenCode");
          return [];
        }
        case "step_finish": {
          const reason = textOf(part, "reason") ?? "";
          if (reason !== "tool-calls") {
            ending = reason === "error" ? troubled(last, "OpenCode") : { kind: "finished", says: last };
          }
          const tokens = fieldsOf(part["tokens"]);
          const cache = fieldsOf(tokens["cache"]);
          const cost = numberOf(part, "cost");
          return used({
            model: undefined,
            inputTokens: numberOf(tokens, "input") + numberOf(cache, "read") + numberOf(cache, "write"),
            outputTokens: numberOf(tokens, "output") + numberOf(tokens, "reasoning"),
            cachedTokens: numberOf(cache, "read"),
            // 0 stands for a model without a known price as well as for a free one.
            costUsd: cost === 0 ? undefined : cost,
          });
        }
      }
      return [];
    },
    ending: () => ending,
    session: () => session,
  };
}
