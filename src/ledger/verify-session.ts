import { canonical } from "../core/canonical.ts";
import { genesis, hashOf } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import type { StoredRow } from "../core/chain.ts";

/** The chain of one session, walked from its first entry. */
export type ChainCheck =
  | { readonly kind: "whole"; readonly seq: number; readonly hash: string; readonly erased: number }
  | { readonly kind: "broken"; readonly seq: number; readonly part: BrokenPart; readonly says: string };

export type BrokenPart = "payload" | "envelope" | "link" | "gap" | "erased" | "marked";

/** An entry that a checkpoint, or the session's head, vouches for. */
export interface Mark {
  readonly seq: number;
  readonly hash: string;
  readonly by: string;
}

/**
 * Checks every link, and every mark in ascending order, and stops at the first that does not hold.
 * Rows must come in ascending order. Marks beyond the last row are left for the caller, who knows the head.
 */
export function verifyChain(
  session: string,
  rows: Iterable<StoredRow>,
  marks: readonly Mark[] = [],
): ChainCheck {
  let seq = 0;
  let hash = genesis;
  let marked = 0;
  const erased = new Map<number, string>();
  const tombstones = new Map<number, string>();
  const broken = (at: number, part: BrokenPart, says: string): ChainCheck => ({
    kind: "broken",
    seq: at,
    part,
    says: `session ${session}, ${says}`,
  });
  for (const row of rows) {
    const expected = seq + 1;
    if (row.seq !== expected)
      return broken(expected, "gap", `entry ${expected} is missing: ${row.seq} follows ${seq}`);
    if (row.prev !== hash) {
      return broken(row.seq, "link", `entry ${row.seq} does not follow from the entry before it`);
    }
    if (row.hash !== hashOf(row))
      return broken(row.seq, "envelope", `entry ${row.seq}: its envelope was changed`);
    if (sha256(row.payload) !== row.digest) {
      if (!row.payload.includes('"type":"erased"')) {
        return broken(row.seq, "payload", `entry ${row.seq}: its payload was changed`);
      }
      erased.set(row.seq, row.payload);
    } else if (row.payload.includes('"type":"entry.erased"')) {
      const tombstone = tombstoneOf(row);
      if (tombstone !== undefined) tombstones.set(tombstone.seq, tombstone.payload);
    }
    for (let mark = marks[marked]; mark !== undefined && mark.seq <= row.seq; mark = marks[marked]) {
      if (mark.seq === row.seq && mark.hash !== row.hash) {
        return broken(row.seq, "marked", `entry ${row.seq} is not the one that ${mark.by} vouches for`);
      }
      marked += 1;
    }
    seq = row.seq;
    hash = row.hash;
  }
  for (const [at, payload] of erased) {
    if (tombstones.get(at) !== payload) {
      return broken(at, "erased", `entry ${at} was erased without a record of who did it and why`);
    }
  }
  return { kind: "whole", seq, hash, erased: erased.size };
}

// The payload that an `entry.erased` event permits, to the letter.
function tombstoneOf(row: StoredRow): { readonly seq: number; readonly payload: string } | undefined {
  const event = parsed(row.payload);
  if (typeof event !== "object" || event === null) return undefined;
  const { type, session, seq, reason }: Partial<Record<string, unknown>> = { ...event };
  if (type !== "entry.erased" || session !== row.session || typeof seq !== "number") return undefined;
  return { seq, payload: canonical({ type: "erased", reason, at: row.at }) };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
