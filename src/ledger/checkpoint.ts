import { canonical } from "../core/canonical.ts";
import { checkpointMessage, genesis } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import type { LedgerStore, SessionHead, Signer, StoredCheckpoint } from "../core/ports.ts";
import { merkleRoot } from "./merkle.ts";

/** A root over the heads of all sessions, chained to the checkpoint before. It holds the heads that changed since. */
export interface Checkpoint {
  /** From 1, without gaps. */
  readonly number: number;
  readonly at: string;
  /** Hash of the checkpoint before; 64 zeros for the first. */
  readonly prev: string;
  readonly root: string;
  /** How many sessions the root covers. */
  readonly sessions: number;
  readonly changed: readonly HeadMark[];
}

export type HeadMark = readonly [number: number, session: string, seq: number, hash: string];

/**
 * Records how far every session has come, so that a dropped or shortened one breaks a root.
 * Returns `undefined` where nothing was appended since the last checkpoint.
 */
export function addCheckpoint(
  store: LedgerStore,
  { signer, now }: { readonly signer?: Signer | undefined; readonly now: () => Date },
): Checkpoint | undefined {
  const stored = store.addCheckpoint((last, heads) => {
    const changed = heads.filter((head) => head.seq !== head.noted).map(markOf);
    if (changed.length === 0) return undefined;
    const checkpoint: Checkpoint = {
      number: (last?.number ?? 0) + 1,
      at: now().toISOString(),
      prev: last?.hash ?? genesis,
      root: merkleRoot(heads.map((head) => leafOf(markOf(head)))),
      sessions: heads.length,
      changed,
    };
    const body = canonical(checkpoint);
    const hash = sha256(body);
    const signature = signer === undefined ? "" : base64(signer.sign(checkpointMessage(hash)));
    return { number: checkpoint.number, body, hash, signature };
  });
  return stored === undefined ? undefined : parseCheckpoint(stored);
}

/** `undefined` where the body is not what `addCheckpoint` writes. */
export function parseCheckpoint(stored: StoredCheckpoint): Checkpoint | undefined {
  const body = parseObject(stored.body);
  if (body === undefined) return undefined;
  const { number, at, prev, root, sessions, changed } = body;
  const marks = Array.isArray(changed) ? changed.filter(isMark) : [];
  if (typeof number !== "number" || typeof sessions !== "number") return undefined;
  if (typeof at !== "string" || typeof prev !== "string" || typeof root !== "string") return undefined;
  if (!Array.isArray(changed) || marks.length !== changed.length) return undefined;
  return { number, at, prev, root, sessions, changed: marks };
}

export function leafOf(mark: HeadMark): string {
  return JSON.stringify(mark);
}

function markOf(head: SessionHead): HeadMark {
  return [head.number, head.session, head.seq, head.hash];
}

function isMark(value: unknown): value is HeadMark {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    typeof value[0] === "number" &&
    typeof value[1] === "string" &&
    typeof value[2] === "number" &&
    typeof value[3] === "string"
  );
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
