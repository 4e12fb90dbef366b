/** What an agent proposes, normalised from any agent's dialect. Paths are as the agent wrote them. */
export type Action =
  | { readonly kind: "exec"; readonly command: string; readonly cwd: string }
  | { readonly kind: "edit"; readonly path: string; readonly change: TextChange }
  | { readonly kind: "read" | "search"; readonly path: string }
  | { readonly kind: "fetch"; readonly url: string }
  | { readonly kind: "tool"; readonly server: string; readonly name: string; readonly input: unknown };

/** One edit of one file. `unknown` is an edit whose text the agent did not show (for instance a binary write). */
export type TextChange =
  | { readonly kind: "create"; readonly text: string }
  | { readonly kind: "replace"; readonly oldText: string; readonly newText: string }
  | { readonly kind: "delete" }
  | { readonly kind: "move"; readonly to: string }
  | { readonly kind: "unknown" };

export type Verdict = "allow" | "ask" | "deny";

/** The guard's answer, whole: `explain`, the hook, the ledger and the report all render this object. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Rules that fired, strictest first. Empty for a plain allow. */
  readonly reasons: readonly Reason[];
  readonly effects: readonly Effect[];
  /** The facts that the decision used, as they were when it was made. */
  readonly facts: Facts;
}

export interface Reason {
  /** The rule's id, as in `git/reset-hard`. */
  readonly rule: string;
  readonly verdict: Verdict;
  readonly says: string;
  /** Where in the command text, in UTF-16 code units; absent for edits. */
  readonly span?: Span;
  /** A safer way that the guard itself allows. */
  readonly instead?: string;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a command or an edit would do to the world. `undefined` targets are opaque: not resolvable from the text. */
export type Effect =
  | {
      readonly kind: "read" | "write" | "delete";
      readonly path: string | undefined;
      readonly recursive: boolean;
      readonly span?: Span;
    }
  | {
      readonly kind: "execute";
      readonly program: string | undefined;
      readonly args: readonly (string | undefined)[];
      readonly cwd: string | undefined;
      readonly span?: Span;
    }
  | {
      readonly kind: "git";
      readonly operation: string;
      readonly args: readonly (string | undefined)[];
      readonly cwd: string | undefined;
      readonly span?: Span;
    }
  | { readonly kind: "network"; readonly target: string | undefined; readonly span?: Span }
  | { readonly kind: "opaque"; readonly what: string; readonly span?: Span };

/**
 * What the guard may know about the world. A fact that was not asked for is absent; one that could not be
 * determined is `"unknown"` (and rules treat it as the dangerous value).
 */
export interface Facts {
  /** Absolute path of the tree the agent works in. */
  readonly worktree?: string;
  /** Absolute home folder of the agent's process. */
  readonly home?: string;
  /** Folders whose content is temporary, absolute. */
  readonly tempDirs?: readonly string[];
  readonly currentBranch?: string | "unknown";
  /** Names of remotes → branch that a plain push would update. */
  readonly upstream?: string | "unknown";
  readonly dirty?: boolean | "unknown";
  /** Per absolute path: how git and the file system see it. */
  readonly paths?: Readonly<Record<string, PathFact>>;
}

export interface PathFact {
  readonly exists: boolean | "unknown";
  readonly tracked: boolean | "unknown";
  readonly ignored: boolean | "unknown";
  /** The path with symbolic links resolved, when it differs. */
  readonly real?: string;
}
