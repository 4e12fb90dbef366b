import { Fault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault.ts";

/**
 * Runs `attempt`, again and again while another process holds the lock, for at most `waitMs`; then what SQLite threw
 * last comes through. SQLite's own busy handler sleeps ever longer and was measured to let a writer wait for more than
 * a second while others went ahead; short waits of random length keep the tail in the milliseconds.
 */
export function patiently<T>(waitMs: number, attempt: () => T): T {
  // The clock is loaded with the first wait: most processes that append never wait.
  let deadline: number | undefined;
  for (let round = 0; ; round += 1) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      deadline ??= performance.now() + waitMs;
      if (performance.now() >= deadline) throw error;
      Atomics.wait(cell, 0, 0, pauseMs(round));
    }
  }
}

/** Turns what SQLite or the file system reports into a `Fault`; anything else passes through unchanged. */
export function ledgerFault(path: string, doing: "read" | "write", error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error)) return error;
  const trouble = isSqliteError(error) ? sqliteTrouble(error.errcode) : fileTrouble(error);
  if (trouble === undefined) return error;
  const code: FaultCode = trouble.broken
    ? "ledger/broken"
    : doing === "read"
      ? "ledger/unreadable"
      : "ledger/unwritable";
  return new Fault(code, `the ledger ${path} ${trouble.says} (${error.message})`, {
    hint: trouble.hint,
    cause: error,
  });
}

/** For `patiently`: what SQLite would have thrown. */
export function busyError(says: string): Error {
  return Object.assign(new Error(says), { errcode: busy });
}

interface SqliteError extends Error {
  readonly errcode: number;
}

interface Trouble {
  readonly says: string;
  readonly hint: string;
  readonly broken?: true;
}

const cell = new Int32Array(new SharedArrayBuffer(4));

// Around the length of one durable commit, growing a little so that many waiters do not keep the processor busy.
function pauseMs(round: number): number {
  return (0.1 + Math.random() * 0.5) * Math.min(4, 1 + round / 8);
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number";
}

// Primary result codes (https://www.sqlite.org/rescode.html); the extended ones keep them in the low byte.
const [perm, busy, locked, readonly, ioerr, corrupt, full, cantopen, protocol, constraint, notadb] = [
  3, 5, 6, 8, 10, 11, 13, 14, 15, 19, 26,
];

function isBusy(error: unknown): boolean {
  if (!isSqliteError(error)) return false;
  const code = error.errcode & 0xff;
  return code === busy || code === locked || code === protocol;
}

function sqliteTrouble(errcode: number): Trouble | undefined {
  switch (errcode & 0xff) {
    case full:
      return { says: "cannot grow", hint: "free some space on its disk, then run the same command again" };
    case ioerr:
      return { says: "could not be read or written", hint: "check the disk, its quota and its free space" };
    case readonly:
    case perm:
      return { says: "is read-only here", hint: "make the file and its folder writable for this user" };
    case cantopen:
      return {
        says: "cannot be opened",
        hint: "check that its folder exists, that this user may write there, and that the disk is not read-only",
      };
    case busy:
    case locked:
    case protocol:
      return {
        says: "stayed locked by another process",
        hint: "end the program that has the file open, then try again",
      };
    case corrupt:
    case notadb:
      return {
        says: "is damaged",
        hint: "keep the file as evidence, move it aside and restore a copy; surefoot does not repair it",
        broken: true,
      };
    case constraint:
      return {
        says: "contradicts itself",
        hint: "`surefoot ledger verify` names what is broken; keep the file as evidence and restore a copy",
        broken: true,
      };
    default:
      return undefined;
  }
}

const fileTroubles = new Map<string, Trouble>([
  ["ENOSPC", { says: "cannot grow", hint: "free some space on its disk, then run the same command again" }],
  ["EDQUOT", { says: "cannot grow", hint: "the disk quota is used up: free some space" }],
  ["EFBIG", { says: "cannot grow", hint: "a limit on file sizes was reached: raise it" }],
  ["EACCES", { says: "is not accessible", hint: "make the file and its folder accessible for this user" }],
  ["EPERM", { says: "is not accessible", hint: "make the file and its folder accessible for this user" }],
  ["EROFS", { says: "is on a read-only file system", hint: "name another place with --ledger" }],
  ["ENOTDIR", { says: "lies below something that is no folder", hint: "name another place with --ledger" }],
  ["ENOENT", { says: "cannot be created there", hint: "name another place with --ledger" }],
  ["EEXIST", { says: "cannot be created there", hint: "name another place with --ledger" }],
  ["EISDIR", { says: "is a folder", hint: "name another place with --ledger" }],
  ["EIO", { says: "could not be read or written", hint: "check the disk" }],
]);

function fileTrouble(error: Error): Trouble | undefined {
  return "code" in error && typeof error.code === "string" ? fileTroubles.get(error.code) : undefined;
}
