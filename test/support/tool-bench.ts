import { blankPolicy } from "../../src/core/blank-policy.ts";
import { memoryHost } from "../../src/host/memory-host.ts";
import { makeCaller } from "../../src/tools/call.ts";
import type { MemoryHost, MemoryHostOptions } from "../../src/host/memory-host.ts";
import type { Judgement } from "../../src/core/action.ts";
import type { Intent } from "../../src/tools/intent.ts";
import type { StepEvent } from "../../src/core/event.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import type { PatchLimit, Policy } from "../../src/core/policy.ts";
import type { Decided, Proposal } from "../../src/core/ports.ts";

export interface ToolBench {
  readonly host: MemoryHost;
  readonly proposals: readonly Proposal[];
  readonly events: readonly StepEvent[];
  /** What calls announced before they did it. */
  readonly intents: readonly Intent[];
  readonly conflicts: readonly string[];
  call(tool: string, args: unknown): Promise<Outcome>;
  /** Text of a file of the worktree. */
  text(path: string): Promise<string | undefined>;
}

export interface ToolBenchOptions extends Omit<MemoryHostOptions, "files"> {
  /** Relative to the worktree, or absolute. */
  readonly files?: MemoryHostOptions["files"];
  readonly perCall?: PatchLimit;
  readonly done?: number;
  readonly signal?: AbortSignal;
  /** Called before a call takes its effect. */
  readonly announced?: (intent: Intent) => Promise<void>;
  /** Reason for which a proposal is refused. */
  readonly refuse?: (proposal: Proposal) => string | undefined;
}

export const worktree = "/work/tree";

/** The typed tools over a machine in memory, with a guard that allows what `refuse` does not name. */
export function toolBench(options: ToolBenchOptions = {}): ToolBench {
  const files = Object.fromEntries(
    Object.entries(options.files ?? {}).map(([path, content]) => [
      path.startsWith("/") ? path : `${worktree}/${path}`,
      content,
    ]),
  );
  const host = memoryHost({
    ...options,
    files: { [`${worktree}/.git/HEAD`]: "ref: refs/heads/main\n", ...files },
  });
  const proposals: Proposal[] = [];
  const events: StepEvent[] = [];
  const intents: Intent[] = [];
  const conflicts: string[] = [];
  const call = makeCaller({
    host,
    policy: policyWith(options.perCall ?? { files: 1, lines: 20 }),
    worktree,
    env: { PATH: "/usr/bin" },
    jail: undefined,
    iteration: 1,
    done: options.done ?? 0,
    decide: async (proposal) => {
      proposals.push(proposal);
      return decided(options.refuse?.(proposal));
    },
    announce: async (intent) => {
      intents.push(intent);
      await options.announced?.(intent);
    },
    record: (event) => void events.push(event),
    conflicted: (says) => void conflicts.push(says),
    signal: options.signal ?? new AbortController().signal,
  });
  return {
    host,
    proposals,
    events,
    intents,
    conflicts,
    call: async (tool, args) => await call({ tool, args }),
    text: async (path) => await host.files.readText(`${worktree}/${path}`),
  };
}

function decided(why: string | undefined): Decided {
  const reasons = why === undefined ? [] : [{ rule: "test/refused", verdict: "deny" as const, says: why }];
  const judgement: Judgement = {
    verdict: why === undefined ? "allow" : "deny",
    reasons,
    effects: [],
    facts: {},
  };
  return { judgement, enforced: why !== undefined, says: why ?? "" };
}

function policyWith(perCall: PatchLimit): Policy {
  return {
    ...blankPolicy,
    scope: { allow: ["src/**", "test/**"], deny: [] },
    budgets: { ...blankPolicy.budgets, patch: { ...blankPolicy.budgets.patch, perCall } },
  };
}
