import type { Severity } from "./finding.ts";

export type Preset = "observe" | "standard" | "strict";

/** The policy as decided: validated, merged and without defaults left open. Times are milliseconds. */
export interface Policy {
  readonly preset: Preset;
  /** Branch globs that nobody pushes to, rewrites or deletes. */
  readonly protectedBranches: readonly string[];
  readonly scope: Scope;
  readonly budgets: Budgets;
  readonly gates: Gates;
  readonly setup: Setup;
  readonly guard: GuardPolicy;
  readonly jail: JailMode;
  readonly owners: Owners;
  readonly redaction: Redaction;
  readonly retention: Retention;
  readonly waivers: readonly Waiver[];
  /** Repository-relative path of the spec file, if the project has one. */
  readonly spec: string | undefined;
}

/** Repository-relative globs. A path is in scope when an allow glob matches and no deny glob does. */
export interface Scope {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

export interface Budgets {
  readonly iterations: number;
  readonly wallTimeMs: number;
  readonly tokensSoft: number;
  readonly tokensHard: number;
  readonly costUsd: number;
  readonly patch: PatchBudgets;
  /** Failed starts of an agent before the run gives up. */
  readonly dispatches: number;
  /** Refused actions in one turn after which the turn ends. */
  readonly strikes: number;
}

export interface PatchBudgets {
  readonly perCall: PatchLimit;
  readonly perAttempt: PatchLimit;
  /** Net difference between the base and the workspace over the whole run. */
  readonly total: PatchLimit;
  /** Replaces `perAttempt` and `total` when the fallback gate is used. */
  readonly underFallback: PatchLimit;
}

export interface PatchLimit {
  readonly files: number;
  /** Added plus removed lines. */
  readonly lines: number;
}

export interface Gates {
  readonly full: readonly GateCheck[];
  /** Used when no test command can be made to run (Harness Engineering, fallback gate). At least one of them must be `targeted`. */
  readonly fallback: readonly GateCheck[];
}

export interface GateCheck {
  readonly name: string;
  /** A shell command, run in the workspace. */
  readonly run: string;
  readonly timeoutMs: number;
  /** Whether executed tests are counted: `auto` decides by the command and by the output. */
  readonly tests: "auto" | "required" | "none";
  /** Glob of JUnit XML files that the command writes. */
  readonly junit: string | undefined;
  /** What a failure that was there before the first attempt, and is still the same, means. */
  readonly whenRedBefore: "must_fix" | "report";
  /** Reruns of a failing check that may show that it is flaky. */
  readonly reruns: number;
  /** In the fallback gate: the documented command that exercises the changed behaviour. */
  readonly targeted: boolean;
}

/** What makes a fresh workspace able to run its gates. */
export interface Setup {
  readonly run: readonly string[];
  /** Absolute or `~/` paths that setup and gates may write to. */
  readonly caches: readonly string[];
  readonly timeoutMs: number;
}

export interface GuardPolicy {
  /** Rule id, family (`git/*`) or `*` → what happens when it fires. Longest match wins; the default is `enforce`. */
  readonly rules: Readonly<Record<string, RuleMode>>;
  /** Rules that a repository or a user wrote, besides those that are built in. */
  readonly custom: readonly CustomRule[];
}

export interface CustomRule {
  /** As in `custom/no-cluster-delete`. */
  readonly id: string;
  /** `allow` lifts what built-in rules say of what it matches; `ask` and `deny` add a reason. */
  readonly verdict: "allow" | "ask" | "deny";
  readonly says: string;
  readonly instead: string | undefined;
  /** One of them is enough. */
  readonly match: CustomMatch;
  /** Repository-relative globs of the folders it holds in; empty for every folder. */
  readonly paths: readonly string[];
  /** Empty for every mode. */
  readonly modes: readonly WorkMode[];
  readonly mode: Exclude<RuleMode, "off">;
  /** Of an `allow`: whether it also lifts rules about what cannot be undone. Only the user's own settings can say so. */
  readonly irreversible: boolean;
  readonly examples: { readonly block: readonly CustomExample[]; readonly allow: readonly CustomExample[] };
}

/** Path globs are relative to the repository root, absolute, or start with `~/`. */
export interface CustomMatch {
  /** A program and its arguments, as in `kubectl delete`. */
  readonly command: readonly string[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly deletes: readonly string[];
  /** Files that an agent's editing tool creates, changes or removes. */
  readonly edits: readonly string[];
  /** Globs of host names. */
  readonly network: readonly string[];
  /** Globs of `server/name`. */
  readonly tool: readonly string[];
}

/** A command line, or one thing that a tool of an agent would do: exactly one of the members but `cwd` is there. */
export type CustomExample =
  | string
  | {
      readonly command?: string | undefined;
      readonly cwd?: string | undefined;
      readonly edit?: string | undefined;
      readonly read?: string | undefined;
      readonly fetch?: string | undefined;
      readonly tool?: string | undefined;
    };

/** What an agent is about while it acts. */
export type WorkMode = "frame" | "plan" | "implement" | "review";

/** `observe` records what would have happened and lets it pass. */
export type RuleMode = "enforce" | "observe" | "off";

export type JailMode = "auto" | "off" | "required";

/** Free text (a person, a team, an address) shown to people; nothing is sent to it. */
export interface Owners {
  readonly spec: string | undefined;
  readonly evaluation: string | undefined;
  readonly harness: string | undefined;
  readonly escalation: string | undefined;
  /** Takes over when `escalation` does not answer. */
  readonly secondary: string | undefined;
}

export interface Redaction {
  readonly enabled: boolean;
  /** Names of environment variables whose values are never written, besides those that look like credentials. */
  readonly env: readonly string[];
}

export interface Retention {
  readonly artifactDays: number;
}

/** A recorded decision to go on despite a finding or a failing check. It is not a pass. */
export interface Waiver {
  readonly id: string;
  /** The check's name or the finding's code. */
  readonly what: string;
  /** The diff id (`diff:` + 64 hex digits) that it holds for, and no other. */
  readonly diff: string;
  readonly reason: string;
  readonly approver: string;
  /** ISO date or time, UTC; from then on the waiver is void. */
  readonly expires: string;
}

/** Where a value came from; `field` is its dotted path. */
export interface Origin {
  readonly field: string;
  readonly source:
    | "default"
    | "preset"
    | "surefoot.yaml"
    | "service overlay"
    | "surefoot.local.yaml"
    | "user settings"
    | "command line"
    | "task";
  readonly file?: string;
  readonly line?: number;
}

/** A file of the repository that would loosen the guard, and whether the user trusts it as it is now. */
export interface Loosened {
  readonly file: string;
  /** SHA-256 of its text. */
  readonly digest: string;
  readonly trusted: boolean;
  /** One line for each entry that loosens. */
  readonly says: readonly string[];
}

/** A policy with its digest (SHA-256 of its canonical form) and the origin of every field. */
export interface CompiledPolicy {
  readonly policy: Policy;
  readonly digest: string;
  readonly origins: readonly Origin[];
  readonly loosened: readonly Loosened[];
  /** Severities by code, from the taxonomy files that the policy names. */
  readonly taxonomy: Readonly<Record<string, { readonly severity: Severity; readonly description: string }>>;
}
