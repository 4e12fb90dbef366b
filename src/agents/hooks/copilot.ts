import type { Action } from "../../core/action.ts";
import { fieldsOf, isFields, listOf, parseJson, textOf } from "../fields.ts";
import type { Dialect, HookAnswer } from "../hook-dialect.ts";
import { at, hookInput, patchActions, replacement, sampleId, unreadable } from "../hook-parts.ts";

/** Copilot CLI's `preToolUse` hook. It gives no id of the call. */
export const dialect: Dialect = {
  id: "copilot",

  read(payload) {
    if (!isFields(payload))
      return unreadable("copilot", "", undefined, payload, "the hook's input is not a JSON object");
    const tool = textOf(payload, "toolName") ?? "";
    const given = payload["toolArgs"];
    // Some versions hand the arguments over as the text of an object. A patch is text, too, and no JSON.
    const input = typeof given === "string" ? (parseJson(given) ?? given) : given;
    return hookInput("copilot", {
      tool,
      call: textOf(payload, "toolCallId"),
      session: textOf(payload, "sessionId"),
      input,
      actions: actionsOf(tool, input, textOf(payload, "cwd") ?? ""),
    });
  },

  render: (answer) => ({ stdout: JSON.stringify(decisionOf(answer)), stderr: "", exit: 0 }),
  actionsOf,
  sample: (command, cwd) => ({ sessionId: sampleId, cwd, toolName: "bash", toolArgs: { command } }),
  refuses: (output) => fieldsOf(output)["permissionDecision"] === "deny",
};

function decisionOf(answer: HookAnswer): object {
  switch (answer.verdict) {
    case "allow":
      return { permissionDecision: "allow" };
    case "pass":
      return {};
    case "ask":
    case "deny":
      return { permissionDecision: answer.verdict, permissionDecisionReason: answer.says };
  }
}

/** Tools that act on Copilot CLI itself only, its own database of the session included. */
const inward = new Set([
  "read_bash",
  "stop_bash",
  "list_bash",
  "task",
  "skill",
  "sql",
  "session_store_sql",
  "read_agent",
  "write_agent",
  "list_agents",
  "stop_agent",
  "report_intent",
  "update_todo",
  "ask_user",
  "exit_plan_mode",
  "task_complete",
  "tool_search",
  "store_memory",
  "fetch_copilot_cli_documentation",
  "lsp",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "path", "file_path");
  switch (tool) {
    case "bash": {
      const command = textOf(fields, "command");
      return command === undefined ? undefined : [{ kind: "exec", command, cwd }];
    }
    case "write_bash": {
      // Keys typed into a running program: a command as far as anybody can tell.
      const command = textOf(fields, "input");
      return command === undefined || command === ""
        ? [{ kind: "tool", server: "copilot", name: tool, input }]
        : [{ kind: "exec", command, cwd }];
    }
    case "create": {
      const text = textOf(fields, "file_text", "content");
      return path === undefined || text === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "create", text } }];
    }
    case "edit":
      return path === undefined
        ? undefined
        : [replacement(at(cwd, path), textOf(fields, "old_str"), textOf(fields, "new_str"))];
    case "apply_patch":
      return patchActions(typeof input === "string" ? input : textOf(fields, "patch", "input"), cwd);
    case "view":
      return path === undefined ? undefined : [{ kind: "read", path: at(cwd, path) }];
    case "grep":
    case "rg":
    case "glob":
      return searches(fields["paths"] ?? path, cwd);
    case "web_fetch": {
      const url = textOf(fields, "url");
      return url === undefined ? undefined : [{ kind: "fetch", url }];
    }
    case "web_search":
      return [{ kind: "fetch", url: `search:${textOf(fields, "query") ?? ""}` }];
  }
  if (inward.has(tool)) return [{ kind: "tool", server: "copilot", name: tool, input }];
  // A tool of an MCP server has the server's name before its own; either may hold more of the dashes between them.
  const remote = /^(.+)-(.+)$/.exec(tool);
  return remote === null
    ? undefined
    : [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
}

function searches(paths: unknown, cwd: string): readonly Action[] {
  const given = (typeof paths === "string" ? [paths] : listOf(paths)).filter(
    (path): path is string => typeof path === "string",
  );
  return (given.length === 0 ? ["."] : given).map((path) => ({ kind: "search", path: at(cwd, path) }));
}
