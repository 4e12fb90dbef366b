import type { Action } from "./action.ts";
import { canonical } from "./canonical.ts";
import { sha256 } from "./digest.ts";
import type { Entry } from "./event.ts";

/** A person's leave for exactly one action in one worktree, whatever the guard says of it. */
export interface Permit {
  /** Number of the entry that granted it. */
  readonly grant: number;
  /** `actionDigest` of what it is for. */
  readonly action: string;
  readonly by: string;
  readonly uses: "once" | "many";
  /** ISO date and time, UTC; from then on it is void. */
  readonly expires: string;
  /** How often it was used. */
  readonly used: number;
}

/**
 * Names an action by what it is, before anything is redacted, and by where it happens: the same words in another
 * repository, or in another folder of this one, are another action.
 */
export function actionDigest(action: Action, worktree: string): string {
  return sha256(canonical({ action, worktree }));
}

/** The short name that a person types. It is no secret: a permit is granted for the whole digest behind it. */
export function permitCode(digest: string): string {
  return digest.slice(0, codeDigits);
}

export function isPermitCode(text: string): boolean {
  return codePattern.test(text);
}

const codeDigits = 8;
const codePattern = /^[0-9a-f]{8}$/;

/** All permits that the entries of the permits' session tell of, in the order of granting. */
export function foldPermits(entries: Iterable<Entry>): readonly Permit[] {
  const permits = new Map<number, Permit>();
  for (const { seq, event } of entries) {
    if (event.type === "permit.granted") {
      const { action, by, uses, expires } = event;
      permits.set(seq, { grant: seq, action, by, uses, expires, used: 0 });
    } else if (event.type === "permit.used") {
      const permit = permits.get(event.grant);
      if (permit !== undefined) permits.set(event.grant, { ...permit, used: permit.used + 1 });
    }
  }
  return [...permits.values()];
}

/** The permit that allows this action now, the newest first; `undefined` where there is none. */
export function permitted(action: string, permits: readonly Permit[], now: Date): Permit | undefined {
  return permits.findLast(
    (permit) =>
      permit.action === action &&
      (permit.uses === "many" || permit.used === 0) &&
      now.getTime() < Date.parse(permit.expires),
  );
}
