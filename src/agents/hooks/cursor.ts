import type { Action } from "../../core/action.ts";
import { fieldsOf, isFields, listOf, parseJson, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import type { Dialect, HookAnswer } from "../hook-dialect.ts";
import { at, hookInput, replacement, sampleId, unreadable } from "../hook-parts.ts";

/**
 * Cursor's hooks, from its documentation: `beforeShellExecution` and `beforeMCPExecution` for commands and MCP servers,
 * `preToolUse` for every other tool. A hook with `failClosed` must answer, so silence is an allow here: it does not lift
 * Cursor's own list of allowed commands. In Cursor's auto-review mode a question is passed over, so none is put.
 */
export const dialect: Dialect = {
  id: "cursor",

  read(payload) {
    if (!isFields(payload))
      return unreadable("cursor", "", undefined, payload, "the hook's input is not a JSON object");
    const event = textOf(payload, "hook_event_name") ?? "";
    const root = listOf(payload["workspace_roots"])[0];
    const given = textOf(payload, "cwd") ?? "";
    const cwd = given === "" && typeof root === "string" ? root : given;
    const { tool, input, actions } = use(event, payload, cwd);
    return hookInput("cursor", {
      tool,
      call: textOf(payload, "tool_use_id"),
      session: textOf(payload, "conversation_id"),
      input,
      actions,
    });
  },

  render: (answer) => ({ stdout: JSON.stringify(decisionOf(answer)), stderr: "", exit: 0 }),
  actionsOf,
  sample: (command, cwd) => ({
    hook_event_name: "beforeShellExecution",
    conversation_id: sampleId,
    workspace_roots: [cwd],
    command,
    cwd,
  }),
  refuses: (output) => fieldsOf(output)["permission"] === "deny",
};

function decisionOf(answer: HookAnswer): object {
  switch (answer.verdict) {
    case "allow":
    case "pass":
      return { permission: "allow" };
    case "ask":
    case "deny":
      return { permission: "deny", user_message: answer.says, agent_message: answer.says };
  }
}

interface Use {
  readonly tool: string;
  readonly input: unknown;
  readonly actions: readonly Action[] | undefined;
}

function use(event: string, payload: Fields, cwd: string): Use {
  const given = payload["tool_input"];
  const input = typeof given === "string" ? (parseJson(given) ?? given) : given;
  const tool = textOf(payload, "tool_name") ?? "";
  switch (event) {
    case "beforeShellExecution":
      return {
        tool: "Shell",
        input: payload["command"],
        actions: actionsOf("Shell", { command: payload["command"] }, cwd),
      };
    case "beforeMCPExecution": {
      const server = textOf(payload, "server_name", "url", "command") ?? "";
      const actions: readonly Action[] | undefined =
        tool === "" ? undefined : [{ kind: "tool", server, name: tool, input }];
      return { tool, input, actions };
    }
    case "beforeReadFile": {
      const path = textOf(payload, "file_path");
      return { tool: "Read", input: path, actions: actionsOf("Read", { path }, cwd) };
    }
  }
  return { tool, input, actions: actionsOf(tool, input, cwd) };
}

/** Tools that act on Cursor itself only; the calls of a sub-agent come to the hook one by one. */
const inward = new Set([
  "Task",
  "TodoWrite",
  "SwitchMode",
  "AskQuestion",
  "CreatePlan",
  "ReadLints",
  "Await",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "file_path", "path", "target_file", "target_notebook");
  switch (tool) {
    case "Shell":
    case "Terminal": {
      const command = textOf(fields, "command");
      const folder = textOf(fields, "working_directory", "cwd");
      return command === undefined
        ? undefined
        : [{ kind: "exec", command, cwd: folder === undefined ? cwd : at(cwd, folder) }];
    }
    case "Write": {
      const text = textOf(fields, "content", "contents");
      if (path === undefined) return undefined;
      return [
        {
          kind: "edit",
          path: at(cwd, path),
          change: text === undefined ? unknown : { kind: "create", text },
        },
      ];
    }
    case "Edit":
    case "StrReplace":
      return path === undefined
        ? undefined
        : [replacement(at(cwd, path), textOf(fields, "old_string"), textOf(fields, "new_string"))];
    case "EditNotebook":
      return path === undefined ? undefined : [{ kind: "edit", path: at(cwd, path), change: unknown }];
    case "Delete":
      return path === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "delete" } }];
    case "Read":
      return path === undefined ? undefined : [{ kind: "read", path: at(cwd, path) }];
    case "Grep":
    case "Glob":
    case "LS":
    case "SemanticSearch":
      return [{ kind: "search", path: at(cwd, path ?? ".") }];
    case "WebFetch": {
      const url = textOf(fields, "url");
      return url === undefined ? undefined : [{ kind: "fetch", url }];
    }
    case "WebSearch":
      return [{ kind: "fetch", url: `search:${textOf(fields, "search_term", "query") ?? ""}` }];
  }
  const remote = /^MCP:(.+)$/.exec(tool);
  if (remote !== null) return [{ kind: "tool", server: "mcp", name: remote[1] ?? "", input }];
  return inward.has(tool) ? [{ kind: "tool", server: "cursor", name: tool, input }] : undefined;
}

const unknown = { kind: "unknown" } as const;
