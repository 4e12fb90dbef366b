import type { HookAnswer, HookInput, Rendered } from "./hook-dialect.ts";

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
