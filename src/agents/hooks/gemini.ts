import type { Action } from "../../core/action.ts";
import { fieldsOf, isFields, listOf, textOf } from "../fields.ts";
import type { Dialect, HookAnswer } from "../hook-dialect.ts";
import { at, hookInput, replacement, sampleId, unreadable } from "../hook-parts.ts";

/** Gemini CLI's `BeforeTool` hook. It gives no id of the call. */
export const dialect: Dialect = {
  id: "gemini",

  read(payload) {
    if (!isFields(payload))
      return unreadable("gemini", "", undefined, payload, "the hook's input is not a JSON object");
    const tool = textOf(payload, "tool_name") ?? "";
    const input = payload["tool_input"];
    const context = fieldsOf(payload["mcp_context"]);
    const server = textOf(context, "server_name");
    const cwd = textOf(payload, "cwd") ?? "";
    const actions: readonly Action[] | undefined =
      server === undefined
        ? actionsOf(tool, input, cwd)
        : [{ kind: "tool", server, name: textOf(context, "tool_name") ?? tool, input }];
    return hookInput("gemini", {
      tool,
      call: undefined,
      session: textOf(payload, "session_id"),
      input,
      actions,
    });
  },

  render: (answer) => ({
    stdout: JSON.stringify(decisionOf(answer)),
    stderr: "",
    exit: 0,
  }),
  actionsOf,
  sample: (command, cwd) => ({
    hook_event_name: "BeforeTool",
    session_id: sampleId,
    tool_name: "run_shell_command",
    tool_input: { command },
    cwd,
  }),
  refuses: (output) => fieldsOf(output)["decision"] === "deny",
};

/** Gemini CLI hangs on a question when nobody watches, so what would be asked is refused. */
function decisionOf(answer: HookAnswer): object {
  switch (answer.verdict) {
    case "allow":
      return { decision: "allow" };
    case "pass":
      return {};
    case "ask":
    case "deny":
      return { decision: "deny", reason: answer.says };
  }
}

/** Tools that act on Gemini CLI itself only; a sub-agent's own calls come to the hook one by one. */
const inward = new Set([
  "invoke_agent",
  "generalist",
  "codebase_investigator",
  "cli_help",
  "write_todos",
  "update_topic",
  "complete_task",
  "activate_skill",
  "enter_plan_mode",
  "exit_plan_mode",
  "ask_user",
  "get_internal_docs",
  "list_background_processes",
  "read_background_output",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "file_path", "absolute_path", "path", "dir_path");
  switch (tool) {
    case "run_shell_command": {
      const command = textOf(fields, "command");
      const folder = textOf(fields, "dir_path", "directory");
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
    case "replace":
    case "edit": {
      if (path === undefined) return undefined;
      return [replacement(at(cwd, path), textOf(fields, "old_string"), textOf(fields, "new_string"))];
    }
    case "save_memory":
      // Writes into the agent's own memory file, which steers later sessions.
      return [{ kind: "tool", server: "gemini", name: tool, input }];
    case "read_file":
      return path === undefined ? undefined : [{ kind: "read", path: at(cwd, path) }];
    case "read_many_files":
      return [{ kind: "search", path: at(cwd, ".") }];
    case "list_directory":
    case "glob":
    case "search_file_content":
    case "grep_search":
      return [{ kind: "search", path: at(cwd, path ?? ".") }];
    case "web_fetch": {
      const urls = (textOf(fields, "prompt", "url") ?? "").match(/https?:\/\/[^\s"'<>]+/g);
      return listOf(urls ?? undefined).map((url) => ({ kind: "fetch", url: String(url) }));
    }
    case "google_web_search":
      return [{ kind: "fetch", url: `search:${textOf(fields, "query") ?? ""}` }];
  }
  const remote = /^mcp_([^_]+)_(.+)$/.exec(tool);
  if (remote !== null) return [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
  return inward.has(tool) ? [{ kind: "tool", server: "gemini", name: tool, input }] : undefined;
}
