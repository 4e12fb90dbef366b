import { canonical } from "./canonical.ts";
import { sha256 } from "./digest.ts";
import type { Entry } from "./event.ts";
import type { NewEntry, SessionHead } from "./ports.ts";

/** What the first entry of every session points back to. */
export const genesis = "0".repeat(64);

/** An entry as it is stored: the payload stays the text whose digest was taken. */
export interface ChainedRow {
  readonly session: string;
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly type: string;
  readonly payload: string;
  readonly digest: string;
  readonly prev: string;
  readonly hash: string;
}

/** What a store keeps of an entry: the type stands in the payload, so a second copy could only disagree with it. */
export type StoredRow = Omit<ChainedRow, "type">;

/** Links one fact to the entry before it in its session (`{ seq: 0, hash: genesis }` for the first). */
export function link(
  before: { readonly seq: number; readonly hash: string },
  entry: NewEntry,
  at: string,
): ChainedRow {
  const payload = canonical(entry.event);
  const digest = sha256(payload);
  const envelope = {
    session: entry.session,
    seq: before.seq + 1,
    at,
    actor: entry.actor,
    digest,
    prev: before.hash,
  };
  return { ...envelope, type: entry.event.type, payload, hash: hashOf(envelope) };
}

/** The hash of an entry covers its payload by digest only, so that erasing one payload breaks no link. */
export function hashOf(envelope: Omit<ChainedRow, "type" | "payload" | "hash">): string {
  const { session, seq, at, actor, digest, prev } = envelope;
  return sha256(JSON.stringify([session, seq, at, actor, digest, prev]));
}

/** Throws a `SyntaxError` where the payload is not JSON: verify before you trust. */
export function entryOf(row: StoredRow): Entry {
  const { session, seq, at, actor, payload, digest, prev, hash } = row;
  return { session, seq, at, actor, event: JSON.parse(payload) as Entry["event"], digest, prev, hash };
}

/** What is signed at each append. The leading word keeps one kind of signature from standing for another. */
export function headMessage(head: Pick<SessionHead, "number" | "session" | "seq" | "hash">): Uint8Array {
  const { number, session, seq, hash } = head;
  return encoder.encode(`surefoot-head ${JSON.stringify([number, session, seq, hash])}`);
}

export function checkpointMessage(hash: string): Uint8Array {
  return encoder.encode(`surefoot-checkpoint ${hash}`);
}

/** For an evidence bundle: `digest` is the SHA-256 of its manifest. */
export function bundleMessage(digest: string): Uint8Array {
  return encoder.encode(`surefoot-bundle ${digest}`);
}

const encoder = new TextEncoder();
