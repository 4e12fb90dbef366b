import { dirname, join } from "node:path";
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";
import { canonical } from "../core/canonical.ts";
import { entryOf, genesis, headMessage, link } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import { rollupCodes } from "../core/rollup.ts";
import type { StoredRow } from "../core/chain.ts";
import type { Entry, Erased } from "../core/event.ts";
import type { LedgerStore, NewEntry, SessionHead, Signer, StoredCheckpoint } from "../core/ports.ts";
import { openArtifactFiles } from "./artifact-files.ts";
import { openTables, openTablesToRead } from "./ledger-tables.ts";
import { busyError, ledgerFault, patiently } from "./sqlite-errors.ts";

export interface SqliteStoreOptions {
  readonly now: () => Date;
  /** Signs each session's head at each append. */
  readonly signer?: Signer;
  /** `read` never makes a ledger and never writes. */
  readonly mode?: "append" | "read";
  /** How long to wait for other writers. */
  readonly waitMs?: number;
}

/** Artifacts up to this size stand in the database, larger ones in files beside it. */
export const inlineBytes = 64 * 1024;

/**
 * The ledger in one SQLite file, written by any number of processes at once.
 * Throws `ledger/unwritable`, `ledger/unreadable`, `ledger/broken` (the file is damaged) or, for reading,
 * `ledger/not-found`.
 */
export function openSqliteStore(path: string, options: SqliteStoreOptions): LedgerStore {
  const { now, signer, mode = "append", waitMs = 5000 } = options;
  const doing = mode === "append" ? "write" : "read";
  const guarded = <T>(kind: "read" | "write", act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw ledgerFault(path, kind, error);
    }
  };
  const db = guarded(doing, () => (mode === "append" ? openTables : openTablesToRead)(path, waitMs));
  const files = openArtifactFiles(join(dirname(path), "artifacts"));
  const statements = new Map<string, StatementSync>();
  const sql = (query: string): StatementSync => {
    const known = statements.get(query);
    if (known !== undefined) return known;
    const made = db.prepare(query);
    statements.set(query, made);
    return made;
  };
  const select = (query: string, ...values: SQLInputValue[]): readonly Row[] =>
    guarded("read", () => patiently(waitMs, () => sql(query).all(...values)));
  const transact = <T>(act: () => T): T =>
    guarded("write", () => {
      patiently(waitMs, () => sql("BEGIN IMMEDIATE").run());
      try {
        const result = act();
        sql("COMMIT").run();
        return result;
      } catch (error) {
        // SQLite itself rolls back on a full disk and the like; then there is nothing left to undo.
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    });

  // Inside a transaction only.
  const appendHere = (entries: readonly NewEntry[], at: string): readonly Entry[] => {
    const heads = new Map<string, OpenHead>();
    let opened: number | undefined;
    const newHead = (session: string, openedAt: string): OpenHead => {
      opened = (opened ?? lastNumber(sql)) + 1;
      return { number: opened, session, seq: 0, hash: genesis, openedAt };
    };
    const counts = new Map<string, readonly [type: string, code: string, count: number]>();
    const appended: Entry[] = [];
    for (const entry of entries) {
      const known = heads.get(entry.session) ?? findHead(sql, entry.session);
      if (known !== undefined && entry.opens === true) continue;
      const head = known ?? newHead(entry.session, at);
      const row = link(head, entry, at);
      sql(
        "INSERT INTO entries (session, seq, at, actor, payload, digest, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ).run(row.session, row.seq, row.at, row.actor, row.payload, row.digest, row.prev, row.hash);
      heads.set(entry.session, { ...head, seq: row.seq, hash: row.hash });
      for (const code of ["", ...rollupCodes(entry.event)]) {
        const key = JSON.stringify([row.type, code]);
        counts.set(key, [row.type, code, (counts.get(key)?.[2] ?? 0) + 1]);
      }
      appended.push(entryOf(row));
    }
    for (const head of heads.values()) {
      const signature = signer === undefined ? "" : base64(signer.sign(headMessage(head)));
      sql(
        `INSERT INTO heads (number, session, seq, hash, opened_at, updated_at, signature) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (number) DO UPDATE
         SET seq = excluded.seq, hash = excluded.hash, updated_at = excluded.updated_at, signature = excluded.signature`,
      ).run(head.number, head.session, head.seq, head.hash, head.openedAt, at, signature);
    }
    for (const [type, code, count] of counts.values()) {
      sql(
        `INSERT INTO rollups (day, type, code, count) VALUES (?, ?, ?, ?)
         ON CONFLICT (day, type, code) DO UPDATE SET count = count + excluded.count`,
      ).run(at.slice(0, 10), type, code, count);
    }
    return appended;
  };

  // Rows as arrays: verifying a million entries takes half as long as with objects.
  const rowStatement = (): StatementSync => {
    const statement = sql(
      `SELECT seq, at, actor, payload, digest, prev, hash FROM entries
       WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?`,
    );
    statement.setReturnArrays(true);
    return statement;
  };

  const rows = function* (session: string, after = 0): Generator<StoredRow> {
    // Pages, not a cursor: an open read would keep the log from being folded back, and grow with it.
    let from = after;
    for (let size = 32; ; size = 1000) {
      const page = guarded("read", () => patiently(waitMs, () => rowStatement().all(session, from, size)));
      let row: StoredRow | undefined;
      for (const columns of page) {
        row = rowOf(session, columns);
        yield row;
      }
      if (row === undefined || page.length < size) return;
      from = row.seq;
    }
  };

  const lastCheckpoint = (): StoredCheckpoint | undefined =>
    select("SELECT number, body, hash, signature FROM checkpoints ORDER BY number DESC LIMIT 1").map(
      checkpointOf,
    )[0];
  const sessions = (): readonly SessionHead[] =>
    select(
      "SELECT number, session, seq, hash, opened_at, updated_at, signature, noted FROM heads ORDER BY number",
    ).map(headOf);

  return {
    append: (entries) =>
      entries.length === 0 ? [] : transact(() => appendHere(entries, now().toISOString())),
    *read(session, after) {
      for (const row of rows(session, after)) yield entryOf(row);
    },
    rows,
    sessions,
    head: (session) =>
      select(
        "SELECT number, session, seq, hash, opened_at, updated_at, signature, noted FROM heads WHERE session = ?",
        session,
      ).map(headOf)[0],
    countRows: () => select("SELECT count(*) AS n FROM entries").reduce((sum, row) => sum + int(row, "n"), 0),
    addCheckpoint: (make) =>
      transact(() => {
        const made = make(lastCheckpoint(), sessions());
        if (made !== undefined) {
          sql("INSERT INTO checkpoints (number, body, hash, signature) VALUES (?, ?, ?, ?)").run(
            made.number,
            made.body,
            made.hash,
            made.signature,
          );
          sql("UPDATE heads SET noted = seq WHERE noted <> seq").run();
        }
        return made;
      }),
    *checkpoints() {
      for (let from = Number.MIN_SAFE_INTEGER; ;) {
        const page = select(
          "SELECT number, body, hash, signature FROM checkpoints WHERE number > ? ORDER BY number LIMIT 500",
          from,
        ).map(checkpointOf);
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        from = last.number;
      }
    },
    lastCheckpoint,
    erase: ({ session, seq }, { actor, reason }) => {
      const appended = transact(() => {
        const found = sql("SELECT payload FROM entries WHERE session = ? AND seq = ?").get(session, seq);
        checkErasable(found === undefined ? undefined : text(found, "payload"), session, seq);
        const at = now().toISOString();
        const tombstone: Erased = { type: "erased", reason, at };
        sql("UPDATE entries SET payload = ? WHERE session = ? AND seq = ?").run(
          canonical(tombstone),
          session,
          seq,
        );
        return appendHere(
          [{ session, actor, event: { type: "entry.erased", session, seq, reason, by: actor } }],
          at,
        );
      });
      // The old payload may still stand in the write-ahead log.
      guarded("write", () => patiently(waitMs, () => emptyLog(db)));
      const [entry] = appended;
      if (entry === undefined) throw new Error("an append of one entry returned none");
      return entry;
    },
    putArtifact: (content) => {
      const digest = sha256(content);
      const inline = content.length <= inlineBytes;
      if (!inline) guarded("write", () => files.write(digest, content));
      transact(() => {
        // Pruning by another process may have taken the file away since.
        if (!inline && !files.has(digest)) files.write(digest, content);
        sql(
          `INSERT INTO artifacts (digest, bytes, at, content) VALUES (?, ?, ?, ?)
           ON CONFLICT (digest) DO UPDATE SET at = excluded.at`,
        ).run(digest, content.length, now().toISOString(), inline ? content : null);
      });
      return digest;
    },
    getArtifact: (digest) => {
      const [row] = select("SELECT content FROM artifacts WHERE digest = ?", digest);
      if (row === undefined) return undefined;
      const kept = row["content"] instanceof Uint8Array ? row["content"] : undefined;
      const content = kept ?? guarded("read", () => files.read(digest));
      if (content === undefined || sha256(content) !== digest)
        throw damaged(path, digest, content === undefined);
      return content;
    },
    artifacts: () =>
      select("SELECT digest, bytes, at FROM artifacts ORDER BY at, digest").map((row) => ({
        digest: text(row, "digest"),
        bytes: int(row, "bytes"),
        at: text(row, "at"),
      })),
    removeArtifacts: (digests, olderThan = endOfTime) => {
      const removed = transact(() => {
        let count = 0;
        for (const digest of digests) {
          const { changes } = sql("DELETE FROM artifacts WHERE digest = ? AND at < ?").run(digest, olderThan);
          if (changes === 0) continue;
          files.remove(digest);
          count += 1;
        }
        files.sweep(
          (digest) => sql("SELECT 1 FROM artifacts WHERE digest = ?").get(digest) !== undefined,
          new Date(now().getTime() - leftoverAgeMs),
        );
        return count;
      });
      guarded("write", () => patiently(waitMs, () => emptyLog(db)));
      return removed;
    },
    rollups: ({ from = "", to = endOfTime } = {}) =>
      select(
        "SELECT day, type, code, count FROM rollups WHERE day BETWEEN ? AND ? ORDER BY day, type, code",
        from,
        to,
      ).map((row) => ({
        day: text(row, "day"),
        type: text(row, "type"),
        code: text(row, "code"),
        count: int(row, "count"),
      })),
    close: () => guarded(doing, () => db.close()),
  };
}

// After every ISO date.
const endOfTime = "9999-12-31T23:59:59.999Z";

type Row = Record<string, SQLOutputValue>;

interface OpenHead {
  readonly number: number;
  readonly session: string;
  readonly seq: number;
  readonly hash: string;
  readonly openedAt: string;
}

// A writer that is still at work has changed its files within the hour.
const leftoverAgeMs = 60 * 60 * 1000;

function findHead(sql: (query: string) => StatementSync, session: string): OpenHead | undefined {
  const row = sql("SELECT number, seq, hash, opened_at FROM heads WHERE session = ?").get(session);
  if (row === undefined) return undefined;
  return {
    number: int(row, "number"),
    session,
    seq: int(row, "seq"),
    hash: text(row, "hash"),
    openedAt: text(row, "opened_at"),
  };
}

function lastNumber(sql: (query: string) => StatementSync): number {
  const row = sql("SELECT coalesce(max(number), 0) AS last FROM heads").get();
  return row === undefined ? 0 : int(row, "last");
}

// A reader at work keeps the log from being emptied, and SQLite tells so in a row instead of an error.
function emptyLog(db: DatabaseSync): void {
  const row = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
  if (row !== undefined && int(row, "busy") !== 0) throw busyError("another process is reading the ledger");
}

function checkErasable(payload: string | undefined, session: string, seq: number): void {
  if (payload === undefined) {
    throw new Fault("entry/not-found", `session ${session} has no entry ${seq}`, {
      hint: "`surefoot ledger show <session>` lists its entries",
    });
  }
  // Canonical form has no white space, and a payload may be damaged, so it is not parsed for this.
  if (/"type":"(?:entry\.)?erased"}$/.test(payload)) {
    throw new Fault("usage/invalid", `entry ${seq} of ${session} is erased, or records an erasure`, {
      hint: "erase the entry that holds the text",
    });
  }
}

function damaged(path: string, digest: string, missing: boolean): Fault {
  return new Fault(
    "ledger/broken",
    `artifact ${digest} ${missing ? "has lost its file" : "is not what was stored"} (${path})`,
    {
      hint: "restore the folder `artifacts` beside the ledger from a copy",
    },
  );
}

function rowOf(session: string, columns: unknown): StoredRow {
  if (!Array.isArray(columns)) throw wrongType("entries");
  const [seq, at, actor, payload, digest, prev, hash]: readonly unknown[] = columns;
  if (
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
  throw wrongType("entries");
}

function headOf(row: Row): SessionHead {
  return {
    session: text(row, "session"),
    number: int(row, "number"),
    seq: int(row, "seq"),
    hash: text(row, "hash"),
    openedAt: text(row, "opened_at"),
    updatedAt: text(row, "updated_at"),
    signature: text(row, "signature"),
    noted: int(row, "noted"),
  };
}

function checkpointOf(row: Row): StoredCheckpoint {
  return {
    number: int(row, "number"),
    body: text(row, "body"),
    hash: text(row, "hash"),
    signature: text(row, "signature"),
  };
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw wrongType(column);
}

function int(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw wrongType(column);
}

function wrongType(column: string): Fault {
  return new Fault("ledger/broken", `the ledger's column ${column} holds a value of another type`, {
    hint: "keep the file as evidence, move it aside and restore a copy",
  });
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
