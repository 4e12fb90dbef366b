import type { ObservedCall } from "../../core/ports.ts";
import { fieldsOf, jsonLines, listOf, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { dialect } from "../hooks/gemini.ts";
import { observe } from "../observe.ts";

/** One chat file of Gemini CLI: a message is written again when its tool calls have ended, and the last one counts. */
export function readTranscript(text: string, cwd: string): readonly ObservedCall[] {
  const messages = new Map<string, Fields>();
  for (const record of jsonLines(text)) {
    for (const message of [record, ...listOf(fieldsOf(record["$set"])["messages"]).map(fieldsOf)]) {
      const id = textOf(message, "id");
      if (id !== undefined) messages.set(id, message);
    }
  }
  return [...messages.values()].flatMap((message) =>
    listOf(message["toolCalls"])
      .map(fieldsOf)
      .flatMap((call) =>
        observe(dialect, {
          call: textOf(call, "id"),
          tool: textOf(call, "name") ?? "",
          input: call["args"],
          cwd,
          ended: endedOf(call),
        }),
      ),
  );
}

function endedOf(call: Fields): ObservedCall["ended"] {
  switch (call["status"]) {
    case "success":
      return "ran";
    case "cancelled":
      return "refused";
  }
  // Gemini keeps no decision: a blocked call is an error whose text says so.
  const says = JSON.stringify(call["result"]) ?? "";
  return /Tool execution blocked|denied by policy|blocked by policy|not found in registry/i.test(says)
    ? "refused"
    : "failed";
}
