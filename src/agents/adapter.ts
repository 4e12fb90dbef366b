import type { Agent, Host } from "../core/ports.ts";
import type { Recording } from "../core/recording.ts";

/**
 * How one kind of agent is found and started. A file in `adapters/` exports one as `adapter`. It translates between
 * the agent's own words and ours and decides nothing.
 */
export interface Adapter {
  /** As on the command line and in the ledger. */
  readonly id: string;
  readonly title: string;
  /** Programs that it can start, the preferred one first; empty where none is looked for. */
  readonly programs: readonly string[];
  /** What to do where it cannot be found; one line. */
  readonly remedy: string;
  /** `undefined` where it is not installed. Asks the program for its version and changes nothing. */
  detect(host: Host): Promise<Found | undefined>;
  /** Throws `agent/unavailable` where it is not installed or has nothing to log in with, with what to do. */
  make(host: Host, options: AgentOptions): Promise<Agent>;
}

export interface Found {
  /** Absolute path; empty for an agent that is part of surefoot. */
  readonly path: string;
  /** `undefined` where the program does not say. */
  readonly version: string | undefined;
}

export interface AgentOptions {
  readonly model: string | undefined;
  /** Program and arguments to use instead of the found one; the whole command line of an ACP agent. */
  readonly command: readonly string[] | undefined;
  /** What the recorded agent plays. */
  readonly recording: Recording | undefined;
  /** The program that an agent's hook starts. */
  readonly hook: HookProgram;
  /** Branch globs that go into the agent's own static policy. */
  readonly protectedBranches: readonly string[];
  /** The longest that one turn may take, in milliseconds. */
  readonly turnTimeoutMs: number;
}

/** Absolute paths: an agent's hook runs wherever the agent likes and with whatever PATH it has. */
export interface HookProgram {
  readonly node: string;
  readonly script: string;
}
