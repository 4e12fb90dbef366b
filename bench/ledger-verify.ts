// How long verification and the pages take over many entries, and whether verification finds what was done to a ledger.
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Signer } from "../src/core/ports.ts";
import { openKey } from "../src/host/key.ts";
import { openSqliteStore } from "../src/host/sqlite-store.ts";
import { walkInThreads } from "../src/cli/ledger/walk-in-threads.ts";
import { addCheckpoint } from "../src/ledger/checkpoint.ts";
import { verifyLedger } from "../src/ledger/verify.ts";
import type { Verification } from "../src/ledger/verify.ts";
import type { BenchOptions, Figure } from "./ledger.ts";
import { sampleEvent } from "./ledger-writer.ts";

const now = (): Date => new Date();
const perSession = 2000;

interface Filled {
  readonly path: string;
  readonly signer: Signer;
}

// Made once for the parts that only read it.
let large: Filled | undefined;

export function verifyMillion({ entries }: BenchOptions): Promise<readonly Figure[]> {
  const { path, signer } = (large ??= fill(entries, 25));
  const times: number[] = [];
  const cpuSeconds: number[] = [];
  let result: Verification | undefined;
  for (let round = 0; round < 3; round += 1) {
    const store = openSqliteStore(path, { now, mode: "read" });
    const cpu = process.cpuUsage();
    const start = performance.now();
    result = verifyLedger(store, { publicKey: signer.publicKey, walk: walkInThreads(path) });
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds.push((user + system) / 1e6);
    store.close();
  }
  const seconds = times.map((ms) => (ms / 1000).toFixed(2));
  const best = Math.min(...times) / 1000;
  const found = result?.kind === "verified" ? result.entries : 0;
  const reached = `${seconds.join(", ")} s for ${found} entries, every signature checked (${Math.min(...cpuSeconds).toFixed(2)} s of processor time over all threads)`;
  console.log(`  ${reached}`);
  return Promise.resolve([
    {
      what: "a million entries verified, best of 3",
      aim: "< 3 s",
      reached,
      ok: best < 3 && found === entries,
    },
  ]);
}

export function rollupPage({ entries }: BenchOptions): Promise<readonly Figure[]> {
  const { path } = (large ??= fill(entries, 25));
  const store = openSqliteStore(path, { now, mode: "read" });
  const times: number[] = [];
  let rows = 0;
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    rows = store.rollups().length;
    times.push(performance.now() - start);
  }
  store.close();
  const first = times[0] ?? NaN;
  const reached = `${first.toFixed(2)} ms cold, ${Math.min(...times).toFixed(2)} ms warm, ${rows} rows over ${entries} entries`;
  console.log(`  ${reached}`);
  return Promise.resolve([
    { what: "a roll-up page over a million entries", aim: "≤ 5 ms", reached, ok: first <= 5 && rows > 0 },
  ]);
}

/** Changes a ledger of 10,000 entries at one place after another, and puts it back. */
export function tampering({ places }: BenchOptions): Promise<readonly Figure[]> {
  const { path, signer } = fill(10_000, 5);
  const db = new DatabaseSync(path);
  const store = openSqliteStore(path, { now, mode: "read" });
  const verify = (): Verification => verifyLedger(store, { publicKey: signer.publicKey });
  const figures: Figure[] = [];
  const attack = (what: string, count: number, act: (place: number) => Place): void => {
    let found = 0;
    const missed: number[] = [];
    for (let place = 0; place < count; place += 1) {
      db.exec("BEGIN");
      const attacked = act(place);
      db.exec("COMMIT");
      const result = verify();
      if (result.kind === "broken" && names(result, attacked)) found += 1;
      else missed.push(place);
      restore(db, attacked);
    }
    const reached = `${found} of ${count}${missed.length === 0 ? "" : `, missed at ${missed.slice(0, 5).join(" ")}`}`;
    console.log(`  ${what}: ${reached}`);
    figures.push({
      what: `${what} found and named`,
      aim: `${count} of ${count}`,
      reached,
      ok: found === count,
    });
  };
  keep(db);
  const rowAt = (place: number): Place => {
    const index = Math.floor(((place + Math.random()) * 10_000) / places);
    return { session: `run_${Math.floor(index / perSession)}`, seq: (index % perSession) + 1 };
  };
  const columns = ["payload", "at", "actor", "digest", "prev", "hash"] as const;
  attack("a flipped byte", places, (place) => {
    const { session, seq } = rowAt(place);
    const column = columns[place % columns.length] ?? "payload";
    const row = db
      .prepare(`SELECT ${column} AS text FROM entries WHERE session = ? AND seq = ?`)
      .get(session, seq);
    db.prepare(`UPDATE entries SET ${column} = ? WHERE session = ? AND seq = ?`).run(
      flip(String(row?.["text"])),
      session,
      seq,
    );
    return { session, seq };
  });
  attack("a removed entry", places, (place) => {
    const { session, seq } = rowAt(place);
    db.prepare("DELETE FROM entries WHERE session = ? AND seq = ?").run(session, seq);
    return { session, seq };
  });
  attack("a cut tail, its head cut too", places, (place) => {
    const { session, seq } = rowAt(place);
    const keepTo = Math.min(seq, perSession - 1);
    db.prepare("DELETE FROM entries WHERE session = ? AND seq > ?").run(session, keepTo);
    db.prepare(
      "UPDATE heads SET seq = ?, hash = coalesce((SELECT hash FROM entries e WHERE e.session = heads.session AND e.seq = ?), '') WHERE session = ?",
    ).run(keepTo, keepTo, session);
    return { session, seq: keepTo, to: perSession };
  });
  attack("a dropped session, its head dropped too", 10_000 / perSession, (place) => {
    const session = `run_${place}`;
    db.prepare("DELETE FROM entries WHERE session = ?").run(session);
    db.prepare("DELETE FROM heads WHERE session = ?").run(session);
    return { session, seq: 0, to: perSession };
  });
  const whole = verify().kind;
  if (whole !== "verified") throw new Error("the ledger was not put back as it was");
  store.close();
  db.close();
  return Promise.resolve(figures);
}

interface Place {
  readonly session: string;
  readonly seq: number;
  /** The last entry that was touched, where there are several. */
  readonly to?: number;
}

function names(result: Extract<Verification, { kind: "broken" }>, { session, seq }: Place): boolean {
  const { at } = result;
  if (at.what === "entry" || at.what === "tail") {
    return (
      at.session === session && (at.what === "tail" ? at.seq === seq || at.seq === seq - 1 : at.seq === seq)
    );
  }
  return at.what === "session" && at.session === session;
}

function flip(text: string): string {
  const bytes = Buffer.from(text);
  const index = Math.floor(Math.random() * bytes.length);
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return bytes.toString("latin1");
}

function keep(db: DatabaseSync): void {
  db.exec(`ATTACH ':memory:' AS kept;
    CREATE TABLE kept.entries AS SELECT session, seq, at, actor, payload, digest, prev, hash FROM main.entries;
    CREATE UNIQUE INDEX kept.by_place ON entries (session, seq);
    CREATE TABLE kept.heads AS SELECT * FROM main.heads`);
}

// Whatever an attack did to a session lies at its place or behind it.
function restore(db: DatabaseSync, { session, seq, to = seq }: Place): void {
  db.prepare(
    `INSERT OR REPLACE INTO main.entries (session, seq, at, actor, payload, digest, prev, hash)
     SELECT session, seq, at, actor, payload, digest, prev, hash FROM kept.entries
     WHERE session = ? AND seq BETWEEN ? AND ?`,
  ).run(session, seq, to);
  db.prepare("INSERT OR REPLACE INTO main.heads SELECT * FROM kept.heads WHERE session = ?").run(session);
}

function fill(entries: number, checkpoints: number): Filled {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "ledger.db");
  const signer = openKey(join(folder, "key"));
  // Ninety days of work, as a page shows them.
  let day = 0;
  const store = openSqliteStore(path, { now: () => new Date(Date.UTC(2026, 0, 1 + day)), signer });
  const sessions = Math.ceil(entries / perSession);
  const start = performance.now();
  for (let session = 0; session < sessions; session += 1) {
    day = session % 90;
    const count = Math.min(perSession, entries - session * perSession);
    store.append(
      Array.from({ length: count }, (_, index) => ({
        session: `run_${session}`,
        actor: "bench",
        event: sampleEvent(index),
      })),
    );
    if (session % Math.ceil(sessions / checkpoints) === 0) addCheckpoint(store, { signer, now });
  }
  addCheckpoint(store, { signer, now });
  store.close();
  console.log(
    `  ${entries} entries in ${sessions} sessions filled in ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  return { path, signer };
}
