import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { openSqliteStore } from "../../../src/host/sqlite-store.ts";
import { memoryStore } from "../../../src/ledger/memory-store.ts";
import { storeContract } from "./store-contract.ts";
import { entry, fill, ticking } from "./samples.ts";

const root = mkdtempSync(join(tmpdir(), "surefoot-stores-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;
const fresh = (): string => join(root, `${(count += 1)}`, ".surefoot", "ledger.db");

storeContract("in memory", memoryStore);
storeContract("in SQLite", (options) => openSqliteStore(fresh(), options));

const fault = (act: () => unknown): readonly unknown[] => {
  try {
    act();
    return ["none"];
  } catch (error) {
    return error instanceof Fault ? [error.code, error.hint !== ""] : [error];
  }
};

test("a new ledger's folder is for this user alone and keeps itself out of commits", () => {
  const path = fresh();
  openSqliteStore(path, { now: ticking() }).close();
  const folder = join(path, "..");
  assert.equal(readFileSync(join(folder, ".gitignore"), "utf8"), "*\n");
  if (process.platform !== "win32") {
    assert.deepEqual([statSync(folder).mode & 0o777, statSync(path).mode & 0o777], [0o700, 0o600]);
  }
});

test("a .gitignore that is there already stays as it is", () => {
  const path = fresh();
  openSqliteStore(path, { now: ticking() }).close();
  writeFileSync(join(path, "..", ".gitignore"), "mine\n");
  openSqliteStore(path, { now: ticking() }).close();
  assert.equal(readFileSync(join(path, "..", ".gitignore"), "utf8"), "mine\n");
});

test("a ledger of a session goes on when it is opened again", () => {
  const path = fresh();
  for (const text of ["one", "two"]) {
    const store = openSqliteStore(path, { now: ticking() });
    store.append([entry("a", text)]);
    store.close();
  }
  const store = openSqliteStore(path, { now: ticking(), mode: "read" });
  assert.deepEqual(
    [...store.read("a")].map(({ seq }) => seq),
    [1, 2],
  );
  store.close();
});

test("reading makes no ledger, and writing through a reader fails clearly", () => {
  const path = fresh();
  assert.deepEqual(
    fault(() => openSqliteStore(path, { now: ticking(), mode: "read" })),
    ["ledger/not-found", true],
  );
  openSqliteStore(path, { now: ticking() }).close();
  const reader = openSqliteStore(path, { now: ticking(), mode: "read" });
  assert.deepEqual(
    fault(() => reader.append([entry("a", "x")])),
    ["ledger/unwritable", true],
  );
  reader.close();
});

test("a place that cannot hold a ledger is one clear fault", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  assert.deepEqual(
    fault(() => openSqliteStore(join(file, "ledger.db"), { now: ticking() })),
    ["ledger/unwritable", true],
  );
  assert.deepEqual(
    fault(() => openSqliteStore(root, { now: ticking() })),
    ["ledger/unwritable", true],
  );
});

test("a file that is no ledger, or a damaged one, is one clear fault and stays as it is", () => {
  const path = join(root, "notes.db");
  writeFileSync(path, "not a database, but long enough to look like a file of some kind".repeat(100));
  const before = readFileSync(path);
  assert.deepEqual(
    fault(() => openSqliteStore(path, { now: ticking() })),
    ["ledger/broken", true],
  );
  assert.deepEqual(
    fault(() => openSqliteStore(path, { now: ticking(), mode: "read" })),
    ["ledger/broken", true],
  );
  assert.deepEqual(readFileSync(path), before);
});

test("a ledger of another version is not touched", () => {
  const path = fresh();
  openSqliteStore(path, { now: ticking() }).close();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 7");
  db.close();
  assert.deepEqual(
    fault(() => openSqliteStore(path, { now: ticking() })),
    ["ledger/unreadable", true],
  );
});

test("a writer that another one keeps waiting gives up after the time it was given, and has written nothing", () => {
  const path = fresh();
  const store = openSqliteStore(path, { now: ticking(), waitMs: 30 });
  store.append([entry("a", "one")]);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  assert.deepEqual(
    fault(() => store.append([entry("a", "two")])),
    ["ledger/unwritable", true],
  );
  other.exec("ROLLBACK");
  other.close();
  store.append([entry("a", "three")]);
  assert.deepEqual(
    [...store.read("a")].map(({ seq, event }) => [seq, event.type === "agent.said" && event.text]),
    [
      [1, "one"],
      [2, "three"],
    ],
  );
  store.close();
});

test("a transaction that fails in the middle leaves nothing of itself", () => {
  const path = fresh();
  openSqliteStore(path, { now: ticking() }).close();
  const db = new DatabaseSync(path);
  db.exec("CREATE TRIGGER no BEFORE INSERT ON entries WHEN NEW.seq > 3 BEGIN SELECT RAISE(ABORT, 'no'); END");
  db.close();
  const store = openSqliteStore(path, { now: ticking() });
  fill(store, ["a"], 3);
  assert.throws(() => store.append([entry("b", "x"), entry("a", "four")]));
  assert.deepEqual(
    store.sessions().map(({ session, seq }) => [session, seq]),
    [["a", 3]],
  );
  store.close();
});

test("an erased secret is in none of the ledger's files", () => {
  const path = fresh();
  const secret = "a-secret-that-nobody-redacted";
  const store = openSqliteStore(path, { now: ticking() });
  fill(store, ["a"], 5);
  store.append([entry("a", secret.repeat(300))]);
  fill(store, ["a"], 5);
  const holding = (): readonly string[] =>
    readdirSync(join(path, ".."))
      .filter((name) => name.startsWith("ledger.db"))
      .filter((name) => readFileSync(join(path, "..", name)).includes(secret));
  assert.notDeepEqual(holding(), []);
  store.erase({ session: "a", seq: 6 }, { actor: "me", reason: "leak" });
  assert.deepEqual(holding(), []);
  store.close();
  assert.deepEqual(holding(), []);
});

test("an artifact's changed file is noticed when it is read", () => {
  const path = fresh();
  const store = openSqliteStore(path, { now: ticking() });
  const digest = store.putArtifact(Buffer.alloc(100_000, "x"));
  writeFileSync(join(path, "..", "artifacts", digest.slice(0, 2), digest), "y");
  assert.deepEqual(
    fault(() => store.getArtifact(digest)),
    ["ledger/broken", true],
  );
  store.close();
});
