import type { Action } from "../../core/action.ts";
import { fieldsOf, isFields, parseJson, textOf } from "../fields.ts";
import type { Dialect } from "../hook-dialect.ts";
import {
  at,
  attendedIn,
  deniesPreToolUse,
  hookInput,
  preToolUseSample,
  renderPreToolUse,
  replacement,
  unreadable,
} from "../hook-parts.ts";

/** Qwen Code's `PreToolUse` hook: Claude Code's words around tools that are Gemini CLI's kin. */
export const dialect: Dialect = {
  id: "qwen",

  read(payload) {
    if (!isFields(payload))
      return unreadable("qwen", "", undefined, payload, "the hook's input is not a JSON object");
    const tool = textOf(payload, "tool_name") ?? "";
    const input = payload["tool_input"];
    return hookInput("qwen", {
      tool,
      // `tool_use_id` is made up for the hook; the transcript knows the call by the other one.
      call: textOf(payload, "tool_call_id", "tool_use_id"),
      session: textOf(payload, "session_id"),
      attended: attendedIn(textOf(payload, "permission_mode")),
      input,
      actions: actionsOf(tool, input, textOf(payload, "cwd") ?? ""),
    });
  },

  render: (answer) => renderPreToolUse(answer, true),
  actionsOf,
  sample: (command, cwd) => preToolUseSample("run_shell_command", command, cwd),
  refuses: deniesPreToolUse,
};

/** Tools that act on Qwen Code itself only; a sub-agent's own calls come to the hook one by one. */
const inward = new Set([
  "agent",
  "task",
  "list_agents",
  "send_message",
  "task_stop",
  "todo_write",
  "tool_search",
  "skill",
  "get_goal",
  "update_goal",
  "create_goal",
  "ask_user_question",
  "enter_plan_mode",
  "exit_plan_mode",
  "structured_output",
  "cron_create",
  "cron_list",
  "cron_delete",
  "lsp",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "file_path", "absolute_path", "notebook_path", "path");
  switch (tool) {
    case "run_shell_command":
    case "monitor": {
      const command = textOf(fields, "command");
      const folder = textOf(fields, "directory");
      return command === undefined
        ? undefined
        : [{ kind: "exec", command, cwd: folder === undefined ? cwd : at(cwd, folder) }];
    }
    case "write_file": {
      const text = textOf(fields, "content");
      return path === undefined || text === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "create", text } }];
    }
    case "edit":
    case "replace":
      return path === undefined
        ? undefined
        : [replacement(at(cwd, path), textOf(fields, "old_string"), textOf(fields, "new_string"))];
    case "notebook_edit":
      return path === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "unknown" } }];
    case "save_memory":
      // Writes into the agent's own memory file, which steers later sessions.
      return [{ kind: "tool", server: "qwen", name: tool, input }];
    case "read_file":
      return path === undefined ? undefined : [{ kind: "read", path: at(cwd, path) }];
    case "read_many_files":
    case "list_directory":
    case "glob":
    case "grep_search":
      return [{ kind: "search", path: at(cwd, path ?? ".") }];
    case "web_fetch": {
      const url = textOf(fields, "url");
      return url === undefined ? undefined : [{ kind: "fetch", url }];
    }
    case "web_search":
      return [{ kind: "fetch", url: `search:${textOf(fields, "query") ?? ""}` }];
    case "tool_call":
      return deferred(fields, cwd);
  }
  const remote = /^mcp__(.+?)__(.+)$/.exec(tool);
  if (remote !== null) return [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
  return inward.has(tool) ? [{ kind: "tool", server: "qwen", name: tool, input }] : undefined;
}

/** A tool that the model found by searching is called through another one, with its arguments as an object or as text. */
function deferred(fields: Readonly<Record<string, unknown>>, cwd: string): readonly Action[] | undefined {
  const name = textOf(fields, "name");
  if (name === undefined || name === "tool_call") return undefined;
  const given = fields["arguments"];
  return actionsOf(name, typeof given === "string" ? parseJson(given) : given, cwd);
}
