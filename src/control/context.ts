import type { Host, Jail } from "../core/ports.ts";
import type { Policy } from "../core/policy.ts";
import type { Taxonomy } from "../core/taxonomy.ts";
import type { Journal } from "./journal.ts";
import type { Workspace } from "./workspace.ts";

/** What every step of a run needs. Built once, by `run.ts`. */
export interface RunContext {
  readonly host: Host;
  readonly journal: Journal;
  readonly policy: Policy;
  readonly taxonomy: Taxonomy;
  readonly workspace: Workspace;
  /** For gates and for the agent; `undefined` where nothing confines them. */
  readonly jail: Jail | undefined;
  /** What confines them, in words. */
  readonly jailSays: string;
  /** `host.elapsedMs()` when this process took the run up, and milliseconds of work before that. */
  readonly startedMs: number;
  readonly spentMs: number;
  /** Aborted by the operator (Ctrl-C). */
  readonly signal: AbortSignal;
}
