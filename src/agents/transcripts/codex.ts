import type { Action } from "../../core/action.ts";
import type { ObservedCall } from "../../core/ports.ts";
import { fieldsOf, jsonLines, listOf, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import { innerCalls } from "../code-mode.ts";
import { dialect } from "../hooks/codex.ts";
import { observe } from "../observe.ts";

/**
 * One rollout file of Codex. What ran is in the completed items, under the ids that the hook saw. A refused call has no
 * item: it is found in the model's view (`response_item`), whose ids differ in code mode.
 */
export function readTranscript(text: string): readonly ObservedCall[] {
  const records = jsonLines(text);
  const cwd =
    textOf(fieldsOf(records.find((record) => record["type"] === "session_meta")?.["payload"]), "cwd") ?? "";
  const payloads = records.map((record) => ({ type: record["type"], payload: fieldsOf(record["payload"]) }));
  const ran = payloads
    .filter(({ type, payload }) => type === "event_msg" && payload["type"] === "item_completed")
    .flatMap(({ payload }) => itemOf(fieldsOf(payload["item"]), cwd));
  const ids = new Set(ran.map(({ call }) => call));
  const outputs = new Map<string, string>();
  for (const { payload } of payloads) {
    if (textOf(payload, "type")?.endsWith("_output") !== true) continue;
    outputs.set(textOf(payload, "call_id") ?? "", JSON.stringify(payload["output"]) ?? "");
  }
  const asked = payloads
    .filter(({ type, payload }) => type === "response_item" && isCall(payload))
    .flatMap(({ payload }) => askedOf(payload, outputs, ids, cwd));
  return [...ran, ...asked];
}

function isCall(payload: Fields): boolean {
  return /^(function_call|custom_tool_call|local_shell_call)$/.test(textOf(payload, "type") ?? "");
}

function itemOf(item: Fields, session: string): readonly ObservedCall[] {
  const call = textOf(item, "id");
  const ended = item["status"] === "completed" ? "ran" : item["status"] === "declined" ? "refused" : "failed";
  switch (item["type"]) {
    case "CommandExecution": {
      const cwd = (textOf(item, "cwd") ?? session).replace(/^file:\/\//, "");
      return observe(dialect, { call, tool: "Bash", input: { command: item["command"] }, cwd, ended });
    }
    case "FileChange":
      return Object.entries(fieldsOf(item["changes"])).map(([path, value]) => ({
        call,
        tool: "apply_patch",
        action: editOf(path, fieldsOf(value)),
        effectful: true,
        ended,
      }));
    case "McpToolCall": {
      const tool = `mcp__${textOf(item, "server") ?? ""}__${textOf(item, "tool") ?? ""}`;
      return observe(dialect, { call, tool, input: item["arguments"], cwd: session, ended });
    }
  }
  return [];
}

function editOf(path: string, change: Fields): Action {
  const to = textOf(change, "move_path");
  if (to !== undefined) return { kind: "edit", path, change: { kind: "move", to } };
  if (change["type"] === "delete") return { kind: "edit", path, change: { kind: "delete" } };
  const text = textOf(change, "content");
  if (change["type"] === "add" && text !== undefined)
    return { kind: "edit", path, change: { kind: "create", text } };
  return { kind: "edit", path, change: replacement(textOf(change, "unified_diff") ?? "") };
}

function replacement(diff: string): Extract<Action, { kind: "edit" }>["change"] {
  const lines = diff.split("\n").filter((line) => /^[ +-]/.test(line));
  const side = (kept: RegExp): string =>
    lines
      .filter((line) => kept.test(line))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  return { kind: "replace", oldText: side(/^[ -]/), newText: side(/^[ +]/) };
}

/** Calls that the model made and that no item stands for. */
function askedOf(
  payload: Fields,
  outputs: ReadonlyMap<string, string>,
  items: ReadonlySet<string | undefined>,
  cwd: string,
): readonly ObservedCall[] {
  const call = textOf(payload, "call_id");
  const tool = textOf(payload, "name") ?? "shell";
  if (items.has(call)) return [];
  const output = outputs.get(call ?? "") ?? "";
  const refused = /blocked by PreToolUse hook|rejected|forbidden|blocked by policy|not permitted/i.test(
    output,
  );
  const input = inputOf(payload);
  if (tool === "exec") {
    if (!refused) return [];
    // Only the call that the hook names was refused; the others of the script have items.
    const inner = innerCalls(typeof input === "string" ? input : "");
    const named = inner?.filter((one) =>
      output.includes(JSON.stringify(blockedWords(one.input)).slice(1, -1)),
    );
    const shown = named?.length === 1 ? named : inner;
    if (shown?.length === 1 && shown[0] !== undefined) {
      return observe(dialect, {
        call: undefined,
        tool: shown[0].tool,
        input: shown[0].input,
        cwd,
        ended: "refused",
      });
    }
    return observe(dialect, { call: undefined, tool, input, cwd, ended: "refused" });
  }
  return observe(dialect, { call, tool, input, cwd, ended: refused ? "refused" : "failed" });
}

function blockedWords(input: unknown): string {
  return typeof input === "string" ? input : (textOf(fieldsOf(input), "cmd", "command") ?? "");
}

function inputOf(payload: Fields): unknown {
  const text = textOf(payload, "arguments");
  if (text === undefined) return payload["input"] ?? payload["action"];
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return listOf(text);
    throw error;
  }
}
