/** Structural: a fourth severity would need new code everywhere, on purpose. */
export type Severity = "block" | "warn" | "info";

/** What a check or a detector saw. It has no severity: the taxonomy decides that. */
export interface Finding {
  readonly code: string;
  readonly says: string;
  readonly measures: Readonly<Record<string, number>>;
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly path?: string;
  /** Line in the head version, from 1. */
  readonly line?: number;
  readonly excerpt?: string;
}

/** `looked` counts what was examined; a report that looked at nothing is not a pass. */
export interface Report {
  readonly check: string;
  readonly looked: number;
  readonly findings: readonly Finding[];
}

export interface FailureMode {
  readonly code: string;
  readonly severity: Severity;
  readonly detail?: string;
}

/** A finding with the severity that the taxonomy gives it. */
export interface JudgedFinding extends Finding {
  readonly check: string;
  readonly severity: Severity;
}
