import type { Entry } from "../core/event.ts";
import type { LedgerStore, NewEntry, SessionHead, Signer } from "../core/ports.ts";
import { addCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Redactor } from "./redact.ts";

/** The only way in: what is appended or kept here has no secrets left in it. */
export interface Ledger {
  readonly store: LedgerStore;
  /** Durable when it returns. The entry holds what was written, redacted. Throws `ledger/unwritable`. */
  append(entry: NewEntry): Entry;
  /** All in one transaction: all of them are there, or none. */
  appendAll(entries: readonly NewEntry[]): readonly Entry[];
  read(session: string, after?: number): Iterable<Entry>;
  head(session: string): SessionHead | undefined;
  /** Keeps the content by its digest, after redaction: the digest is that of what was kept. */
  putArtifact(content: string | Uint8Array): string;
  getArtifact(digest: string): Uint8Array | undefined;
  /** At the end of a session; `undefined` where nothing is new since the last. */
  checkpoint(): Checkpoint | undefined;
  /** How many secrets of which kind were taken out so far. */
  redacted(): ReadonlyMap<string, number>;
  close(): void;
}

export interface LedgerOptions {
  readonly store: LedgerStore;
  readonly redactor: Redactor;
  readonly now: () => Date;
  readonly signer?: Signer | undefined;
  /** A checkpoint is added with the first append that comes this long after the last one. */
  readonly checkpointEveryMs?: number;
}

export function openLedger(options: LedgerOptions): Ledger {
  const { store, redactor, now, signer, checkpointEveryMs = 60_000 } = options;
  let lastCheckpointMs: number | undefined;
  const redacted = new Map<string, number>();

  const counted = <T>({
    value,
    found,
  }: {
    readonly value: T;
    readonly found: ReadonlyMap<string, number>;
  }): T => {
    for (const [kind, count] of found) redacted.set(kind, (redacted.get(kind) ?? 0) + count);
    return value;
  };
  const checkpoint = (): Checkpoint | undefined => {
    const made = addCheckpoint(store, { signer, now });
    lastCheckpointMs = now().getTime();
    return made;
  };
  const appendAll = (entries: readonly NewEntry[]): readonly Entry[] => {
    const appended = store.append(
      entries.map((entry) => ({ ...entry, event: counted(redactor.event(entry.event)) })),
    );
    lastCheckpointMs ??= checkpointTime(store);
    if (now().getTime() - lastCheckpointMs >= checkpointEveryMs) checkpoint();
    return appended;
  };

  return {
    store,
    append(entry) {
      const [appended] = appendAll([entry]);
      if (appended === undefined) throw new Error("an append of one entry returned none");
      return appended;
    },
    appendAll,
    read: (session, after) => store.read(session, after),
    head: (session) => store.head(session),
    putArtifact: (content) => store.putArtifact(counted(redactor.bytes(content))),
    getArtifact: (digest) => store.getArtifact(digest),
    checkpoint,
    redacted: () => redacted,
    close: () => store.close(),
  };
}

// Other processes add checkpoints too; a process that lives for one decision must not add one each time.
function checkpointTime(store: LedgerStore): number {
  const last = store.lastCheckpoint();
  const at = last === undefined ? undefined : parseCheckpoint(last)?.at;
  return at === undefined ? 0 : Date.parse(at);
}
