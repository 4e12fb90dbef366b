import type { Decision } from "../core/event.ts";
import type { Agent, AskSecond, GatherFacts } from "../core/ports.ts";

export interface LoopRequest {
  /** The user's repository: its top folder. */
  readonly root: string;
  readonly agent: Agent;
  readonly model: string | undefined;
  readonly gather: GatherFacts;
  /** The model that the user set up for commands that the rules only ask about. */
  readonly askSecond: AskSecond | undefined;
  /** Setup commands that a lockfile suggests, tried once when the gate's commands cannot be run. */
  readonly repair: readonly string[];
  /** Writes the evidence bundle and answers with where it is; it is written for every verdict. */
  readonly writeBundle: () => Promise<{ readonly path: string; readonly digest: string }>;
}

/** How the loop came to its end: with a pass or with a stop. */
export type Ended = Extract<Decision, { kind: "pr_ready" | "stop" }>;

export function interrupted(says: string): Extract<Decision, { kind: "stop" }> {
  return { kind: "stop", reason: "interrupted", says, next: "go on with `surefoot run --resume`" };
}
