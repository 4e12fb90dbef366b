import type { ObservedCall } from "../../core/ports.ts";
import { fieldsOf, jsonLines, listOf, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { dialect } from "../hooks/claude.ts";
import { observe } from "../observe.ts";

/** One session file of Claude Code: one line per content block, a tool's result in a later `user` line. */
export function readTranscript(text: string): readonly ObservedCall[] {
  const records = jsonLines(text);
  const results = new Map<string, Fields>();
  for (const record of records) {
    if (record["type"] !== "user") continue;
    for (const block of blocks(record)) {
      const id = textOf(block, "tool_use_id");
      if (id !== undefined)
        results.set(id, {
          ...block,
          decision: record["permissionDecision"],
          denial: record["toolDenialKind"],
        });
    }
  }
  const seen = new Set<string>();
  return records
    .filter((record) => record["type"] === "assistant")
    .flatMap((record) => blocks(record).map((block) => ({ block, cwd: textOf(record, "cwd") ?? "" })))
    .flatMap(({ block, cwd }) => {
      const id = textOf(block, "id");
      if (block["type"] !== "tool_use" || id === undefined || seen.has(id)) return [];
      seen.add(id);
      return observe(dialect, {
        call: id,
        tool: textOf(block, "name") ?? "",
        input: block["input"],
        cwd,
        ended: endedOf(results.get(id)),
      });
    });
}

function endedOf(result: Fields | undefined): ObservedCall["ended"] {
  if (result === undefined) return "failed";
  const decision = textOf(fieldsOf(result["decision"]), "decision");
  if (decision === "reject" || decision === "deny" || typeof result["denial"] === "string") return "refused";
  if (result["is_error"] !== true) return "ran";
  // Arguments that Claude Code itself rejects are never put to anybody: no decision stands beside them.
  const rejected = JSON.stringify(result["content"] ?? "").includes("<tool_use_error>");
  return decision === undefined && rejected ? "refused" : "failed";
}

function blocks(record: Fields): readonly Fields[] {
  return listOf(fieldsOf(record["message"])["content"]).map(fieldsOf);
}
