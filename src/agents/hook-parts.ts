import type { HookAnswer, HookInput, Rendered } from "./hook-dialect.ts";

/** A path as seen from the working folder of the call. Parts like `..` stay for the guard to fold. */
export function at(cwd: string, path: string): string {
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("~") || cwd === "") return path;
  return path === "." ? cwd : `${cwd.replace(/\/$/, "")}/${path}`;
}

/** Claude Code's answer, which Codex and others understand too. */
export function renderPreToolUse(answer: HookAnswer): Rendered {
  const decision = answer.allow
    ? { permissionDecision: "allow" }
    : { permissionDecision: "deny", permissionDecisionReason: answer.says };
  const output = { hookSpecificOutput: { hookEventName: "PreToolUse", ...decision } };
  return { stdout: JSON.stringify(output), stderr: "", exit: 0 };
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
