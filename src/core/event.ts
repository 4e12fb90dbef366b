import type { Action, Judgement } from "./action.ts";
import type { Claim, DiffSize } from "./change.ts";
import type { Exit } from "./exit.ts";
import type { JudgedFinding } from "./finding.ts";
import type { Outcome } from "./outcome.ts";
import type { PatchLimit, Scope } from "./policy.ts";
import type { RunVerdict, StopReason } from "./stop.ts";
import type { TestCount } from "./test-count.ts";

/** A fact in the past tense: no clock, no id of its own, no hash. Everything else is computed from events. */
export type Event = RunEvent | StepEvent | LedgerEvent;

export type RunEvent =
  | {
      readonly type: "session.opened";
      readonly kind: "run" | "guard";
      readonly version: string;
      readonly policy: string;
      readonly environment: Environment;
    }
  /** One task per run today; the events are those of a wave, so that many agents are only more of the same. */
  | {
      readonly type: "plan.accepted";
      readonly wave: number;
      readonly tasks: readonly PlannedTask[];
      readonly attended: boolean;
    }
  | {
      readonly type: "workspace.created";
      readonly path: string;
      readonly base: string;
      readonly branch: string;
    }
  | {
      readonly type: "setup.finished";
      readonly command: string;
      readonly exit: Exit;
      readonly durationMs: number;
      readonly output: Output;
    }
  | { readonly type: "gate.chosen"; readonly gate: "full" | "fallback"; readonly why: string }
  | {
      readonly type: "task.dispatched";
      readonly task: string;
      readonly wave: number;
      readonly agent: string;
      readonly iteration: number;
      readonly files: readonly string[];
      readonly packet: string;
    }
  | {
      readonly type: "attempt.finished";
      readonly iteration: number;
      readonly ending: AgentEnding;
      /** What this attempt alone changed, against the state before it. */
      readonly step: DiffSize;
      readonly diff: DiffSummary;
      readonly claim: Claim | undefined;
    }
  | { readonly type: "check.finished"; readonly row: CheckRow }
  | { readonly type: "finding.reported"; readonly iteration: number; readonly finding: JudgedFinding }
  | {
      readonly type: "waiver.applied";
      readonly iteration: number;
      readonly id: string;
      readonly what: string;
      readonly diff: string;
      readonly reason: string;
      readonly approver: string;
      readonly expires: string;
    }
  | {
      readonly type: "checkpoint.recorded";
      readonly iteration: number;
      readonly commit: string;
      readonly diff: string;
    }
  | { readonly type: "decision.made"; readonly iteration: number; readonly decision: Decision }
  | {
      readonly type: "reconciled";
      readonly iteration: number;
      readonly calls: number;
      readonly decided: number;
      readonly undecided: readonly UndecidedCall[];
    }
  | { readonly type: "branch.delivered"; readonly branch: string; readonly commit: string }
  | { readonly type: "bundle.written"; readonly path: string; readonly digest: string }
  | { readonly type: "run.interrupted"; readonly says: string }
  | { readonly type: "run.resumed"; readonly from: string }
  | {
      readonly type: "run.finished";
      readonly verdict: RunVerdict;
      readonly stop: StopReason;
      readonly says: string;
    }
  | { readonly type: "run.accepted"; readonly by: string; readonly branch: string }
  | { readonly type: "run.discarded"; readonly by: string };

/** What happens inside an attempt. */
export type StepEvent =
  | {
      readonly type: "agent.probed";
      readonly agent: string;
      readonly refused: boolean;
      readonly says: string;
    }
  | {
      readonly type: "agent.started";
      readonly iteration: number;
      readonly agent: string;
      readonly version: string | undefined;
      readonly jail: string;
    }
  | { readonly type: "agent.said"; readonly iteration: number; readonly text: string }
  | { readonly type: "agent.used"; readonly iteration: number; readonly usage: Usage }
  /** Appended before the answer is given. */
  | {
      readonly type: "action.judged";
      readonly iteration: number;
      readonly call: string;
      readonly tool: string;
      readonly action: Action;
      readonly judgement: Judgement;
      readonly enforced: boolean;
      /** `actionDigest` of the action before it was redacted: what a permit is granted for. */
      readonly digest?: string;
      /** Entry of the permits' session that let it pass despite the judgement. */
      readonly permit?: number;
    }
  | {
      readonly type: "tool.finished";
      readonly iteration: number;
      readonly call: string;
      readonly tool: string;
      readonly outcome: Outcome;
      readonly durationMs: number;
    }
  | {
      readonly type: "escalated";
      readonly iteration: number;
      readonly reason: string;
      readonly says: string;
      readonly to: string | undefined;
    };

export type LedgerEvent =
  /** A person allows one action that the guard stops. */
  | {
      readonly type: "permit.granted";
      /** `actionDigest` of the one action that it is for. */
      readonly action: string;
      readonly subject: Action;
      readonly by: string;
      readonly uses: "once" | "many";
      /** ISO date and time, UTC. */
      readonly expires: string;
    }
  /** Appended before the action happens. */
  | {
      readonly type: "permit.used";
      /** Number of the entry that granted it. */
      readonly grant: number;
      readonly session: string;
      readonly call: string;
    }
  | {
      readonly type: "entry.erased";
      readonly session: string;
      readonly seq: number;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly type: "artifacts.pruned"; readonly count: number; readonly olderThan: string };

export interface Environment {
  readonly node: string;
  readonly git: string;
  readonly os: string;
  readonly arch: string;
  /** The repository's folder name, its branch and commit; never a remote's address. */
  readonly repository: string;
  readonly branch: string | undefined;
  readonly commit: string;
  /** A hook does not ask. */
  readonly dirty: boolean | "unknown";
  readonly jail: string;
}

export interface PlannedTask {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly source: string;
  readonly scope: Scope;
  readonly sections: readonly string[];
  readonly reproduce: string | undefined;
  readonly budget: PatchLimit;
}

/** One row of evidence (agentpatterns.ai, verification ledger). */
export interface CheckRow {
  readonly phase: "baseline" | "after" | "rerun";
  /** 0 in the baseline; attempts count from 1. */
  readonly iteration: number;
  readonly check: string;
  readonly command: string;
  readonly exit: Exit;
  readonly durationMs: number;
  readonly tests: TestCount | undefined;
  readonly output: Output;
  /** The diff that was judged; `diff:` and 64 zeros for the untouched base. */
  readonly diff: string;
  readonly passed: boolean;
  /** Failed before the first attempt in the same way. */
  readonly preExisting: boolean;
  /** Of a failure; equal for the same failure in other words, times and paths. */
  readonly signature: string | undefined;
  /** One line: the headline of the failure, or what passed. */
  readonly says: string;
}

/** Captured output: the kept part (head and tail, at most 64 KiB), and the whole as an artifact where it was longer. */
export interface Output {
  readonly text: string;
  readonly bytes: number;
  readonly truncated: boolean;
  readonly artifact: string | undefined;
}

export interface DiffSummary extends DiffSize {
  /** `diff:` and the SHA-256 of the canonical patch. */
  readonly id: string;
  readonly paths: readonly string[];
  readonly added: number;
  readonly removed: number;
  /** Digest of the patch text, kept as an artifact. */
  readonly artifact: string;
}

export interface Usage {
  readonly model: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  /** Undefined where the agent does not say and no price is known. */
  readonly costUsd: number | undefined;
}

/** How an agent's turn ended. Its exit code proves nothing about the work. */
export type AgentEnding =
  | { readonly kind: "finished"; readonly says: string }
  | {
      readonly kind: "ended";
      readonly by: "strikes" | "conflicts" | "tokens" | "cost" | "wall_time" | "escalation" | "interrupt";
      readonly says: string;
    }
  | { readonly kind: "failed"; readonly says: string }
  | { readonly kind: "unavailable"; readonly says: string };

export type Decision =
  | { readonly kind: "pr_ready"; readonly says: string }
  | { readonly kind: "another_attempt"; readonly says: string; readonly feedback: string }
  | {
      readonly kind: "stop";
      readonly reason: Exclude<StopReason, "passed">;
      readonly says: string;
      readonly next: string;
    };

export interface UndecidedCall {
  readonly tool: string;
  readonly call: string | undefined;
  readonly says: string;
}

/** The ledger's envelope. `hash` covers everything but the payload, which it covers by `digest`, so that one payload can be erased. */
export interface Entry {
  readonly session: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
  readonly actor: string;
  readonly event: Event | Erased;
  readonly digest: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly prev: string;
  readonly hash: string;
}

/** What stands in an erased payload's place; signed in an `entry.erased` event. */
export interface Erased {
  readonly type: "erased";
  readonly reason: string;
  readonly at: string;
}
