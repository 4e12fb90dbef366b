import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { killWhileWriting, runWriters, startWriter } from "../../bench/ledger-processes.ts";
import { walkInThreads } from "../../src/cli/ledger/walk-in-threads.ts";
import { openKey } from "../../src/host/key.ts";
import { openSqliteStore } from "../../src/host/sqlite-store.ts";
import { addCheckpoint } from "../../src/ledger/checkpoint.ts";
import { verifyLedger } from "../../src/ledger/verify.ts";
import { tempFolder } from "../support/temp-folder.ts";

const now = (): Date => new Date();
const writer = join(import.meta.dirname, "../../bench/ledger-writer.ts");
const cli = join(import.meta.dirname, "../../src/cli.ts");

function verified(path: string): { readonly kind: string; readonly entries: number } {
  const store = openSqliteStore(path, { now, mode: "read" });
  try {
    const result = verifyLedger(store, { publicKey: openKey(join(path, "..", "key")).publicKey });
    return { kind: result.kind, entries: result.kind === "verified" ? result.entries : 0 };
  } finally {
    store.close();
  }
}

test("four processes that append at once, to their own sessions and to a common one, keep every chain whole", async (context) => {
  const path = join(tempFolder(context), "ledger.db");
  await runWriters(["own_1", "own_2", "common", "common"].map((session) => ["ledger", path, session, "150"]));
  assert.deepEqual(verified(path), { kind: "verified", entries: 600 });
  const store = openSqliteStore(path, { now, mode: "read" });
  assert.deepEqual(
    store
      .sessions()
      .map(({ session, seq }) => [session, seq])
      .toSorted(),
    [
      ["common", 300],
      ["own_1", 150],
      ["own_2", 150],
    ],
  );
  store.close();
});

test("eight processes that open a new ledger at the same moment make one", async (context) => {
  const path = join(tempFolder(context), ".surefoot", "ledger.db");
  await runWriters(Array.from({ length: 8 }, (_, index) => ["ledger", path, `run_${index}`, "3"]));
  assert.deepEqual(verified(path), { kind: "verified", entries: 24 });
});

test("what was acknowledged is there after kill -9, however often", async (context) => {
  const path = join(tempFolder(context), "ledger.db");
  let acknowledged = 0;
  for (let round = 0; round < 12; round += 1) {
    const writers = await Promise.all(
      ["a", "b"].map((name) => startWriter(["ledger", path, `run_${round}_${name}`, "acknowledge"])),
    );
    const lines = await killWhileWriting(writers);
    const store = openSqliteStore(path, { now, mode: "read" });
    const present = new Set(
      store
        .sessions()
        .flatMap(({ session }) =>
          [...store.read(session)].map(({ seq, hash }) => `${session} ${seq} ${hash}`),
        ),
    );
    store.close();
    assert.deepEqual(
      lines.filter((line) => !present.has(line)),
      [],
    );
    acknowledged += lines.length;
  }
  assert.ok(acknowledged > 0);
  assert.equal(verified(path).kind, "verified");
});

test(
  "a disk that is full is one clear fault, and everything acknowledged before is there",
  { skip: process.platform === "win32" },
  (context) => {
    const folder = tempFolder(context);
    const path = join(folder, "ledger.db");
    openSqliteStore(path, { now, signer: openKey(join(folder, "key")) }).close();
    // A limit on the size of files, in blocks of 512 bytes: no write beyond it succeeds.
    const program = `
    import { openWhole } from ${JSON.stringify(writer)};
    const appender = openWhole(${JSON.stringify(path)}, "run_1");
    let done = 0;
    try { for (;;) { appender.append(done + 1); done += 1; } }
    catch (error) { console.log(JSON.stringify({ done, code: error.code, name: error.name })); }`;
    const ran = spawnSync(
      "/bin/sh",
      ["-c", 'ulimit -f 400; exec "$@"', "sh", process.execPath, "--input-type=module", "-e", program],
      {
        encoding: "utf8",
      },
    );
    const { done, code, name } = JSON.parse(ran.stdout);
    assert.deepEqual([code, name, done > 0], ["ledger/unwritable", "Fault", true], ran.stderr);
    assert.deepEqual(verified(path), { kind: "verified", entries: done });
  },
);

test(
  "a folder that may not be written to is one clear fault",
  { skip: process.getuid?.() === 0 || process.platform === "win32" },
  (context) => {
    const folder = tempFolder(context);
    chmodSync(folder, 0o500);
    assert.throws(() => openSqliteStore(join(folder, "ledger.db"), { now }), { code: "ledger/unwritable" });
  },
);

interface Said {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** A repository with a ledger of two sessions, and the command line on it. */
function repository(context: Parameters<typeof tempFolder>[0]): {
  readonly root: string;
  readonly config: string;
  surefoot(args: readonly string[], input?: string): Said;
  git(...args: string[]): string;
} {
  const root = tempFolder(context);
  const config = tempFolder(context);
  const env = { ...process.env, SUREFOOT_CONFIG_HOME: config, GIT_CONFIG_GLOBAL: "/dev/null" };
  const git = (...args: string[]): string =>
    spawnSync("git", args, { cwd: root, env, encoding: "utf8" }).stdout;
  git("init", "-q");
  git("config", "user.name", "t");
  git("config", "user.email", "t@t");
  git("commit", "-q", "--allow-empty", "-m", "start");
  return {
    root,
    config,
    git,
    surefoot(args, input = "") {
      const ran = spawnSync(process.execPath, [cli, "ledger", ...args], {
        cwd: join(root),
        env,
        input,
        encoding: "utf8",
      });
      return { exit: ran.status, out: ran.stdout, err: ran.stderr };
    },
  };
}

function fillLedger(root: string, config: string): void {
  const signer = openKey(config);
  const store = openSqliteStore(join(root, ".surefoot", "ledger.db"), { now, signer });
  for (const session of ["run_1", "run_2"]) {
    store.append(
      ["one", "a secret: hunter2hunter2", "three"].map((text) => ({
        session,
        actor: "agent",
        event: { type: "agent.said", iteration: 1, text: `${session} ${text}` },
      })),
    );
  }
  addCheckpoint(store, { signer, now });
  store.close();
}

test("ledger verify answers 0, 2 and 5, and names the broken entry", (context) => {
  const { root, config, surefoot } = repository(context);
  assert.deepEqual([surefoot(["verify"]).exit, surefoot(["verify", "--json"]).exit], [2, 2]);
  openSqliteStore(join(root, ".surefoot", "ledger.db"), { now }).close();
  const empty = surefoot(["verify"]);
  assert.deepEqual([empty.exit, empty.out.startsWith("nothing to verify")], [2, true]);
  fillLedger(root, config);
  const whole = surefoot(["verify"]);
  assert.deepEqual([whole.exit, /6 entries in 2 sessions/.test(whole.out)], [0, true]);
  const path = join(root, ".surefoot", "ledger.db");
  const bytes = readFileSync(path);
  const at = bytes.indexOf("run_2 three");
  bytes[at] = 0x52;
  writeFileSync(path, bytes);
  const broken = surefoot(["verify"]);
  assert.deepEqual(
    [broken.exit, broken.out],
    [5, "✗ broken: session run_2, entry 3: its payload was changed\n"],
  );
  const { kind, at: place } = JSON.parse(surefoot(["verify", "--json"]).out);
  assert.deepEqual([kind, place], ["broken", { what: "entry", session: "run_2", seq: 3, part: "payload" }]);
});

test("several threads find what one finds", (context) => {
  const path = join(tempFolder(context), "ledger.db");
  const signer = openKey(join(path, "..", "key"));
  const store = openSqliteStore(path, { now, signer });
  for (let session = 0; session < 9; session += 1) {
    store.append(
      Array.from({ length: 40 }, (_, index) => ({
        session: `run_${session}`,
        actor: "agent",
        event: { type: "agent.said", iteration: 1, text: `${index}` },
      })),
    );
  }
  addCheckpoint(store, { signer, now });
  const verify = (): readonly unknown[] =>
    [walkInThreads(path, { leastEntries: 0 }), undefined].map((walk) =>
      verifyLedger(store, { publicKey: signer.publicKey, ...(walk === undefined ? {} : { walk }) }),
    );
  const [threads, one] = verify();
  assert.deepEqual(threads, one);
  const db = new DatabaseSync(path);
  for (const session of ["run_8", "run_4", "run_0"]) {
    db.prepare("UPDATE entries SET actor = 'nobody' WHERE session = ? AND seq = 7").run(session);
    const at = { what: "entry", session, seq: 7, part: "envelope" };
    const says = `session ${session}, entry 7: its envelope was changed`;
    assert.deepEqual(verify(), [
      { kind: "broken", at, says },
      { kind: "broken", at, says },
    ]);
  }
  db.close();
  store.close();
});

test("ledger show lists sessions and entries, also from a folder below", (context) => {
  const { root, config, surefoot } = repository(context);
  fillLedger(root, config);
  mkdirSync(join(root, "src", "deep"), { recursive: true });
  const listed = surefoot(["show"]);
  const entries = surefoot(["show", "run_1", "--after", "2"]);
  const json = JSON.parse(surefoot(["show", "run_1", "--type", "agent", "--json"]).out);
  assert.deepEqual(
    [
      listed.out.split("\n").map((line) => line.split(" ")[0]),
      entries.out
        .trim()
        .split(/\s{2,}/)
        .toSpliced(1, 1),
      json.entries.length,
    ],
    [["run_2", "run_1", ""], ["3", "agent.said", "run_1 three"], 3],
  );
  assert.equal(surefoot(["show", "nobody"]).exit, 2);
});

test("ledger anchor keeps a line and a note that a rewritten ledger no longer holds", (context) => {
  const { root, config, surefoot, git } = repository(context);
  fillLedger(root, config);
  assert.equal(surefoot(["verify", "--note"]).exit, 2);
  const { out: line, exit } = surefoot(["anchor", "--note"]);
  assert.deepEqual([exit, /^surefoot-ledger [0-9a-f]{64} 2 \S+Z\n$/.test(line)], [0, true]);
  assert.equal(git("notes", "--ref=surefoot", "show", "HEAD"), line);
  assert.deepEqual(
    [surefoot(["verify", "--note"]).exit, surefoot(["verify", "--against", line]).exit],
    [0, 0],
  );
  assert.equal(surefoot(["verify", "--against", "something else"]).exit, 2);
  for (const name of readdirSync(join(root, ".surefoot")).filter((each) => each.startsWith("ledger"))) {
    spawnSync("rm", [join(root, ".surefoot", name)]);
  }
  fillLedger(root, config);
  assert.deepEqual([surefoot(["verify"]).exit, surefoot(["verify", "--note"]).exit], [0, 5]);
});

test("ledger export writes lines and a bundle that verifies until it is changed", (context) => {
  const { root, config, surefoot } = repository(context);
  fillLedger(root, config);
  assert.equal(surefoot(["export"]).out.trim().split("\n").length, 6 + 2 + 1);
  assert.equal(surefoot(["export", "run_1", "--bundle", "evidence"]).exit, 0);
  assert.equal(surefoot(["verify", "--bundle", "evidence"]).exit, 0);
  assert.equal(surefoot(["export", "run_1", "--bundle", "evidence"]).exit, 2);
  const file = join(root, "evidence", "ledger.jsonl");
  writeFileSync(file, readFileSync(file, "utf8").replace("three", "Three"));
  const broken = surefoot(["verify", "--bundle", "evidence"]);
  assert.deepEqual([broken.exit, broken.out], [5, "✗ broken: ledger.jsonl was changed\n"]);
});

test("ledger erase takes a leaked text out of every file, and the ledger still verifies", (context) => {
  const { root, config, surefoot } = repository(context);
  fillLedger(root, config);
  assert.equal(surefoot(["erase", "run_1", "1"]).exit, 2);
  assert.equal(surefoot(["erase", "--matching", "--reason", "leak"], "not in there\n").exit, 1);
  const erased = surefoot(["erase", "--matching", "--reason", "leak"], "hunter2hunter2\n");
  assert.deepEqual([erased.exit, erased.out], [0, "erased entry 2 of run_1\nerased entry 2 of run_2\n"]);
  const folder = join(root, ".surefoot");
  assert.deepEqual(
    readdirSync(folder).filter(
      (name) => name.startsWith("ledger") && readFileSync(join(folder, name)).includes("hunter2"),
    ),
    [],
  );
  assert.equal(surefoot(["verify"]).exit, 0);
});

test("ledger prune and key answer, and an unknown verb is a wrong use", (context) => {
  const { root, config, surefoot } = repository(context);
  fillLedger(root, config);
  const pruned = JSON.parse(surefoot(["prune", "--json"]).out);
  assert.deepEqual([pruned.count, pruned.days > 0], [0, true]);
  assert.match(surefoot(["key"]).out, /^-----BEGIN PUBLIC KEY-----\n/);
  assert.equal(surefoot(["frobnicate"]).exit, 2);
});
