import type { Action } from "../core/action.ts";

/**
 * One agent's words for its hook. A file in `hooks/` exports one as `dialect`; it is loaded for every single tool call
 * of that agent, so it imports nothing that costs time.
 */
export interface Dialect {
  readonly id: string;
  /** What the agent proposes. Total: whatever comes in, something comes out. */
  read(payload: unknown): HookInput;
  /**
   * The answer as the agent wants to hear it. In a run an allow is said explicitly, so that silence can mean a refusal;
   * `pass` is silence in the agent's words. An agent that cannot ask a person hears `ask` as a refusal.
   * @param payload what the agent gave its hook, as text: in some agents the way to refuse depends on the tool. Without
   *   it the refusal is the harshest one that the agent knows.
   */
  render(answer: HookAnswer, payload?: string): Rendered;
  /** The actions of one tool call, for hooks and transcripts alike; `undefined` for a tool that is not known. */
  actionsOf(tool: string, input: unknown, cwd: string): readonly Action[] | undefined;
  /** What the hook is given for a shell command, to try it with. */
  sample(command: string, cwd: string): unknown;
  /** Whether the agent takes this answer of its hook, parsed, for a refusal. */
  refuses(output: unknown): boolean;
}

export type HookInput =
  | {
      readonly kind: "call";
      readonly tool: string;
      /** The agent's own id of the call, where it gives one. */
      readonly call: string | undefined;
      /** The agent's own id of its session, where it gives one. */
      readonly session?: string;
      /** False where the payload shows that nobody is there to answer a question (a mode that approves or denies by itself). */
      readonly attended?: boolean;
      /** Usually one; a patch over several files has one for each. Never empty. */
      readonly actions: readonly Action[];
    }
  /** A call whose tool or arguments are not understood: recorded and refused. */
  | {
      readonly kind: "unreadable";
      readonly tool: string;
      readonly call: string | undefined;
      readonly action: Action;
      readonly says: string;
    }
  /** Not a call: the hook tells that it is in place. */
  | { readonly kind: "ready" };

export type HookAnswer =
  | { readonly verdict: "allow" }
  /** No opinion: what the agent would do without a hook, its own questions included. */
  | { readonly verdict: "pass" }
  | { readonly verdict: "ask" | "deny"; readonly says: string };

export interface Rendered {
  /** One JSON object. */
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: 0 | 2;
}

/** A refusal by a broken guard also says so on standard error and by exit code 2, which most agents understand. */
export function broken(rendered: Rendered, says: string): Rendered {
  return { ...rendered, stderr: `surefoot: ${says}\n`, exit: 2 };
}
