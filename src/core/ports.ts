import type { Action, Facts, Judgement, SecondOpinion } from "./action.ts";
import type { Entry, Erased, Event, AgentEnding, Usage } from "./event.ts";
import type { Exit } from "./exit.ts";
import type { StoredRow } from "./chain.ts";
import type { Outcome } from "./outcome.ts";

/** Everything that touches the machine. The real one is in `host/`; tests use the one in memory. */
export interface Host {
  readonly files: Files;
  readonly platform: Platform;
  /** The environment as it was at start; never written. */
  readonly env: Readonly<Record<string, string | undefined>>;
  exec(command: Command): Promise<Ran>;
  /** Starts a process whose lines are read while it runs. */
  spawn(command: Command): Running;
  /** Serves one request line with one answer line on a Unix socket (or named pipe) that only this user may open. */
  listen(path: string, answer: (line: string) => Promise<string>): Promise<Listening>;
  /** Absolute path of a program on the PATH of `env`, or `undefined`. */
  which(program: string): Promise<string | undefined>;
  /** What can confine a process here. Asked by a real trial run, once. */
  jail(): Promise<JailStatus>;
  readonly git: Git;
  /** An exclusive lock that ends with the process however it ends; `undefined` while another process holds it. */
  lock(path: string): Promise<Lock | undefined>;
  /** Aborts after so many milliseconds; it does not keep the process alive. */
  deadline(ms: number): AbortSignal;
  now(): Date;
  /** Milliseconds from an arbitrary start that never go backwards. */
  elapsedMs(): number;
  /** Lowercase hex digits. */
  randomHex(digits: number): string;
}

export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** Version without the `v`. */
  readonly node: string;
  /** Absolute path of the running Node. */
  readonly execPath: string;
  readonly home: string;
  readonly tempDir: string;
  readonly pid: number;
  readonly user: string;
}

/**
 * Runs git without pager, prompts, replacement objects or colour, in the C locale. `neutral` also leaves the user's and
 * the system's configuration out. Throws `repo/git-missing` where there is no git.
 */
export interface Git {
  run(args: readonly string[], options: GitOptions): Promise<Ran>;
  /** Standard output of a git command that must succeed, without its last line break; else throws `repo/git-failed`. */
  text(args: readonly string[], options: GitOptions): Promise<string>;
}

export interface GitOptions {
  readonly cwd: string;
  readonly neutral?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Default 60,000. */
  readonly timeoutMs?: number;
  /** Default 64 MiB. */
  readonly outputBytes?: number;
}

export interface Lock {
  release(): Promise<void>;
}

export type JailStatus =
  | { readonly kind: "bubblewrap"; readonly version: string }
  | { readonly kind: "none"; readonly why: string; readonly remedy: string };

export interface Listening {
  readonly path: string;
  close(): Promise<void>;
}

export interface Command {
  /** A program with its arguments, or a shell command line (`/bin/sh -c`; `cmd /c` on Windows). */
  readonly run: readonly [string, ...string[]] | { readonly shell: string };
  readonly cwd: string;
  /** The whole environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Output kept, head and tail; what lies between is counted and cut. */
  readonly outputBytes: number;
  readonly stdin?: string;
  readonly jail?: Jail;
  readonly signal?: AbortSignal;
}

/** What a jailed process may see: everything read-only, except these. */
export interface Jail {
  /** Absolute paths that it may write to. */
  readonly writable: readonly string[];
  /** Absolute paths that it must not see at all: the ledger, the key, credentials. */
  readonly hidden: readonly string[];
  /** Absolute paths that it may read, but not write, although they lie below a temporary folder that it sees empty. */
  readonly readable?: readonly string[];
}

export interface Ran {
  readonly exit: Exit;
  /** Standard output and error as they came. */
  readonly output: string;
  readonly stdout: string;
  readonly stderr: string;
  /** All bytes, kept or not. */
  readonly outputBytes: number;
  readonly truncated: boolean;
  readonly durationMs: number;
}

export interface Running {
  readonly lines: AsyncIterable<string>;
  write(text: string): void;
  closeInput(): void;
  /** Ends the process and every process that it started. */
  kill(): void;
  /** What it wrote to standard error, the last 64 KiB. */
  stderr(): string;
  readonly ended: Promise<Exit>;
}

/** Paths are absolute. Reading what is not there gives `undefined`; every other trouble throws a `Fault`. */
export interface Files {
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /** Replaces the file as a whole (temporary file, rename) and makes its folders. `mode` as in chmod. */
  write(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  append(path: string, text: string): Promise<void>;
  /** Names with a trailing slash for folders, sorted; `undefined` where there is no such folder. */
  list(path: string): Promise<readonly string[] | undefined>;
  stat(path: string): Promise<FileStat | undefined>;
  /** The path with symbolic links resolved; parts that do not exist are kept as written. */
  real(path: string): Promise<string>;
  makeFolder(path: string, mode?: number): Promise<void>;
  makeTempFolder(prefix: string): Promise<string>;
  remove(path: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
}

export interface FileStat {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly bytes: number;
  readonly mode: number;
  readonly modifiedMs: number;
}

/** The record of truth. Appending is durable: what was acknowledged survives `kill -9` and a power cut. */
export interface LedgerStore {
  /** Chains and writes in one transaction and returns what was written; concurrent writers wait for a bounded time. Throws `ledger/unwritable`. */
  append(entries: readonly NewEntry[]): readonly Entry[];
  /** Entries of a session in order, from `after` (exclusive). */
  read(session: string, after?: number): Iterable<Entry>;
  /** The same as stored, for verification and evidence: nothing is parsed. */
  rows(session: string, after?: number): Iterable<StoredRow>;
  /** In the order in which the sessions were opened. */
  sessions(): readonly SessionHead[];
  head(session: string): SessionHead | undefined;
  /** Rows of all sessions, counted in the rows themselves. */
  countRows(): number;
  /** Adds to the checkpoint chain what `make` returns, in one transaction with what it was given. */
  addCheckpoint(
    make: (last: StoredCheckpoint | undefined, heads: readonly SessionHead[]) => StoredCheckpoint | undefined,
  ): StoredCheckpoint | undefined;
  /** In order, from the first. */
  checkpoints(): Iterable<StoredCheckpoint>;
  lastCheckpoint(): StoredCheckpoint | undefined;
  /**
   * Puts `Erased` in a payload's place, physically, and appends the `entry.erased` event to the same session, in one
   * transaction. The entry must exist and must not itself be an `entry.erased`.
   */
  erase(target: EntryPlace, by: { readonly actor: string; readonly reason: string }): Entry;
  /** Returns the content's SHA-256. Putting the same again renews its age. */
  putArtifact(content: Uint8Array): string;
  /** `undefined` where it never was or has been pruned. Throws `ledger/broken` where the content is another one. */
  getArtifact(digest: string): Uint8Array | undefined;
  artifacts(): readonly StoredArtifact[];
  /** Of these, those last put before `olderThan` (ISO date and time). Returns how many there were. */
  removeArtifacts(digests: readonly string[], olderThan?: string): number;
  /** Counts by day, kept in the transactions that append: what pages show. Verdicts are folded from entries instead. */
  rollups(days?: DayRange): readonly Rollup[];
  close(): void;
}

export interface NewEntry {
  readonly session: string;
  readonly actor: string;
  readonly event: Event | Erased;
  /** Left out where the session has an entry already: of several processes that open a session at once, one does. */
  readonly opens?: true;
}

export interface EntryPlace {
  readonly session: string;
  readonly seq: number;
}

export interface SessionHead {
  readonly session: string;
  /** The session's place in the order of opening, from 1, without gaps: a dropped session leaves one. */
  readonly number: number;
  readonly seq: number;
  readonly hash: string;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** Ed25519 over `headMessage`, base64; empty where the writer had no key. */
  readonly signature: string;
  /** `seq` as the last checkpoint has it, 0 where none has: what the next one leaves out. Nothing trusts it. */
  readonly noted: number;
}

/** One link of the checkpoint chain. `body` is canonical JSON (`Checkpoint` in `ledger/`); `hash` is its SHA-256. */
export interface StoredCheckpoint {
  readonly number: number;
  readonly body: string;
  readonly hash: string;
  /** Ed25519 over `checkpointMessage`, base64; empty where the writer had no key. */
  readonly signature: string;
}

export interface StoredArtifact {
  readonly digest: string;
  readonly bytes: number;
  /** When it was last put: ISO 8601, UTC. */
  readonly at: string;
}

/** UTC days as in `2026-01-31`, both inclusive. */
export interface DayRange {
  readonly from?: string;
  readonly to?: string;
}

/** How many entries of a type, and with which codes (`core/rollup.ts`), were appended on a UTC day. */
export interface Rollup {
  readonly day: string;
  readonly type: string;
  /** Empty for the type's own count. */
  readonly code: string;
  readonly count: number;
}

/** A key that signs. Its private half never leaves the user's configuration folder. */
export interface Signer {
  /** SPKI in PEM. */
  readonly publicKey: string;
  sign(message: Uint8Array): Uint8Array;
}

/** Any coding agent. It translates and decides nothing. */
export interface Agent {
  /** As on the command line: `recorded`, `claude`, `codex`, `gemini`, `opencode`, `acp`. */
  readonly id: string;
  readonly version: string | undefined;
  /** Whether its actions really come from a model. A recorded agent says so wherever its result is shown. */
  readonly recorded: boolean;
  /** Works on the prompt until it is done or stopped. Never throws for what an agent may do wrong. */
  turn(turn: Turn): Promise<TurnResult>;
  /**
   * Makes a forbidden call (a forced push) on the path that the agent's own calls take and says whether it was refused.
   * Absent where every call goes through `Turn.call`.
   */
  readonly probe?: (turn: ProbeTurn) => Promise<Probed>;
}

export type ProbeTurn = Pick<Turn, "workspace" | "home" | "jail" | "decide" | "signal">;

export interface Probed {
  readonly refused: boolean;
  readonly says: string;
}

export interface Turn {
  readonly iteration: number;
  readonly prompt: string;
  /** Absolute path of the workspace, the agent's working folder. */
  readonly workspace: string;
  /** Absolute path of the agent's own configuration folder: writable, kept between the turns of a run. */
  readonly home: string;
  readonly jail: Jail | undefined;
  readonly model: string | undefined;
  /** Calls already finished in this iteration when a killed run is resumed. */
  readonly done: number;
  readonly signal: AbortSignal;
  /** Appends the decision to the ledger, then gives it. */
  decide(proposal: Proposal): Promise<Decided>;
  /** One typed tool call on its only path: parse, judge, run, record. */
  call(call: ToolCall): Promise<Outcome>;
  /** Appends what the agent said or used; budgets may abort `signal` in answer. */
  report(
    news: { readonly kind: "said"; readonly text: string } | { readonly kind: "used"; readonly usage: Usage },
  ): Promise<void>;
}

export interface Proposal {
  /** The agent's own id of the call, where it gives one. */
  readonly call: string | undefined;
  readonly tool: string;
  readonly action: Action;
}

export interface Decided {
  readonly judgement: Judgement;
  /** False when the policy only observes: the verdict was recorded and does not bind. */
  readonly enforced: boolean;
  /** What to tell the agent: empty for an allow. */
  readonly says: string;
}

export interface ToolCall {
  readonly tool: string;
  readonly args: unknown;
}

export interface TurnResult {
  readonly ending: AgentEnding;
  /** Every tool call that the agent's own transcript shows, for reconciliation; empty when calls went through `call`. */
  readonly calls: readonly ObservedCall[];
  /** False where no transcript was found: then nothing can be reconciled. */
  readonly transcript: boolean;
}

export interface ObservedCall {
  readonly call: string | undefined;
  readonly tool: string;
  readonly action: Action;
  /** Whether it could change anything: everything but reads and searches. */
  readonly effectful: boolean;
  readonly ended: "ran" | "refused" | "failed";
}

/** Facts that a decision needs, named by `guard`'s `read` and gathered outside. */
export interface FactNeeds {
  readonly currentBranch: boolean;
  readonly upstream: boolean;
  readonly dirty: boolean;
  /** Absolute paths. */
  readonly paths: readonly string[];
  /** Names of git subcommands that may be aliases. */
  readonly aliases?: readonly string[];
  /** Absolute paths of files whose text is needed. */
  readonly texts?: readonly string[];
  /** Absolute paths of files and folders whose digest is needed. */
  readonly digests?: readonly string[];
  /** Whether what the session did before matters, for the paths in `digests`. */
  readonly history?: boolean;
  /** Names of packages that would be installed, as they are given. */
  readonly packages?: readonly string[];
}

/**
 * Asks the model that the user set up about a command that is risky but unproven. Never throws: what keeps the model
 * from answering is an answer too.
 */
export type AskSecond = (question: SecondQuestion) => Promise<Omit<SecondOpinion, "lifted">>;

/** What the model is given: the command, what it would do and the user's words, and nothing that the agent says of it. */
export interface SecondQuestion {
  readonly instructions: string;
  readonly prompt: string;
}

export type GatherFacts = (needs: FactNeeds) => Promise<Facts>;
