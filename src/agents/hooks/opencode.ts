import type { Action } from "../../core/action.ts";
import { fieldsOf, isFields, listOf, textOf } from "../fields.ts";
import type { Dialect } from "../hook-dialect.ts";
import { at, hookInput, patchActions, replacement, sampleId, unreadable } from "../hook-parts.ts";

/**
 * OpenCode has no hook programs, only plugins: ours hands `tool.execute.before`'s two arguments over as
 * `{input: {tool, sessionID, callID}, output: {args}, cwd}` and refuses by throwing. When it is loaded it sends
 * `{ready: true}`, because a plugin that fails to load is skipped without a word.
 */
export const dialect: Dialect = {
  id: "opencode",

  read(payload) {
    if (!isFields(payload))
      return unreadable("opencode", "", undefined, payload, "the plugin's message is not a JSON object");
    if (payload["ready"] === true) return { kind: "ready" };
    const head = fieldsOf(payload["input"]);
    const input = fieldsOf(payload["output"])["args"];
    const tool = textOf(head, "tool") ?? "";
    return hookInput("opencode", {
      tool,
      call: textOf(head, "callID"),
      session: textOf(head, "sessionID"),
      input,
      actions: actionsOf(tool, input, textOf(payload, "cwd") ?? ""),
    });
  },

  render: (answer) => ({
    stdout: JSON.stringify(
      answer.verdict === "allow" || answer.verdict === "pass"
        ? { allow: true }
        : { allow: false, reason: answer.says },
    ),
    stderr: "",
    exit: 0,
  }),
  actionsOf,
  sample: (command, cwd) => ({
    input: { tool: "bash", sessionID: sampleId, callID: sampleId },
    output: { args: { command } },
    cwd,
  }),
  refuses: (output) => fieldsOf(output)["allow"] === false,
};

/** Tools that act on OpenCode itself only; a sub-agent's own calls come to the plugin one by one. */
const inward = new Set([
  "task",
  "todowrite",
  "todoread",
  "skill",
  "question",
  "plan_enter",
  "plan_exit",
  "invalid",
  "lsp",
]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "filePath", "path");
  switch (tool) {
    case "bash": {
      const command = textOf(fields, "command");
      const folder = textOf(fields, "workdir");
      return command === undefined
        ? undefined
        : [{ kind: "exec", command, cwd: folder === undefined ? cwd : at(cwd, folder) }];
    }
    case "write": {
      const text = textOf(fields, "content");
      return path === undefined || text === undefined
        ? undefined
        : [{ kind: "edit", path: at(cwd, path), change: { kind: "create", text } }];
    }
    case "edit":
      return path === undefined ? undefined : [replace(at(cwd, path), fields)];
    case "multiedit":
      return path === undefined
        ? undefined
        : listOf(fields["edits"]).map((edit) => replace(at(cwd, path), fieldsOf(edit)));
    case "patch":
    case "apply_patch":
      return patchActions(textOf(fields, "patchText", "patch", "input"), cwd);
    case "read":
      return path === undefined ? undefined : [{ kind: "read", path: at(cwd, path) }];
    case "list":
    case "glob":
    case "grep":
    case "codesearch":
      return [{ kind: "search", path: at(cwd, path ?? ".") }];
    case "webfetch": {
      const url = textOf(fields, "url");
      return url === undefined ? undefined : [{ kind: "fetch", url }];
    }
    case "websearch":
      return [{ kind: "fetch", url: `search:${textOf(fields, "query") ?? ""}` }];
  }
  if (inward.has(tool)) return [{ kind: "tool", server: "opencode", name: tool, input }];
  // A tool of an MCP server has the server's name before its own.
  const remote = /^([A-Za-z0-9-]+)_(.+)$/.exec(tool);
  return remote === null
    ? undefined
    : [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
}

function replace(path: string, fields: Readonly<Record<string, unknown>>): Action {
  return replacement(path, textOf(fields, "oldString"), textOf(fields, "newString"));
}
