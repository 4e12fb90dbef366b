import type { Action } from "../../core/action.ts";
import { editsOfPatch } from "../apply-patch.ts";
import { innerCalls } from "../code-mode.ts";
import { fieldsOf, isFields, listOf, textOf } from "../fields.ts";
import type { Dialect } from "../hook-dialect.ts";
import { at, renderPreToolUse, unreadable } from "../hook-parts.ts";

/** Codex's `PreToolUse` hook. It fires for shell commands, patches and MCP tools, also from inside code mode. */
export const dialect: Dialect = {
  id: "codex",

  read(payload) {
    if (!isFields(payload))
      return unreadable("codex", "", undefined, payload, "the hook's input is not a JSON object");
    const tool = textOf(payload, "tool_name") ?? "";
    const call = textOf(payload, "tool_use_id");
    const input = payload["tool_input"];
    const actions = actionsOf(tool, input, textOf(payload, "cwd") ?? "");
    if (actions !== undefined && actions.length > 0) return { kind: "call", tool, call, actions };
    return unreadable(
      "codex",
      tool,
      call,
      input,
      `the tool ${tool || "(none)"} or its arguments are not known`,
    );
  },

  // An allow of Codex's is the absence of a refusal: `permissionDecision: "allow"` is for changed input only.
  render: (answer) =>
    answer.verdict === "allow" ? { stdout: "{}", stderr: "", exit: 0 } : renderPreToolUse(answer, false),
  actionsOf,
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
    case "apply_patch": {
      const text = typeof input === "string" ? input : textOf(fields, "command", "input", "patch");
      const edits = text === undefined ? undefined : editsOfPatch(text);
      return edits?.map((edit) => absolute(edit, cwd));
    }
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
  if (words.length === 0) return undefined;
  return words.length === 3 && /^-l?c$/.test(words[1] ?? "") ? words[2] : words.map(quote).join(" ");
}

function quote(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function absolute(edit: Extract<Action, { kind: "edit" }>, cwd: string): Action {
  const { change } = edit;
  return {
    ...edit,
    path: at(cwd, edit.path),
    change: change.kind === "move" ? { kind: "move", to: at(cwd, change.to) } : change,
  };
}
