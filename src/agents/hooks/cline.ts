import type { Action } from "../../core/action.ts";
import { fieldsOf, isFields, listOf, parseJson, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";
import type { Dialect, HookAnswer } from "../hook-dialect.ts";
import {
  at,
  commandOfWords,
  hookInput,
  patchActions,
  replacement,
  sampleId,
  unreadable,
} from "../hook-parts.ts";
import { quoted } from "../shell-quote.ts";

/**
 * Cline's `PreToolUse` hook, an executable of that name. Its refusal (`cancel`) ends the whole run, so a refused call
 * gets an input that fails without doing anything and the model reads why. Only its output counts, not its exit code.
 */
export const dialect: Dialect = {
  id: "cline",

  read(payload) {
    if (!isFields(payload))
      return unreadable("cline", "", undefined, payload, "the hook's input is not a JSON object");
    const call = fieldsOf(payload["tool_call"]);
    const tool = toolOf(payload);
    const input = call["input"];
    const root = listOf(payload["workspaceRoots"])[0];
    const cwd =
      typeof root === "string" ? root : (textOf(fieldsOf(payload["workspaceInfo"]), "rootPath") ?? "");
    return hookInput("cline", {
      tool,
      call: textOf(call, "id"),
      session: textOf(fieldsOf(payload["sessionContext"]), "rootSessionId") ?? textOf(payload, "taskId"),
      input,
      actions: actionsOf(tool, input, cwd),
    });
  },

  render: (answer, payload) => ({ stdout: JSON.stringify(controlOf(answer, payload)), stderr: "", exit: 0 }),
  actionsOf,
  sample: (command, cwd) => ({
    hookName: "tool_call",
    sessionContext: { rootSessionId: sampleId },
    workspaceRoots: [cwd],
    tool_call: { id: sampleId, name: "run_commands", input: { commands: [command] } },
  }),
  refuses: (output) => fieldsOf(output)["cancel"] === true || "overrideInput" in fieldsOf(output),
};

function toolOf(payload: Fields): string {
  return (
    textOf(fieldsOf(payload["tool_call"]), "name") ??
    textOf(fieldsOf(payload["preToolUse"]), "toolName") ??
    ""
  );
}

function controlOf(answer: HookAnswer, payload: string | undefined): object {
  switch (answer.verdict) {
    case "allow":
    case "pass":
      return { cancel: false };
    case "ask":
    case "deny":
      return refusalOf(toolOf(fieldsOf(parseJson(payload ?? ""))), answer.says);
  }
}

/** Cline's own tools that check their input before they do anything. A tool of an MCP server may take any input. */
const checked = new Set([
  "editor",
  "apply_patch",
  "read_files",
  "search_codebase",
  "fetch_web_content",
  "skills",
]);

function refusalOf(tool: string, says: string): object {
  if (tool === "run_commands")
    return { cancel: false, overrideInput: { commands: [failing(says)] }, context: says };
  if (checked.has(tool)) return { cancel: false, overrideInput: { refused: says }, context: says };
  return { cancel: true, errorMessage: says };
}

/** A command that says this on standard error and fails. */
function failing(says: string): string {
  // A NUL byte cannot stand in a command, and a lone surrogate would not arrive as written.
  return `printf '%s\\n' ${quoted([says.replaceAll("\0", "").toWellFormed()])} >&2; exit 1`;
}

/** Tools that act on Cline itself only; the calls of team mates and sub-agents come to the hook one by one. */
const inward = new Set(["ask_question", "spawn_agent", "skills", "submit_and_exit"]);

function actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined {
  const fields = fieldsOf(input);
  const path = textOf(fields, "path");
  switch (tool) {
    case "run_commands":
    case "execute_command":
      return commandsIn(input)?.map((command) => ({ kind: "exec", command, cwd }));
    case "editor":
      return path === undefined ? undefined : [edit(at(cwd, path), fields)];
    case "apply_patch":
      return patchActions(typeof input === "string" ? input : textOf(fields, "input"), cwd);
    case "read_files": {
      const files = filesIn(input);
      // Without a list that can be read it is no more than a look at the workspace.
      if (files.length === 0) return [{ kind: "search", path: at(cwd, ".") }];
      return files.map((file) => ({ kind: "read", path: at(cwd, file) }));
    }
    case "search_codebase":
      return [{ kind: "search", path: at(cwd, ".") }];
    case "fetch_web_content":
      return listOf(fields["requests"])
        .map((request) => textOf(fieldsOf(request), "url"))
        .map((url) => ({ kind: "fetch", url: url ?? "" }));
  }
  if (inward.has(tool) || /^team_\w+$/.test(tool))
    return [{ kind: "tool", server: "cline", name: tool, input }];
  const remote = /^(.+?)__(.+)$/.exec(tool);
  return remote === null
    ? undefined
    : [{ kind: "tool", server: remote[1] ?? "", name: remote[2] ?? "", input }];
}

/** Every form in which Cline takes commands; `undefined` where one of them cannot be read. */
function commandsIn(input: unknown): readonly string[] | undefined {
  if (typeof input === "string") return [input];
  const fields = fieldsOf(input);
  const given = Array.isArray(input) ? input : (fields["commands"] ?? fields["cmd"] ?? input);
  const commands = (Array.isArray(given) ? listOf(given) : [given]).map(commandIn);
  const known = commands.filter((command) => command !== undefined);
  return known.length === commands.length ? known : undefined;
}

function commandIn(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const fields = fieldsOf(value);
  const command = textOf(fields, "command");
  const args = fields["args"];
  if (command === undefined || args === undefined) return command;
  const words = listOf(args).filter((word): word is string => typeof word === "string");
  // With arguments it is a program that is started without a shell.
  return words.length === listOf(args).length ? commandOfWords([command, ...words]) : undefined;
}

function edit(path: string, fields: Fields): Action {
  const text = textOf(fields, "new_text");
  const old = textOf(fields, "old_text");
  if (typeof fields["insert_line"] === "number") return { kind: "edit", path, change: { kind: "unknown" } };
  // Without an old text it makes the file; where the file is there already it fails.
  if (old === undefined && text !== undefined)
    return { kind: "edit", path, change: { kind: "create", text } };
  return replacement(path, old, text);
}

function filesIn(input: unknown): readonly string[] {
  const fields = fieldsOf(input);
  const given =
    typeof input === "string" || Array.isArray(input)
      ? input
      : (fields["files"] ?? fields["file_paths"] ?? fields["paths"] ?? input);
  return (Array.isArray(given) ? listOf(given) : [given])
    .map((item) =>
      typeof item === "string" ? item : textOf(fieldsOf(item), "path", "file_path", "filePath"),
    )
    .filter((path) => path !== undefined);
}
