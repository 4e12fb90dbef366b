import type { AgentEnding } from "../../core/event.ts";
import { fieldsOf, numberOf, textOf } from "../fields.ts";
import { said, troubled, used } from "../stream.ts";
import type { News, StreamReader } from "../stream.ts";

/**
 * `gemini --output-format stream-json`. Text comes in pieces, which are joined until something else comes. Usage comes
 * once, at the end, per model; its input tokens include the cached ones.
 */
export function readGemini(): StreamReader {
  let session: string | undefined;
  let ending: AgentEnding | undefined;
  let pieces = "";
  let last = "";
  let trouble = "";

  const flush = (): readonly News[] => {
    const text = pieces;
    pieces = "";
    if (text.trim() !== "") last = text;
    return said(text);
  };

  return {
    read(record) {
      switch (record["type"]) {
        case "init":
          session = textOf(record, "session_id");
          return [];
        case "message":
          if (record["role"] === "assistant") pieces += textOf(record, "content") ?? "";
          return [];
        case "error":
          if (record["severity"] !== "warning") trouble = textOf(record, "message") ?? trouble;
          return flush();
        case "result": {
          const spoken = flush();
          const error = textOf(fieldsOf(record["error"]), "message") ?? trouble;
          ending =
            record["status"] === "success" ? { kind: "finished", says: last } : troubled(error, "Gemini CLI");
          const models = Object.entries(fieldsOf(fieldsOf(record["stats"])["models"]));
          return [
            ...spoken,
            ...models.flatMap(([model, value]) => {
              const stats = fieldsOf(value);
              return used({
                model,
                inputTokens: numberOf(stats, "input_tokens"),
                outputTokens: numberOf(stats, "output_tokens"),
                cachedTokens: numberOf(stats, "cached"),
                costUsd: undefined,
              });
            }),
          ];
        }
      }
      return flush();
    },
    ending: () => ending,
    session: () => session,
  };
}
