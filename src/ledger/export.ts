import { canonical } from "../core/canonical.ts";
import type { StoredRow } from "../core/chain.ts";
import type { LedgerStore } from "../core/ports.ts";

/**
 * One JSON line an entry, then one a head and one a checkpoint. `payload` is the text whose digest was taken, so that
 * the lines can be verified again by anyone with SHA-256.
 */
export function* exportLines(store: LedgerStore, sessions?: readonly string[]): Generator<string> {
  const heads = store
    .sessions()
    .filter(({ session }) => sessions === undefined || sessions.includes(session));
  for (const { session } of heads) for (const row of store.rows(session)) yield rowLine(row);
  for (const head of heads) yield canonical({ kind: "head", ...head });
  if (sessions !== undefined) return;
  for (const checkpoint of store.checkpoints()) yield canonical({ kind: "checkpoint", ...checkpoint });
}

export function rowLine(row: StoredRow): string {
  const { session, seq, at, actor, payload, digest, prev, hash } = row;
  return canonical({ kind: "entry", session, seq, at, actor, payload, digest, prev, hash });
}

/** The entry of one exported line, or `undefined` where the line is none. */
export function parseRowLine(line: string): StoredRow | undefined {
  const value = parsed(line);
  if (typeof value !== "object" || value === null) return undefined;
  const { session, seq, at, actor, payload, digest, prev, hash }: Partial<Record<string, unknown>> = {
    ...value,
  };
  if (
    typeof session === "string" &&
    typeof seq === "number" &&
    typeof at === "string" &&
    typeof actor === "string" &&
    typeof payload === "string" &&
    typeof digest === "string" &&
    typeof prev === "string" &&
    typeof hash === "string"
  ) {
    return { session, seq, at, actor, payload, digest, prev, hash };
  }
  return undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
