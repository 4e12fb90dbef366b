import type { LineRange } from "./match.ts";

/** An edit that did not match. */
export interface FailedEdit {
  /** Relative to the worktree. */
  readonly path: string;
  readonly oldText: string;
  readonly newText: string;
  /** Where it was or may have been meant. */
  readonly ranges: readonly LineRange[];
}

/**
 * Edits that failed to match in this turn. The second failure of the same edit is told, because guessing on ends in a
 * rewritten file (Harness Engineering, conflict recovery).
 */
export class Conflicts {
  readonly #told: (says: string) => void;
  #failed: readonly FailedEdit[] = [];

  constructor(told: (says: string) => void) {
    this.#told = told;
  }

  /** Whether this was the second failure of the same edit. */
  add(edit: FailedEdit): boolean {
    const second = this.#failed.some((earlier) => isSame(earlier, edit));
    this.#failed = [...this.#failed, edit];
    if (second) this.#told(`the same edit of ${edit.path} did not match twice`);
    return second;
  }

  /** Whether an edit of this file has failed and none that replaces it has gone through since. */
  has(path: string): boolean {
    return this.#failed.some((edit) => edit.path === path);
  }

  /** An edit went through: what it was tried as before is settled. */
  settle(edit: FailedEdit): void {
    this.#failed = this.#failed.filter((earlier) => !isSame(earlier, edit));
  }
}

// The same place or the same purpose: a retry rewords the anchor and keeps the text that it wants to see.
function isSame(a: FailedEdit, b: FailedEdit): boolean {
  if (a.path !== b.path) return false;
  if (a.oldText === b.oldText || (a.newText !== "" && a.newText === b.newText)) return true;
  return a.ranges.some((one) => b.ranges.some((two) => one.first <= two.last && two.first <= one.last));
}
