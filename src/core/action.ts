import type { WorkMode } from "./policy.ts";

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
  /** Reasons that an `allow` of the policy took away, with the id of that entry. */
  readonly lifted?: readonly { readonly reason: Reason; readonly by: string }[];
  readonly effects: readonly Effect[];
  /** Commands that stand inside others or are made by expansion, in the order in which they were found. */
  readonly unfolded?: readonly Unfolding[];
  /** The facts that the decision used, as they were when it was made. */
  readonly facts: Facts;
  /** What a model said, where the user has set one up for commands that the rules only ask about. */
  readonly second?: SecondOpinion;
}

/** A model's answer about a command that is risky but unproven. It never lifts a denial. */
export interface SecondOpinion {
  readonly model: string;
  readonly answer: "allow" | "prompt" | "terminate" | "unavailable";
  readonly says: string;
  /** False where the model's calibration does not hold: then its answer is on record and changes nothing. */
  readonly binding: boolean;
  /** The reasons that an allow took away. */
  readonly lifted: readonly Reason[];
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

/** A command that the text hides: what runs it, and how it reads then. Parts that cannot be known are `…`. */
export interface Unfolding {
  /** The program, function or alias that runs it; `expansion` where the shell makes it out of other words. */
  readonly by: string;
  readonly text: string;
  readonly span: Span;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a command or an edit would do to the world. `undefined` targets are opaque: not resolvable from the text. */
export type Effect =
  | {
      readonly kind: "read" | "write" | "delete";
      /** Absolute where the working folder is known; a glob pattern where `glob` is set. */
      readonly path: string | undefined;
      readonly recursive: boolean;
      readonly glob?: boolean;
      /** Of an opaque path: the known folder that it is in (or is, when nothing of its last part is known). */
      readonly under?: string;
      /** The program that does it, or `edit` for an agent's own editing tool. */
      readonly by?: string;
      readonly span?: Span;
    }
  | {
      readonly kind: "execute";
      readonly program: string | undefined;
      readonly args: readonly (string | undefined)[];
      /** The same words with U+E000 for each part that cannot be known; absent where all of them are known. */
      readonly words?: readonly string[];
      readonly cwd: string | undefined;
      /** The text on its standard input, cut short, where it is known; U+E000 stands for what is not. */
      readonly input?: string;
      /** Variables set by the action that choose what a program works on: an environment, a profile, a host. */
      readonly env?: Readonly<Record<string, string>>;
      readonly span?: Span;
    }
  | {
      readonly kind: "git";
      readonly operation: string;
      readonly args: readonly (string | undefined)[];
      /** Where git acts, after `-C`, `--work-tree` and `GIT_DIR`. */
      readonly cwd: string | undefined;
      /** Settings given for this call alone (`-c`, `GIT_CONFIG_*`), keys in lower case. */
      readonly config?: Readonly<Record<string, string>>;
      /** A variable tells the repository's hook manager to do nothing. */
      readonly withoutHooks?: true;
      readonly span?: Span;
    }
  | { readonly kind: "network"; readonly target: string | undefined; readonly span?: Span }
  | { readonly kind: "opaque"; readonly what: string; readonly span?: Span };

/**
 * What the guard may know about the world. A fact that was not asked for is absent; one that could not be
 * determined is `"unknown"` (and rules treat it as the dangerous value).
 */
export interface Facts {
  /** What the agent is about; absent while it implements. */
  readonly mode?: WorkMode;
  /** Absolute path of the tree the agent works in. */
  readonly worktree?: string;
  /** Absolute home folder of the agent's process. */
  readonly home?: string;
  /** Folders whose content is temporary, absolute. */
  readonly tempDirs?: readonly string[];
  /** `HEAD` when no branch is checked out. */
  readonly currentBranch?: string | "unknown";
  /** What a plain push would update, as in `origin/main`; empty where it has nowhere to go. */
  readonly upstream?: string | "unknown";
  /** Whether tracked files differ from the last commit. */
  readonly dirty?: boolean | "unknown";
  /** git aliases by name, as configured; empty where the name is no alias. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Absolute folders that no action may touch, wherever they lie: the user's checkout, the ledger, the key. */
  readonly guarded?: readonly string[];
  /** Per absolute path: how git and the file system see it. */
  readonly paths?: Readonly<Record<string, PathFact>>;
  /** Per absolute path: what a file holds that the action would run (a script, a Makefile, the scripts of a package.json). */
  readonly texts?: Readonly<Record<string, FileText>>;
  /**
   * Per absolute path: SHA-256 of a file's content, or of the sorted names in a folder, as they are now. Recorded when
   * something is read or listed, and again when it would be run or deleted.
   */
  readonly digests?: Readonly<Record<string, string>>;
  /** What this session did before, as far as it concerns the paths in `digests`; absent where there is no session. */
  readonly history?: History | "unknown";
  /** Per name of a package that would be installed: what the lockfiles say about it. */
  readonly packages?: Readonly<Record<string, PackageFact | "unknown">>;
}

export interface PackageFact {
  /** Whether a lockfile holds it already. */
  readonly locked: boolean;
  /** A locked name that is one slip away. */
  readonly near?: string;
}

export type FileText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  /** Not a text file, too large, or not readable. */
  | { readonly kind: "unreadable"; readonly says: string };

export interface History {
  /** Per absolute path: the digest that it had when the agent last saw it, or `edited` where the agent changed what it had seen. */
  readonly seen: Readonly<Record<string, string>>;
  /** Absolute paths that the session created or changed. */
  readonly changed: readonly string[];
}

export interface PathFact {
  readonly exists: boolean | "unknown";
  readonly tracked: boolean | "unknown";
  readonly ignored: boolean | "unknown";
  /** Whether it differs from the last commit. */
  readonly modified?: boolean | "unknown";
  /** The path with symbolic links resolved, when it differs. */
  readonly real?: string;
}
