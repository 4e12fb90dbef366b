import type { Action } from "../core/action.ts";
import type { Entry } from "../core/event.ts";
import { foldPermits, permitted } from "../core/permit.ts";
import type { Permit } from "../core/permit.ts";
import type { Ledger } from "./ledger.ts";

/** The session that holds every permit of a ledger, so that a decision reads one short chain to find its own. */
export const permitsSession = "permits";

type Book = Pick<Ledger, "append" | "read">;

export interface Grant {
  /** `actionDigest` of what is allowed. */
  readonly digest: string;
  /** For people who read the ledger; redacted like every action. */
  readonly action: Action;
  readonly by: string;
  readonly uses: Permit["uses"];
  readonly expires: Date;
}

/** Appends a person's leave. Throws `ledger/unwritable`. */
export function grantPermit(ledger: Book, { digest, action, by, uses, expires }: Grant): Entry {
  return ledger.append({
    session: permitsSession,
    actor: by,
    event: {
      type: "permit.granted",
      action: digest,
      subject: action,
      by,
      uses,
      expires: expires.toISOString(),
    },
  });
}

/** Every permit that the ledger holds, void ones included. */
export function permitsOf(ledger: Pick<Ledger, "read">): readonly Permit[] {
  return foldPermits(ledger.read(permitsSession));
}

export interface PermitUse {
  /** `actionDigest` of what is about to happen. */
  readonly action: string;
  /** Session and call in which it happens. */
  readonly session: string;
  readonly call: string;
  readonly actor: string;
  readonly now: Date;
}

/**
 * Uses up a permit for this action and returns it, durably recorded, before the action happens; `undefined` where
 * there is none. Call it only for what the guard would stop. Of several that ask for the same one at once, the one
 * whose use was recorded first gets it.
 */
export function usePermit(ledger: Book, use: PermitUse): Permit | undefined {
  const found = permitted(use.action, permitsOf(ledger), use.now);
  if (found === undefined) return undefined;
  const { session, call } = use;
  const mine = ledger.append({
    session: permitsSession,
    actor: use.actor,
    event: { type: "permit.used", grant: found.grant, session, call },
  });
  if (found.uses === "many") return found;
  for (const { seq, event } of ledger.read(permitsSession, found.grant))
    if (event.type === "permit.used" && event.grant === found.grant)
      return seq === mine.seq ? found : undefined;
  return undefined;
}
