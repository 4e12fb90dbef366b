import type { ChainedRow } from "../core/chain.ts";
import type { Environment, Usage } from "../core/event.ts";
import type { Severity } from "../core/finding.ts";
import type { RunVerdict, StopReason } from "../core/stop.ts";
import type { TestCount } from "../core/test-count.ts";

/** `unfinished` is a run without an end in the ledger: it still works, or it was killed. */
export type ReportVerdict = RunVerdict | "unfinished";

/**
 * Everything that a reader of a run is told, in the order in which it is told. Every text in it is safe to show: terminal
 * commands are gone, hidden characters are visible. Only `ledger.rows` holds payloads as they are in the ledger.
 */
export interface RunReport {
  readonly schemaVersion: 1;
  /** The version of surefoot that wrote the report. */
  readonly version: string;
  readonly run: string;
  readonly kind: "run" | "guard";
  readonly verdict: ReportVerdict;
  readonly stop: StopReason | undefined;
  /** What `surefoot run` exits with; `undefined` while there is no verdict. */
  readonly exit: number | undefined;
  /** Verdict and meaning of the stop in plain words. */
  readonly headline: string;
  /** One sentence: how it got there. */
  readonly summary: string;
  /** Whether the agent only replayed a recording. */
  readonly recorded: boolean;
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Time between the first and the last entry, without the pause before a resume. */
  readonly workMs: number;
  readonly task: ReportTask | undefined;
  readonly agent: ReportAgent | undefined;
  readonly gate: { readonly kind: "full" | "fallback"; readonly why: string } | undefined;
  /** Names of the checks, in the order in which they ran. */
  readonly checks: readonly string[];
  /** The baseline first, then one row for each attempt. */
  readonly grid: readonly GridRow[];
  /** What the verdict rests on: the findings of the last attempt. */
  readonly findings: readonly ReportFinding[];
  /** Findings of earlier attempts that the last one no longer has. */
  readonly mended: readonly ReportFinding[];
  readonly claims: ReportClaims | undefined;
  readonly patch: ReportPatch;
  readonly outputs: readonly CheckOutput[];
  readonly refused: readonly JudgedAction[];
  readonly allowed: readonly JudgedAction[];
  readonly preExisting: readonly PreExisting[];
  readonly waivers: readonly ReportWaiver[];
  readonly reconciliation: Reconciliation;
  readonly escalations: readonly string[];
  readonly budgets: readonly BudgetLine[];
  readonly usage: Usage;
  readonly environment: Environment | undefined;
  readonly events: readonly EventRow[];
  readonly ledger: LedgerSlice;
  readonly delivered: { readonly branch: string; readonly commit: string } | undefined;
  readonly settled: "accepted" | "discarded" | undefined;
  /** Where the other forms of the evidence are, as given by the caller. */
  readonly links: ReportLinks;
  /** The command that replays the session. */
  readonly replay: string;
  readonly next: readonly NextStep[];
}

export interface ReportTask {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly source: string;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly reproduce: string | undefined;
}

export interface ReportAgent {
  readonly id: string;
  readonly version: string | undefined;
  readonly jail: string;
  /** As shown to people: `codex 0.9`, or `recorded (a replayed recording, no model)`. */
  readonly says: string;
}

export interface GridRow {
  /** 0 is the untouched base. */
  readonly iteration: number;
  readonly name: string;
  readonly diff:
    | { readonly id: string; readonly files: number; readonly added: number; readonly removed: number }
    | undefined;
  readonly calls: number;
  readonly refused: number;
  readonly cells: readonly Cell[];
  /** What followed: `ready`, `another attempt`, a stop reason, or `undefined` while open. */
  readonly decision:
    | { readonly kind: "pr_ready" | "another_attempt" | "stop"; readonly word: string; readonly says: string }
    | undefined;
}

/**
 * `known`: fails as it did before the first attempt, and the policy only reports that. `waived` is not a pass.
 * `flaky`: failed, then passed on the same diff. `unrunnable`: the command could not be started.
 */
export type CellState = "passed" | "failed" | "known" | "waived" | "flaky" | "unrunnable" | "not_run";

export interface Cell {
  readonly check: string;
  readonly state: CellState;
  readonly says: string;
  readonly tests: TestCount | undefined;
  readonly durationMs: number | undefined;
  /** Id of the row's output in `outputs`. */
  readonly output: string | undefined;
}

export interface CheckOutput {
  readonly id: string;
  readonly iteration: number;
  readonly phase: "baseline" | "after" | "rerun";
  readonly check: string;
  readonly command: string;
  readonly state: CellState;
  readonly ended: string;
  readonly durationMs: number;
  readonly tests: TestCount | undefined;
  readonly says: string;
  readonly diff: string;
  readonly text: string;
  /** Bytes that the command printed; `text` may hold less. */
  readonly bytes: number;
  readonly truncated: boolean;
  readonly artifact: string | undefined;
}

export interface ReportFinding {
  readonly iteration: number;
  readonly severity: Severity;
  readonly code: string;
  readonly check: string;
  readonly says: string;
  readonly waived: boolean;
  readonly places: readonly { readonly where: string; readonly excerpt: string | undefined }[];
}

export interface ReportClaims {
  readonly iteration: number;
  /** `structured`: in the report block that the prompt asks for; `prose`: read from its closing words. */
  readonly source: "structured" | "prose";
  /** False when the run stopped before claim and diff were compared. */
  readonly compared: boolean;
  readonly rows: readonly ClaimRow[];
}

export interface ClaimRow {
  readonly claim: string;
  readonly shown: "true" | "not_true" | "unclaimed" | "unknown";
  readonly says: string;
}

export interface ReportPatch {
  /** Largest change first: what to read first. Empty hunks where the caller had no patch. */
  readonly files: readonly PatchFile[];
  readonly added: number;
  readonly removed: number;
  readonly known: boolean;
}

export interface PatchFile {
  readonly path: string;
  readonly from: string | undefined;
  readonly status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
  readonly hunks: string;
}

export interface JudgedAction {
  readonly seq: number;
  readonly iteration: number;
  readonly tool: string;
  readonly action: string;
  readonly verdict: "allow" | "ask" | "deny";
  /** False where the policy only observes: the action went ahead. */
  readonly enforced: boolean;
  /** Strictest first. */
  readonly reasons: readonly {
    readonly rule: string;
    readonly says: string;
    readonly instead: string | undefined;
  }[];
}

/** A check that failed before the first attempt, and how it ended in the last gate. */
export interface PreExisting {
  readonly check: string;
  readonly says: string;
  readonly now: CellState;
}

export interface ReportWaiver {
  readonly iteration: number;
  readonly id: string;
  readonly what: string;
  readonly reason: string;
  readonly approver: string;
  readonly expires: string;
}

/** `complete`: every call in the agent's transcript has a decision. `none`: no transcript was compared. */
export interface Reconciliation {
  readonly state: "complete" | "unguarded" | "none";
  readonly calls: number;
  readonly decided: number;
  readonly undecided: readonly { readonly iteration: number; readonly tool: string; readonly says: string }[];
}

export interface BudgetLine {
  readonly name: string;
  /** `undefined` where it is not known, for instance when an agent reports no cost. */
  readonly used: number | undefined;
  readonly allowed: number;
  readonly usedText: string;
  readonly allowedText: string;
}

export interface EventRow {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly type: string;
  readonly iteration: number | undefined;
  readonly says: string;
  /** Refusals, failed checks, findings that block, stops. */
  readonly notable: boolean;
}

export interface LedgerSlice {
  readonly entries: number;
  readonly head: string;
  /** Digest of the policy that opened the session. */
  readonly policy: string;
  /** Marks of removed secrets in the payloads. */
  readonly redactions: number;
  readonly erased: number;
  readonly rows: readonly ChainedRow[];
}

export interface ReportLinks {
  readonly html?: string;
  readonly bundle?: string;
  readonly json?: string;
}

export interface NextStep {
  readonly says: string;
  readonly command: string | undefined;
}
