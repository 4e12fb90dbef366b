/**
 * An operator fault: something outside the code is wrong and a person can mend it.
 * `code` is stable and is a valid argument of `surefoot explain`; `says` is one line; `hint` is what to do.
 */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly hint: string;
  readonly where: Where | undefined;

  constructor(code: FaultCode, says: string, { hint, where, cause }: FaultOptions) {
    super(says, { cause });
    this.name = "Fault";
    this.code = code;
    this.hint = hint;
    this.where = where;
  }
}

export interface FaultOptions {
  readonly hint: string;
  readonly where?: Where;
  readonly cause?: unknown;
}

/** A place in a file. Lines and columns count from 1. */
export interface Where {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Dotted path of the field, as in `gates.full[0].run`. */
  readonly field?: string;
}

/** Every operator fault, with the exit code that a command ends with (README, table of exits). */
export const faultExits = {
  "usage/invalid": 2,
  "task/not-found": 2,
  "task/invalid": 2,
  "policy/invalid": 2,
  "policy/not-found": 2,
  "repo/not-found": 2,
  "repo/no-commits": 2,
  "repo/dirty": 2,
  "repo/git-failed": 2,
  "repo/git-missing": 2,
  "repo/branch-taken": 2,
  "run/not-found": 2,
  "run/not-resumable": 2,
  "run/locked": 2,
  "run/not-acceptable": 2,
  "workspace/failed": 2,
  "agent/unknown": 2,
  "agent/unavailable": 4,
  "agent/script-invalid": 2,
  "jail/unavailable": 2,
  "waiver/invalid": 2,
  "key/unreadable": 2,
  "ledger/unwritable": 5,
  "ledger/unreadable": 5,
  "ledger/broken": 5,
  "ledger/not-found": 2,
  "entry/not-found": 2,
  "artifact/missing": 2,
  "file/exists": 2,
  "file/unreadable": 2,
  "file/unwritable": 2,
  "hook/invalid": 2,
  "explain/unknown": 2,
  "platform/unsupported": 2,
} as const satisfies Record<string, number>;

export type FaultCode = keyof typeof faultExits;
