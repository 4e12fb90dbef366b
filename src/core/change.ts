/** A diff between two trees, whoever made it. */
export interface Change {
  /** Commit ids (or a tree-ish name where there is no commit yet). */
  readonly base: string;
  readonly head: string;
  readonly files: readonly FileChange[];
}

export interface FileChange {
  readonly path: string;
  readonly status: "added" | "modified" | "deleted" | "renamed" | "type-changed";
  /** The former path of a rename. */
  readonly from?: string;
  /** Counts of lines; 0 and `binary: true` for binary files. */
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
  /** Where a symbolic link points to in the head; absent for everything else. */
  readonly link?: string;
  /** Unified hunks without file headers; empty for binary files and when the diff was cut. */
  readonly hunks: string;
}

export interface DiffSize {
  readonly files: number;
  readonly lines: number;
}

/** Lines are added plus removed ones, as patch-locality budgets count them. */
export function sizeOf(change: Change): DiffSize {
  return {
    files: change.files.length,
    lines: change.files.reduce((sum, file) => sum + file.added + file.removed, 0),
  };
}

/** What an agent says that it changed. `structured` claims come from the report block that the prompt asks for. */
export interface Claim {
  readonly source: "structured" | "prose";
  readonly paths: readonly string[];
  readonly testsPass: boolean | undefined;
}
