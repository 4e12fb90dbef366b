import type { AgentEnding, Usage } from "../../core/event.ts";
import { fieldsOf, listOf, numberOf, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { nothingUsed, said, troubled, used } from "../stream.ts";
import type { News, StreamReader } from "../stream.ts";

/**
 * `claude -p --output-format stream-json --verbose`. Several records share one message and repeat its usage, whose
 * output count is only a beginning; the last record has the totals per model. So each message is counted once, and the
 * end brings what is missing to the totals.
 */
export function readClaude(): StreamReader {
  const counted = new Map<string, Usage>();
  const messages = new Set<string>();
  let session: string | undefined;
  let ending: AgentEnding | undefined;
  let last = "";

  const message = (record: Fields): readonly News[] => {
    const body = fieldsOf(record["message"]);
    const texts = listOf(body["content"])
      .map(fieldsOf)
      .filter((block) => block["type"] === "text")
      .map((block) => textOf(block, "text") ?? "");
    if (texts.length > 0 && record["parent_tool_use_id"] === null) last = texts.join("\n");
    const id = textOf(body, "id") ?? "";
    const spent = messages.has(id) ? nothingUsed : usageOf(fieldsOf(body["usage"]), textOf(body, "model"));
    messages.add(id);
    add(counted, spent);
    return [...texts.flatMap(said), ...used(spent)];
  };

  const result = (record: Fields): readonly News[] => {
    const text = textOf(record, "result") ?? last;
    const failed = record["is_error"] === true || record["subtype"] !== "success";
    const reasons = listOf(record["errors"]).map(String).join("; ");
    ending = failed
      ? troubled(
          [text, reasons, textOf(record, "subtype") ?? ""].filter((part) => part !== "").join("; "),
          "Claude Code",
        )
      : { kind: "finished", says: text };
    const totals = Object.entries(fieldsOf(record["modelUsage"]));
    return totals.flatMap(([model, value]) => {
      const total = fieldsOf(value);
      const before = counted.get(model) ?? nothingUsed;
      const cached = numberOf(total, "cacheReadInputTokens");
      const input = numberOf(total, "inputTokens") + cached + numberOf(total, "cacheCreationInputTokens");
      const rest: Usage = {
        model,
        inputTokens: Math.max(0, input - before.inputTokens),
        outputTokens: Math.max(0, numberOf(total, "outputTokens") - before.outputTokens),
        cachedTokens: Math.max(0, cached - before.cachedTokens),
        costUsd: typeof total["costUSD"] === "number" ? total["costUSD"] : undefined,
      };
      return used(rest);
    });
  };

  return {
    read(record) {
      session ??= textOf(record, "session_id");
      if (record["type"] === "assistant") return message(record);
      if (record["type"] === "result") return result(record);
      return [];
    },
    ending: () => ending,
    session: () => session,
  };
}

function usageOf(usage: Fields, model: string | undefined): Usage {
  const cached = numberOf(usage, "cache_read_input_tokens");
  return {
    model,
    inputTokens: numberOf(usage, "input_tokens") + numberOf(usage, "cache_creation_input_tokens") + cached,
    outputTokens: numberOf(usage, "output_tokens"),
    cachedTokens: cached,
    costUsd: undefined,
  };
}

function add(counted: Map<string, Usage>, more: Usage): void {
  const key = more.model ?? "";
  const sum = counted.get(key) ?? nothingUsed;
  counted.set(key, {
    ...sum,
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
  });
}
