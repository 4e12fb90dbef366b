/** A script of proposals that the recorded agent makes, attempt by attempt. It stands for a model and says so. */
export interface Recording {
  readonly title: string;
  readonly attempts: readonly RecordedAttempt[];
}

export interface RecordedAttempt {
  /** What the agent says before it acts. */
  readonly says: string;
  readonly steps: readonly RecordedStep[];
  /** Its closing words; a claim about changed files may stand in it. */
  readonly closes: string;
  readonly usage:
    | { readonly inputTokens: number; readonly outputTokens: number; readonly costUsd: number | undefined }
    | undefined;
}

export type RecordedStep =
  | { readonly kind: "call"; readonly tool: string; readonly args: unknown }
  /** Applies a patch file (unified diff) hunk by hunk through `apply_patch` and `create_file`. */
  | { readonly kind: "patch"; readonly diff: string }
  | { readonly kind: "escalate"; readonly reason: string; readonly says: string }
  /** Waits; lets tests interrupt a run. */
  | { readonly kind: "wait"; readonly ms: number };
