import { canonical } from "../core/canonical.ts";
import { entryOf, genesis, headMessage, link } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import { rollupCodes } from "../core/rollup.ts";
import type { StoredRow } from "../core/chain.ts";
import type { Entry } from "../core/event.ts";
import type {
  LedgerStore,
  NewEntry,
  Rollup,
  SessionHead,
  Signer,
  StoredArtifact,
  StoredCheckpoint,
} from "../core/ports.ts";

/** Everything that a store keeps, open to tests that play the intruder. */
export interface MemoryTables {
  rows: StoredRow[];
  heads: SessionHead[];
  checkpoints: StoredCheckpoint[];
  artifacts: (StoredArtifact & { readonly content: Uint8Array })[];
  rollups: Rollup[];
}

/** A ledger that lives as long as the process. It keeps the same promises as the one on disk, except to last. */
export function memoryStore({
  now,
  signer,
}: {
  readonly now: () => Date;
  readonly signer?: Signer;
}): LedgerStore & { readonly tables: MemoryTables } {
  const tables: MemoryTables = { rows: [], heads: [], checkpoints: [], artifacts: [], rollups: [] };

  const appendAt = (entries: readonly NewEntry[], at: string): readonly Entry[] =>
    entries.flatMap((entry) => {
      const head = tables.heads.find(({ session }) => session === entry.session);
      if (head !== undefined && entry.opens === true) return [];
      const row = link(head ?? { seq: 0, hash: genesis }, entry, at);
      const { type, ...stored } = row;
      tables.rows.push(stored);
      const mark = {
        number: head?.number ?? (tables.heads.at(-1)?.number ?? 0) + 1,
        session: row.session,
        seq: row.seq,
        hash: row.hash,
      };
      const next: SessionHead = {
        ...mark,
        openedAt: head?.openedAt ?? at,
        updatedAt: at,
        signature: signer === undefined ? "" : Buffer.from(signer.sign(headMessage(mark))).toString("base64"),
        noted: head?.noted ?? 0,
      };
      tables.heads =
        head === undefined
          ? [...tables.heads, next]
          : tables.heads.map((each) => (each === head ? next : each));
      for (const code of ["", ...rollupCodes(entry.event)]) count(tables, at.slice(0, 10), type, code);
      return entryOf(row);
    });

  const rows = function* (session: string, after = 0): Generator<StoredRow> {
    const own = tables.rows.filter((row) => row.session === session && row.seq > after);
    yield* own.sort((a, b) => a.seq - b.seq);
  };

  return {
    tables,
    append: (entries) => appendAt(entries, now().toISOString()),
    *read(session, after) {
      for (const row of rows(session, after)) yield entryOf(row);
    },
    rows,
    sessions: () => tables.heads.toSorted((a, b) => a.number - b.number),
    head: (session) => tables.heads.find((head) => head.session === session),
    countRows: () => tables.rows.length,
    addCheckpoint: (make) => {
      const made = make(
        tables.checkpoints.at(-1),
        tables.heads.toSorted((a, b) => a.number - b.number),
      );
      if (made !== undefined) {
        tables.checkpoints.push(made);
        tables.heads = tables.heads.map((head) => ({ ...head, noted: head.seq }));
      }
      return made;
    },
    checkpoints: () => tables.checkpoints,
    lastCheckpoint: () => tables.checkpoints.at(-1),
    erase: ({ session, seq }, { actor, reason }) => {
      const row = tables.rows.find((each) => each.session === session && each.seq === seq);
      if (row === undefined) {
        throw new Fault("entry/not-found", `session ${session} has no entry ${seq}`, {
          hint: "`surefoot ledger show <session>` lists its entries",
        });
      }
      const { type } = entryOf(row).event;
      if (type === "entry.erased" || type === "erased") {
        throw new Fault("usage/invalid", `entry ${seq} of ${session} is erased, or records an erasure`, {
          hint: "erase the entry that holds the text",
        });
      }
      const at = now().toISOString();
      const payload = canonical({ type: "erased", reason, at });
      tables.rows = tables.rows.map((each) => (each === row ? { ...row, payload } : each));
      const event = { type: "entry.erased", session, seq, reason, by: actor } as const;
      const [entry] = appendAt([{ session, actor, event }], at);
      if (entry === undefined) throw new Error("an append of one entry returned none");
      return entry;
    },
    putArtifact: (content) => {
      const digest = sha256(content);
      const others = tables.artifacts.filter((artifact) => artifact.digest !== digest);
      const artifact = { digest, bytes: content.length, at: now().toISOString(), content: content.slice() };
      tables.artifacts = [...others, artifact];
      return digest;
    },
    getArtifact: (digest) => {
      const found = tables.artifacts.find((artifact) => artifact.digest === digest);
      if (found !== undefined && sha256(found.content) !== digest) {
        throw new Fault("ledger/broken", `artifact ${digest} is not what was stored`, {
          hint: "restore it from a copy",
        });
      }
      return found?.content;
    },
    artifacts: () => tables.artifacts.map(({ digest, bytes, at }) => ({ digest, bytes, at })),
    removeArtifacts: (digests, olderThan = "9999") => {
      const kept = tables.artifacts.filter(({ digest, at }) => !digests.includes(digest) || at >= olderThan);
      const removed = tables.artifacts.length - kept.length;
      tables.artifacts = kept;
      return removed;
    },
    rollups: ({ from = "", to = "9999-12-31" } = {}) =>
      tables.rollups
        .filter(({ day }) => day >= from && day <= to)
        .sort((a, b) => compare(a.day, b.day) || compare(a.type, b.type) || compare(a.code, b.code)),
    close: () => {},
  };
}

function count(tables: MemoryTables, day: string, type: string, code: string): void {
  const known = tables.rollups.find((each) => each.day === day && each.type === type && each.code === code);
  const next = { day, type, code, count: (known?.count ?? 0) + 1 };
  tables.rollups = [...tables.rollups.filter((each) => each !== known), next];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
