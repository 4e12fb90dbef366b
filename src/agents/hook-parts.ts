import type { Action } from "../core/action.ts";
import { fieldsOf } from "./fields.ts";
import { editsOfPatch } from "./apply-patch.ts";
import type { HookAnswer, HookInput, Rendered } from "./hook-dialect.ts";
import { quoted } from "./shell-quote.ts";

/** A path as seen from the working folder of the call. Parts like `..` stay for the guard to fold. */
export function at(cwd: string, path: string): string {
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("~") || cwd === "") return path;
  return path === "." ? cwd : `${cwd.replace(/\/$/, "")}/${path}`;
}

/**
 * Claude Code's answer, which Codex and others understand too.
 * @param asks whether the agent puts a question before a person; where it does not, an `ask` is a refusal.
 */
export function renderPreToolUse(answer: HookAnswer, asks: boolean): Rendered {
  const output =
    answer.verdict === "pass"
      ? {}
      : { hookSpecificOutput: { hookEventName: "PreToolUse", ...decisionOf(answer, asks) } };
  return { stdout: JSON.stringify(output), stderr: "", exit: 0 };
}

function decisionOf(answer: Exclude<HookAnswer, { verdict: "pass" }>, asks: boolean): object {
  if (answer.verdict === "allow") return { permissionDecision: "allow" };
  const permissionDecision = asks ? answer.verdict : "deny";
  return { permissionDecision, permissionDecisionReason: answer.says };
}

/** What Claude Code and its kin give their hook for a shell command. */
export function preToolUseSample(tool: string, command: string, cwd: string): unknown {
  return {
    hook_event_name: "PreToolUse",
    session_id: sampleId,
    tool_name: tool,
    tool_input: { command },
    tool_use_id: sampleId,
    cwd,
  };
}

/** The id of a session or call that only tries the hook. */
export const sampleId = "surefoot-probe";

/** Whether a Claude-like agent takes this for a refusal. */
export function deniesPreToolUse(output: unknown): boolean {
  return fieldsOf(fieldsOf(output)["hookSpecificOutput"])["permissionDecision"] === "deny";
}

interface ToolUse {
  readonly tool: string;
  readonly call: string | undefined;
  readonly session: string | undefined;
  readonly attended?: boolean | undefined;
  readonly input: unknown;
  /** What the tool would do; nothing where that is not understood. */
  readonly actions: readonly Action[] | undefined;
}

/** One call as the hook understood it, or an unreadable one. */
export function hookInput(agent: string, use: ToolUse): HookInput {
  const { tool, call, session, attended, input, actions } = use;
  if (actions === undefined || actions.length === 0)
    return unreadable(
      agent,
      tool,
      call,
      input,
      `the tool ${tool || "(none)"} or its arguments are not known`,
    );
  return {
    kind: "call",
    tool,
    call,
    ...(session === undefined ? {} : { session }),
    ...(attended === undefined ? {} : { attended }),
    actions,
  };
}

/** False in the modes of Claude Code and its kin that answer every question by themselves. */
export function attendedIn(mode: string | undefined): boolean | undefined {
  return mode !== undefined && decidingModes.has(mode) ? false : undefined;
}

const decidingModes = new Set(["bypassPermissions", "dontAsk", "yolo"]);

/** The edits of a patch text, as seen from the working folder. */
export function patchActions(text: string | undefined, cwd: string): readonly Action[] | undefined {
  const edits = text === undefined ? undefined : editsOfPatch(text);
  return edits?.map(({ kind, path, change }) => ({
    kind,
    path: at(cwd, path),
    change: change.kind === "move" ? { kind: "move", to: at(cwd, change.to) } : change,
  }));
}

/** Words that a program would be started with, as a command line; those of `sh -c` as the command line they hold. */
export function commandOfWords(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  return words.length === 3 && /^-l?c$/.test(words[1] ?? "") ? words[2] : quoted(words);
}

/** A replacement of one text by another; unknown where one of them is missing. */
export function replacement(path: string, oldText: string | undefined, newText: string | undefined): Action {
  return oldText === undefined || newText === undefined
    ? { kind: "edit", path, change: { kind: "unknown" } }
    : { kind: "edit", path, change: { kind: "replace", oldText, newText } };
}

/** What is not understood is still judged and recorded, as a tool of the agent's own. */
export function unreadable(
  agent: string,
  tool: string,
  call: string | undefined,
  input: unknown,
  says: string,
): HookInput {
  const name = tool === "" ? "(unreadable)" : tool;
  return { kind: "unreadable", tool: name, call, action: { kind: "tool", server: agent, name, input }, says };
}
