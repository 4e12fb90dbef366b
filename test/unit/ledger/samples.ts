import { generateKeyPairSync, sign } from "node:crypto";
import type { Event } from "../../../src/core/event.ts";
import type { LedgerStore, NewEntry, Signer } from "../../../src/core/ports.ts";

export function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (message) => sign(null, message, privateKey),
  };
}

/** A clock that moves on by one second with each look. */
export function ticking(start = "2026-01-01T00:00:00.000Z"): () => Date {
  let time = Date.parse(start);
  return () => new Date((time += 1000));
}

export function said(text: string): Event {
  return { type: "agent.said", iteration: 1, text };
}

export function entry(session: string, text: string): NewEntry {
  return { session, actor: "agent", event: said(text) };
}

/** Appends `count` entries to each session, in turns. */
export function fill(store: LedgerStore, sessions: readonly string[], count: number): void {
  for (let number = 1; number <= count; number += 1) {
    for (const session of sessions) store.append([entry(session, `${session} says ${number}`)]);
  }
}
