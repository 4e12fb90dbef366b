import type { Change, Claim } from "../core/change.ts";
import type { Report } from "../core/finding.ts";
import type { Scope } from "../core/policy.ts";

/** A fact-finder over one change. One file per check in `change/`, which exports it as `check`. */
export interface ChangeCheck {
  readonly id: string;
  /** What it cannot work without. An unmet need means *could not verify*, never a pass. */
  readonly needs: readonly Need[];
  /** Total: an unmet need gives a report that looked at nothing. */
  check(input: ChangeCheckInput): Report;
}

/** What is gathered for the checks. A new kind of evidence is a new member here, and its name is the need. */
export interface ChangeCheckInput {
  readonly change: Change;
  /** The policy's scope. */
  readonly scope: Scope;
  /** Narrows the policy's; where absent, only the policy's holds. */
  readonly taskScope?: Scope | undefined;
  /** What the agent said that it changed; `undefined` when it said nothing of the kind. */
  readonly claim: Claim | undefined;
  /** Repository-relative paths that were written at any time, also when the net diff no longer shows it. */
  readonly written?: readonly string[] | undefined;
  /** What the commands of the gate run of the base. */
  readonly judges?: Judges | undefined;
}

export interface Judges {
  /** Names of scripts in the root's package.json. */
  readonly scripts: readonly string[];
  /** Repository-relative paths that the commands start or take settings from; not all of them need exist. */
  readonly files: readonly string[];
}

export type Need = keyof ChangeCheckInput;

/** The needs of a check that the input does not meet. */
export function unmetNeeds(check: ChangeCheck, input: ChangeCheckInput): readonly Need[] {
  return check.needs.filter((need) => input[need] === undefined);
}
