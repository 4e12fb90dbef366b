import type { Judgement } from "./action.ts";
import type { Exit } from "./exit.ts";

/** How a tool call ended. */
export type Outcome =
  | { readonly kind: "done"; readonly result: ToolResult }
  | { readonly kind: "failed"; readonly error: ToolError }
  | { readonly kind: "refused"; readonly judgement: Judgement };

export type ToolResult =
  | {
      readonly kind: "patched";
      readonly path: string;
      readonly added: number;
      readonly removed: number;
      readonly diffId: string;
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: "text"; readonly text: string; readonly truncated: boolean }
  | { readonly kind: "ran"; readonly exit: Exit; readonly output: string; readonly truncated: boolean };

/** A stable code, the least context that a retry needs, and whether a retry makes sense (Harness Engineering, error contract). */
export interface ToolError {
  readonly code: ToolErrorCode;
  readonly says: string;
  readonly context: string;
  readonly retryable: boolean;
}

export type ToolErrorCode =
  | "NOT_FOUND"
  | "NO_MATCH"
  | "NON_UNIQUE_MATCH"
  | "ALREADY_EXISTS"
  | "BUDGET_EXCEEDED"
  | "POLICY_VIOLATION"
  | "NOT_TEXT"
  | "OUTSIDE_WORKTREE"
  | "UNKNOWN_TOOL"
  | "MALFORMED_ARGUMENTS"
  /** The process was killed while the call was under way. */
  | "CUT_OFF"
  | "FAILED";
