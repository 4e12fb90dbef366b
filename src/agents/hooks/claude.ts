import type { Action } from "../../core/action.ts";
import type { Dialect } from "../hook-dialect.ts";
import { fieldsOf, isFields, listOf, textOf } from "../fields.ts";
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

/** Claude Code's `PreToolUse` hook: JSON on standard input, `hookSpecificOutput` on standard output. */
export const dialect: Dialect = {
  id: "claude",

  read(payload) {
    if (!isFields(payload))
      return unreadable("claude", "", undefined, payload, "the hook's input is not a JSON object");
    const tool = textOf(payload, "tool_name") ?? "";
    const input = payload["tool_input"];
    return hookInput("claude", {
      tool,
      call: textOf(payload, "tool_use_id"),
      session: textOf(payload, "session_id"),
      attended: attendedIn(textOf(payload, "permission_mode")),
      input,
      actions: actionsOf(tool, input, textOf(payload, "cwd") ?? ""),
    });
  },

  render: (answer) => renderPreToolUse(answer, true),
  actionsOf,
  sample: (command, cwd) => preToolUseSample("Bash", command, cwd),
  refuses: deniesPreToolUse,
};

/**
 * Tools that act on Claude Code itself only: plans, lists, questions. A sub-agent's own calls come to the hook one by
 * one, so starting one is harmless.
 */
const inward = new Set([
  "Agent",
  "Task",
  "TaskCreate",
  "TaskUpdate",
  "TaskGet",
  "TaskList",
  "TaskOutput",
  "TaskStop",
  "TodoWrite",
  "ToolSearch",
  "Skill",
  "SlashCommand",
  "AskUserQuestion",
  "EnterPlanMode",
  "ExitPlanMode",
  "BashOutput",
  "KillShell",
  "SendMessage",
  "ListMcpResourcesTool",
  "ReadMcpResourceTool",
  "ListAgents",
  "ReportFindings",
  "ScheduleWakeup",
  "Workflow",
  "CronCreate",
  "CronDelete",
  "CronList",
  "EnterWorktree",
  "ExitWorktree",
  "LSP",
  "StructuredOutput",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "file_path", "notebook_path", "path");
  switch (tool) {
    case "Bash":
    case "Monitor": {
      const command = textOf(fields, "command");
      return command === undefined ? undefined : [{ kind: "exec", command, cwd }];
    }
    case "Write": {
      const text = textOf(fields, "content");
      return path === undefined || text === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "create", text } }];
    }
    case "Edit":
      return path === undefined ? undefined : [replace(at(cwd, path), fields)];
    case "MultiEdit":
      return path === undefined
        ? undefined
        : listOf(fields["edits"]).map((edit) => replace(at(cwd, path), fieldsOf(edit)));
    case "NotebookEdit":
      return path === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "unknown" } }];
    case "Read":
      return path === undefined ? undefined : [{ kind: "read", path: at(cwd, path) }];
    case "Glob":
    case "Grep":
    case "LS":
      return [{ kind: "search", path: at(cwd, path ?? ".") }];
    case "WebFetch": {
      const url = textOf(fields, "url");
      return url === undefined ? undefined : [{ kind: "fetch", url }];
    }
    case "WebSearch":
      return [{ kind: "fetch", url: `search:${textOf(fields, "query") ?? ""}` }];
  }
  const remote = /^mcp__(.+?)__(.+)$/.exec(tool);
  if (remote !== null) return [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
  return inward.has(tool) ? [{ kind: "tool", server: "claude", name: tool, input }] : undefined;
}

function replace(path: string, fields: Readonly<Record<string, unknown>>): Action {
  return replacement(path, textOf(fields, "old_string"), textOf(fields, "new_string"));
}
