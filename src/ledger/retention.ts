import type { Event } from "../core/event.ts";
import type { LedgerStore } from "../core/ports.ts";
import type { Ledger } from "./ledger.ts";

export interface Pruned {
  readonly count: number;
  readonly bytes: number;
  /** ISO date and time: artifacts last put before it are gone. */
  readonly olderThan: string;
}

/** What `prune` would remove. */
export function prunable(
  store: LedgerStore,
  days: number,
  now: Date,
): Pruned & { readonly digests: readonly string[] } {
  const olderThan = new Date(now.getTime() - days * dayMs).toISOString();
  const old = store.artifacts().filter(({ at }) => at < olderThan);
  return {
    count: old.length,
    bytes: old.reduce((sum, { bytes }) => sum + bytes, 0),
    olderThan,
    digests: old.map(({ digest }) => digest),
  };
}

/**
 * Removes artifacts that were last put more than `days` ago and records it in the given session. Entries stay: their
 * kept part of an output, and the digest of the whole, remain. Nothing is recorded where nothing was old enough.
 */
export function prune(
  ledger: Ledger,
  {
    days,
    now,
    session,
    actor,
  }: { readonly days: number; readonly now: Date; readonly session: string; readonly actor: string },
): Pruned {
  const { digests, ...pruned } = prunable(ledger.store, days, now);
  if (digests.length === 0) return pruned;
  // Recorded first: an artifact that is missing without a record would look like damage.
  const event: Event = { type: "artifacts.pruned", count: pruned.count, olderThan: pruned.olderThan };
  ledger.append({ session, actor, event });
  ledger.store.removeArtifacts(digests, pruned.olderThan);
  return pruned;
}

const dayMs = 24 * 60 * 60 * 1000;
