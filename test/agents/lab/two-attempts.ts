import type { Script, ScriptTurn } from "./lab.ts";

export interface Attempts {
  /** What the model does before the gate has said anything. */
  readonly first: readonly ScriptTurn[];
  /** What it does once the prompt holds the gate's answer to the first attempt. */
  readonly second: readonly ScriptTurn[];
}

/** A model that works wrongly until it is told what the gate said about attempt 1. */
export function twoAttempts({ first, second }: Attempts): Script {
  return { turns: first, conversations: [{ match: "What the gate said about attempt 1", turns: second }] };
}
