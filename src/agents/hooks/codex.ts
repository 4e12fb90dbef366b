import type { Action } from "../../core/action.ts";
import { innerCalls } from "../code-mode.ts";
import { fieldsOf, isFields, listOf, textOf } from "../fields.ts";
import type { Dialect } from "../hook-dialect.ts";
import {
  at,
  attendedIn,
  commandOfWords,
  deniesPreToolUse,
  hookInput,
  patchActions,
  preToolUseSample,
  renderPreToolUse,
  unreadable,
} from "../hook-parts.ts";

/** Codex's `PreToolUse` hook. It fires for shell commands, patches and MCP tools, also from inside code mode. */
export const dialect: Dialect = {
  id: "codex",

  read(payload) {
    if (!isFields(payload))
      return unreadable("codex", "", undefined, payload, "the hook's input is not a JSON object");
    const tool = textOf(payload, "tool_name") ?? "";
    const input = payload["tool_input"];
    return hookInput("codex", {
      tool,
      call: textOf(payload, "tool_use_id"),
      session: textOf(payload, "session_id"),
      attended: attendedIn(textOf(payload, "permission_mode")),
      input,
      actions: actionsOf(tool, input, textOf(payload, "cwd") ?? ""),
    });
  },

  // An allow of Codex's is the absence of a refusal: `permissionDecision: "allow"` is for changed input only.
  render: (answer) =>
    answer.verdict === "allow" ? { stdout: "{}", stderr: "", exit: 0 } : renderPreToolUse(answer, false),
  actionsOf,
  sample: (command, cwd) => preToolUseSample("Bash", command, cwd),
  refuses: deniesPreToolUse,
};

/** Tools that change nothing outside Codex. */
const inward = new Set([
  "update_plan",
  "view_image",
  "spawn_agent",
  "wait",
  "wait_agent",
  "close_agent",
  "send_input",
  "resume_agent",
  "list_mcp_resources",
  "list_mcp_resource_templates",
  "read_mcp_resource",
  "tool_search",
  "request_user_input",
  "get_goal",
  "create_goal",
  "update_goal",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  switch (tool) {
    case "Bash":
    case "exec_command":
    case "shell_command":
    case "shell":
    case "local_shell": {
      const command = commandOf(fields);
      const folder = textOf(fields, "workdir");
      return command === undefined
        ? undefined
        : [{ kind: "exec", command, cwd: folder === undefined ? cwd : at(cwd, folder) }];
    }
    case "apply_patch":
      return patchActions(
        typeof input === "string" ? input : textOf(fields, "command", "input", "patch"),
        cwd,
      );
    case "exec": {
      const script = typeof input === "string" ? input : textOf(fields, "input", "code", "command");
      if (script === undefined) return undefined;
      const inner = innerCalls(script);
      const actions = inner?.map((call) => actionsOf(call.tool, call.input, cwd));
      const known = actions?.filter((list) => list !== undefined);
      return known === undefined || known.length === 0 || known.length !== actions?.length
        ? [{ kind: "exec", command: script, cwd }]
        : known.flat();
    }
    case "write_stdin": {
      // Keys typed into a running program: a command as far as anybody can tell.
      const command = textOf(fields, "chars", "input");
      return command === undefined || command === ""
        ? [{ kind: "tool", server: "codex", name: tool, input }]
        : [{ kind: "exec", command, cwd }];
    }
  }
  const remote = /^mcp__(.+?)__(.+)$/.exec(tool);
  if (remote !== null) return [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
  return inward.has(tool) ? [{ kind: "tool", server: "codex", name: tool, input }] : undefined;
}

function commandOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const text = textOf(fields, "command", "cmd");
  if (text !== undefined) return text;
  const words = listOf(fields["command"]).filter((word): word is string => typeof word === "string");
  return commandOfWords(words);
}
