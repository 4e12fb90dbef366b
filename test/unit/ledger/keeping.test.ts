import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../../src/core/digest.ts";
import { Fault } from "../../../src/core/fault.ts";
import type { LedgerStore } from "../../../src/core/ports.ts";
import { anchorLine, checkAnchor, readAnchors } from "../../../src/ledger/anchor.ts";
import { addCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { eraseEntry, eraseText } from "../../../src/ledger/erase.ts";
import { openLedger } from "../../../src/ledger/ledger.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { memoryStore } from "../../../src/ledger/memory-store.ts";
import { entriesOf, listSessions } from "../../../src/ledger/query.ts";
import { makeRedactor } from "../../../src/ledger/redact.ts";
import { prune } from "../../../src/ledger/retention.ts";
import { verifyLedger } from "../../../src/ledger/verify.ts";
import { entry, fill, said, ticking } from "./samples.ts";

const by = { actor: "user:me", reason: "a leak" };

function ledgerAt(now: () => Date, checkpointEveryMs?: number): Ledger {
  const redactor = makeRedactor({ enabled: false, env: [] }, {});
  const every = checkpointEveryMs === undefined ? {} : { checkpointEveryMs };
  return openLedger({ store: memoryStore({ now }), redactor, now, ...every });
}

const payloads = (store: LedgerStore): readonly string[] =>
  store.sessions().flatMap(({ session }) => [...store.rows(session)].map(({ payload }) => payload));

test("erasing an entry removes the artifacts that it refers to and that hold the text, and no others", () => {
  const store = memoryStore({ now: ticking() });
  const [leak, fine] = ["the secret is hunter2", "fine"].map((text) => store.putArtifact(Buffer.from(text)));
  store.append([entry("a", `see ${leak} and ${fine}`)]);
  const erasure = eraseEntry(store, { session: "a", seq: 1 }, { ...by, text: "hunter2" });
  assert.deepEqual(
    [erasure.artifacts, store.artifacts().map(({ digest }) => digest)],
    [[sha256("the secret is hunter2")], [sha256("fine")]],
  );
});

test("erasing a text finds it in every session, escaped or not, and in artifacts", () => {
  const store = memoryStore({ now: ticking() });
  const secret = 'p"ss\nword';
  store.append([
    entry("a", `x ${secret} y`),
    entry("a", "nothing here"),
    entry("b", JSON.stringify({ inner: secret })),
  ]);
  store.putArtifact(Buffer.from(`output ${secret}`));
  const erasure = eraseText(store, secret, by);
  assert.deepEqual(
    [
      erasure.tombstones.map(({ session, event }) => [session, event.type === "entry.erased" && event.seq]),
      erasure.artifacts.length,
      store.artifacts(),
      payloads(store).filter((payload) => payload.includes("ss\\nword") || payload.includes("ss\\\\nword")),
      verifyLedger(store).kind,
    ],
    [
      [
        ["a", 1],
        ["b", 1],
      ],
      1,
      [],
      [],
      "verified",
    ],
  );
});

test("a text that is too short, or that the reason repeats, is not erased", () => {
  const store = memoryStore({ now: ticking() });
  store.append([entry("a", "abc secret")]);
  const usage = (act: () => unknown): void =>
    assert.throws(act, (error) => error instanceof Fault && error.code === "usage/invalid");
  usage(() => eraseText(store, "abc", by));
  usage(() => eraseText(store, "secret", { ...by, reason: "the secret leaked" }));
  assert.equal(store.countRows(), 1);
});

test("pruning removes old artifacts, says so in the ledger, and keeps the rest", () => {
  let day = 1;
  const now = (): Date => new Date(Date.UTC(2026, 0, day));
  const ledger = ledgerAt(now);
  const old = ledger.putArtifact("old");
  day = 20;
  const recent = ledger.putArtifact("recent");
  day = 40;
  const pruned = prune(ledger, { days: 30, now: now(), session: "maintenance", actor: "user:me" });
  const again = prune(ledger, { days: 30, now: now(), session: "maintenance", actor: "user:me" });
  assert.deepEqual(
    [
      pruned,
      again.count,
      ledger.getArtifact(old),
      Buffer.from(ledger.getArtifact(recent) ?? []).toString(),
      [...ledger.read("maintenance")].map(({ event }) => event),
    ],
    [
      { count: 1, bytes: 3, olderThan: "2026-01-10T00:00:00.000Z" },
      0,
      undefined,
      "recent",
      [{ type: "artifacts.pruned", count: 1, olderThan: "2026-01-10T00:00:00.000Z" }],
    ],
  );
});

test("checkpoints come at intervals, whichever process appends", () => {
  let time = Date.UTC(2026, 0, 1);
  const now = (): Date => new Date(time);
  const store = memoryStore({ now });
  const redactor = makeRedactor({ enabled: false, env: [] }, {});
  const counts: number[] = [];
  for (let second = 0; second < 150; second += 10) {
    time += 10_000;
    // A ledger of its own each time, as in a hook.
    openLedger({ store, redactor, now, checkpointEveryMs: 60_000 }).append(entry("a", "x"));
    counts.push([...store.checkpoints()].length);
  }
  assert.deepEqual(counts, [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3]);
});

test("an anchor holds as long as the ledger contains what it was taken of", () => {
  const now = ticking();
  const store = memoryStore({ now });
  fill(store, ["a", "b"], 2);
  const checkpoint = addCheckpoint(store, { now });
  assert.ok(checkpoint !== undefined);
  const text = `Some note\n\n${anchorLine(checkpoint)}\nmore`;
  const [anchor] = readAnchors(text);
  assert.deepEqual(
    [readAnchors(text).length, anchor],
    [1, { root: checkpoint.root, sessions: 2, at: checkpoint.at }],
  );
  fill(store, ["c"], 2);
  addCheckpoint(store, { now });
  assert.ok(anchor !== undefined);
  const held = checkAnchor(store, anchor);
  const rewritten = memoryStore({ now });
  fill(rewritten, ["a", "b"], 3);
  addCheckpoint(rewritten, { now });
  const lost = checkAnchor(rewritten, anchor);
  assert.deepEqual(
    [held, lost.kind, verifyLedger(rewritten).kind],
    [{ kind: "held", anchor, checkpoint: 1 }, "broken", "verified"],
  );
});

test("an anchor with another count or date than its root's does not hold", () => {
  const now = ticking();
  const store = memoryStore({ now });
  fill(store, ["a"], 1);
  const checkpoint = addCheckpoint(store, { now });
  assert.ok(checkpoint !== undefined);
  const { root, at } = checkpoint;
  assert.deepEqual(
    [
      checkAnchor(store, { root, at, sessions: 2 }).kind,
      checkAnchor(store, { root, at: "2030-01-01T00:00:00.000Z", sessions: 1 }).kind,
    ],
    ["broken", "broken"],
  );
});

test("sessions are listed newest first, with how they ended", () => {
  const store = memoryStore({ now: ticking() });
  store.append([
    {
      session: "run_1",
      actor: "run",
      event: {
        type: "session.opened",
        kind: "run",
        version: "1",
        policy: "p",
        environment: {
          node: "24",
          git: "2",
          os: "linux",
          arch: "x64",
          repository: "r",
          branch: "main",
          commit: "c",
          dirty: false,
          jail: "none",
        },
      },
    },
  ]);
  fill(store, ["run_1"], 40);
  store.append([
    {
      session: "run_1",
      actor: "run",
      event: { type: "run.finished", verdict: "stopped", stop: "tokens", says: "" },
    },
    entry("hook_1", "x"),
  ]);
  assert.deepEqual(
    listSessions(store).map(({ session, kind, entries, verdict, stop }) => [
      session,
      kind,
      entries,
      verdict,
      stop,
    ]),
    [
      ["hook_1", undefined, 1, undefined, undefined],
      ["run_1", "run", 42, "stopped", "tokens"],
    ],
  );
});

test("entries are filtered by type, by family and by number", () => {
  const store = memoryStore({ now: ticking() });
  store.append([
    { session: "a", actor: "x", event: said("one") },
    { session: "a", actor: "x", event: { type: "run.interrupted", says: "" } },
    { session: "a", actor: "x", event: { type: "run.resumed", from: "x" } },
    { session: "a", actor: "x", event: said("two") },
  ]);
  const seqs = (filter: Parameters<typeof entriesOf>[2]): readonly number[] =>
    [...entriesOf(store, "a", filter)].map(({ seq }) => seq);
  assert.deepEqual(
    [
      seqs({}),
      seqs({ types: ["run"] }),
      seqs({ types: ["run.resumed", "agent.said"] }),
      seqs({ after: 2 }),
      seqs({ types: ["ru"] }),
    ],
    [[1, 2, 3, 4], [2, 3], [1, 3, 4], [3, 4], []],
  );
});
