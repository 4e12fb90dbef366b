import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Fault } from "../core/fault.ts";
import { codeOf } from "./real-files.ts";
import { patiently } from "./sqlite-errors.ts";

/** Opens the database for appending, and makes it with its folder where there is none. */
export function openTables(path: string, waitMs: number): DatabaseSync {
  makeFolder(dirname(path));
  // An empty file is an empty database; made here, it is for this user alone, and so are the logs beside it.
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    patiently(waitMs, () => db.exec("PRAGMA journal_mode = WAL"));
    // One fdatasync for each commit. Erased payloads must not stay readable in freed pages. The log is folded back
    // every 16 MB instead of every 4: an append touches three pages, and each folding makes one writer wait.
    db.exec("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000");
    if (version(db, waitMs) === 0) patiently(waitMs, () => makeTables(db));
    checkVersion(version(db, waitMs), path);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Opens the database for reading. Throws `ledger/not-found` where there is none. */
export function openTablesToRead(path: string, waitMs: number): DatabaseSync {
  if (!existsSync(path)) throw noLedger(path);
  const db = new DatabaseSync(isFrozen(path) ? frozenUrl(path) : path, { readOnly: true, timeout: 0 });
  try {
    const found = version(db, waitMs);
    if (found === 0) throw noLedger(path);
    checkVersion(found, path);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/**
 * Whether nothing can change the ledger: it lies on a read-only file system and no log waits beside it to be folded in.
 * SQLite reads a ledger by making files beside it; only of a frozen one it may be told that this is not needed.
 */
function isFrozen(path: string): boolean {
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch (error) {
    if (codeOf(error) === "EROFS")
      return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
    if (codeOf(error) === "EACCES" || codeOf(error) === "EPERM") return false;
    throw error;
  }
}

function frozenUrl(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  return url;
}

const tablesVersion = 1;

// STRICT: a value of another type than its column's cannot be planted. Clustered by session and number, because that
// is how entries are read. An entry's type stands in its payload alone: a second copy could only disagree.
const tables = `
  CREATE TABLE entries (
    session TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    payload TEXT NOT NULL,
    digest TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (session, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE heads (
    number INTEGER PRIMARY KEY,
    session TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    signature TEXT NOT NULL,
    noted INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
  CREATE TABLE artifacts (
    digest TEXT NOT NULL PRIMARY KEY,
    bytes INTEGER NOT NULL,
    at TEXT NOT NULL,
    content BLOB
  ) STRICT;
  CREATE TABLE rollups (
    day TEXT NOT NULL,
    type TEXT NOT NULL,
    code TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, type, code)
  ) STRICT, WITHOUT ROWID;
`;

function makeTables(db: DatabaseSync): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    // Another process may have been faster between our look and our lock.
    if (readVersion(db) === 0) db.exec(`${tables}; PRAGMA user_version = ${tablesVersion}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

// The ledger keeps itself out of the user's commits without touching the user's own .gitignore.
function makeFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made === undefined && basename(folder) !== ".surefoot") return;
  if (made !== undefined && process.platform !== "win32") chmodSync(folder, 0o700);
  const ignore = join(folder, ".gitignore");
  try {
    writeFileSync(ignore, "*\n", { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

function version(db: DatabaseSync, waitMs: number): number {
  return patiently(waitMs, () => readVersion(db));
}

function readVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}

function checkVersion(found: number, path: string): void {
  if (found === tablesVersion) return;
  throw new Fault(
    "ledger/unreadable",
    `the ledger ${path} has version ${found}; this surefoot knows ${tablesVersion}`,
    {
      hint: "use the surefoot that wrote it, or a newer one",
    },
  );
}

function noLedger(path: string): Fault {
  return new Fault("ledger/not-found", `there is no ledger at ${path}`, {
    hint: "`surefoot run` makes one, and so does an agent with the guard; name another with --ledger <file>",
  });
}
