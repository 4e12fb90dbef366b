import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { canonical } from "../../../src/core/canonical.ts";
import { genesis, headMessage, link } from "../../../src/core/chain.ts";
import { sha256 } from "../../../src/core/digest.ts";
import type { StoredRow } from "../../../src/core/chain.ts";
import type { SessionHead } from "../../../src/core/ports.ts";
import { addCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { memoryStore } from "../../../src/ledger/memory-store.ts";
import type { MemoryTables } from "../../../src/ledger/memory-store.ts";
import { verifyLedger } from "../../../src/ledger/verify.ts";
import type { Verification } from "../../../src/ledger/verify.ts";
import { entry, fill, makeSigner, ticking } from "./samples.ts";

const signer = makeSigner();
const sessions = ["run_a", "run_b", "run_c"];
const perSession = 6;

/** Three sessions in turns, a checkpoint in the middle and one at the end. */
function ledger(): { readonly tables: MemoryTables; readonly verify: (key?: boolean) => Verification } {
  const now = ticking();
  const store = memoryStore({ now, signer });
  fill(store, sessions, perSession / 2);
  addCheckpoint(store, { signer, now });
  fill(store, sessions, perSession / 2);
  addCheckpoint(store, { signer, now });
  return {
    tables: store.tables,
    verify: (key = true) => verifyLedger(store, key ? { publicKey: signer.publicKey } : {}),
  };
}

const place = (result: Verification): unknown => (result.kind === "broken" ? result.at : result.kind);

const anyRow = fc.integer({ min: 0, max: sessions.length * perSession - 1 });
const edit = <T>(items: T[], index: number, change: (item: T) => T): void => {
  const item = items[index];
  if (item !== undefined) items[index] = change(item);
};

// Another character of the same kind, so that a hash stays one.
const flipAt = (text: string, at: number): string => {
  const index = at % text.length;
  const flipped = text[index] === "0" ? "1" : "0";
  return text.slice(0, index) + flipped + text.slice(index + 1);
};

const broken = (change: (tables: MemoryTables) => void): unknown => {
  const { tables, verify } = ledger();
  change(tables);
  return place(verify());
};

const rehash = (body: string): { body: string; hash: string } => ({ body, hash: sha256(body) });

test("a whole ledger verifies and says how much was looked at", () => {
  const { tables, verify } = ledger();
  assert.deepEqual(verify(), {
    kind: "verified",
    sessions: 3,
    entries: 18,
    erased: 0,
    checkpoints: 2,
    root: JSON.parse(tables.checkpoints[1]?.body ?? "").root,
    uncovered: 0,
    signatures: "verified",
    artifacts: "not checked",
  });
});

test("a ledger that holds nothing is not verified", () => {
  assert.deepEqual(verifyLedger(memoryStore({ now: ticking() })), { kind: "empty" });
});

test("a changed character in any column of any entry is named by session and number", () => {
  const columns = ["payload", "at", "actor", "digest", "prev", "hash"] as const;
  fc.assert(
    fc.property(anyRow, fc.constantFrom(...columns), fc.nat(500), fc.boolean(), (index, column, at, key) => {
      const { tables, verify } = ledger();
      const before = tables.rows[index];
      edit(tables.rows, index, (row) => ({ ...row, [column]: flipAt(row[column], at) }));
      const result = verify(key);
      const found = result.kind === "broken" && result.at.what === "entry" ? result.at : undefined;
      assert.deepEqual([found?.session, found?.seq], [before?.session, before?.seq]);
    }),
  );
});

test("a removed entry is named, with and without the key", () => {
  fc.assert(
    fc.property(anyRow, fc.boolean(), (index, key) => {
      const { tables, verify } = ledger();
      const [gone] = tables.rows.splice(index, 1);
      const at =
        gone?.seq === perSession
          ? { what: "tail", session: gone.session, seq: perSession - 1, expected: perSession }
          : { what: "entry", session: gone?.session, seq: gone?.seq, part: "gap" };
      assert.deepEqual(place(verify(key)), at);
    }),
  );
});

test("a tail that was cut together with its head is found, by the checkpoint and by the signature", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sessions),
      fc.integer({ min: 1, max: perSession - 1 }),
      (session, keep) => {
        const { tables, verify } = ledger();
        tables.rows = tables.rows.filter((row) => row.session !== session || row.seq <= keep);
        const last = tables.rows.findLast((row) => row.session === session);
        tables.heads = tables.heads.map((head) =>
          head.session === session ? { ...head, seq: keep, hash: last?.hash ?? "" } : head,
        );
        assert.deepEqual(place(verify(false)), { what: "tail", session, seq: keep, expected: perSession });
        tables.checkpoints = [];
        assert.deepEqual(place(verify()), { what: "head", session });
      },
    ),
  );
});

test("a session that was dropped with its head is named, also after its checkpoints were dropped too", () => {
  for (const [index, session] of sessions.entries()) {
    const { tables, verify } = ledger();
    tables.rows = tables.rows.filter((row) => row.session !== session);
    tables.heads = tables.heads.filter((head) => head.session !== session);
    const number = index + 1;
    assert.deepEqual(place(verify(false)), { what: "session", number, session });
    tables.checkpoints = [];
    // The last one leaves no gap: only a checkpoint, or an anchor elsewhere, remembers it.
    const without = number === sessions.length ? "verified" : { what: "session", number, session: undefined };
    assert.deepEqual(place(verify()), without);
  }
});

test("a head that was removed alone is found", () => {
  const { tables, verify } = ledger();
  tables.heads.pop();
  tables.checkpoints = [];
  assert.deepEqual(place(verify()), { what: "session", number: 3, session: undefined });
});

test("two entries that changed places are found at the first of them", () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { minLength: 2, maxLength: 2 }), ([first = 0, second = 0]) => {
      const { tables, verify } = ledger();
      const [one, two] = [tables.rows[first], tables.rows[second]];
      if (one === undefined || two === undefined) return;
      // Everything but the place itself: what an editor of the table could do.
      edit(tables.rows, first, (row) => ({ ...two, session: row.session, seq: row.seq }));
      edit(tables.rows, second, (row) => ({ ...one, session: row.session, seq: row.seq }));
      const [earlier] = [one, two].toSorted(
        (a, b) => sessions.indexOf(a.session) - sessions.indexOf(b.session) || a.seq - b.seq,
      );
      const result = verify();
      const found = result.kind === "broken" && result.at.what === "entry" ? result.at : undefined;
      assert.deepEqual([found?.session, found?.seq], [earlier?.session, earlier?.seq]);
    }),
  );
});

test("a session rewritten as a whole is found by its checkpoint, and without one by its signature", () => {
  const { tables, verify } = ledger();
  const forged: StoredRow[] = [];
  let before = { seq: 0, hash: genesis };
  for (let seq = 1; seq <= perSession; seq += 1) {
    const { type: _, ...row } = link(before, entry("run_b", "nothing happened"), "2026-01-01T00:00:00.000Z");
    forged.push(row);
    before = row;
  }
  tables.rows = [...tables.rows.filter((row) => row.session !== "run_b"), ...forged];
  tables.heads = tables.heads.map((head) =>
    head.session === "run_b" ? { ...head, hash: before.hash } : head,
  );
  assert.deepEqual(place(verify(false)), { what: "entry", session: "run_b", seq: 3, part: "marked" });
  tables.checkpoints = [];
  assert.deepEqual([place(verify(false)), place(verify())], ["verified", { what: "head", session: "run_b" }]);
});

test("an edited, removed, reordered or unsigned checkpoint is named", () => {
  const first = { what: "checkpoint", number: 1 };
  const second = { what: "checkpoint", number: 2 };
  assert.deepEqual(
    [
      broken(({ checkpoints }) => edit(checkpoints, 0, (each) => ({ ...each, body: flipAt(each.body, 7) }))),
      broken(({ checkpoints }) => edit(checkpoints, 1, (each) => ({ ...each, hash: flipAt(each.hash, 7) }))),
      broken(({ checkpoints }) => edit(checkpoints, 1, (each) => ({ ...each, signature: "" }))),
      broken(({ checkpoints }) => checkpoints.shift()),
      broken((tables) => (tables.checkpoints = tables.checkpoints.toReversed())),
      broken(({ checkpoints }) =>
        edit(checkpoints, 1, (each) => ({ ...each, ...rehash(each.body.replace(/"root":"./, '"root":"x')) })),
      ),
    ],
    [first, second, second, first, first, second],
  );
});

test("a checkpoint whose root its heads do not give is found without any key", () => {
  const { tables, verify } = ledger();
  const body = tables.checkpoints[1]?.body.replace(/"root":"[0-9a-f]{4}/, '"root":"ffff') ?? "";
  edit(tables.checkpoints, 1, (each) => ({ ...each, body, hash: sha256(body) }));
  assert.deepEqual(place(verify(false)), { what: "checkpoint", number: 2 });
});

test("another key's signatures are not this key's", () => {
  const { verify } = ledger();
  const { tables, verify: verifyOther } = ledger();
  const other = makeSigner();
  tables.checkpoints = [];
  const resign = (head: SessionHead): SessionHead => ({
    ...head,
    signature: Buffer.from(other.sign(headMessage(head))).toString("base64"),
  });
  tables.heads = tables.heads.map(resign);
  assert.deepEqual([place(verify()), place(verifyOther())], ["verified", { what: "head", session: "run_a" }]);
});

test("a payload that was replaced by a tombstone nobody recorded is found", () => {
  const { tables, verify } = ledger();
  const payload = canonical({
    type: "erased",
    reason: "none of your business",
    at: "2026-01-01T00:00:00.000Z",
  });
  edit(tables.rows, 4, (row) => ({ ...row, payload }));
  assert.deepEqual(place(verify(false)), { what: "entry", session: "run_b", seq: 2, part: "erased" });
});

test("a recorded tombstone cannot be reworded", () => {
  const now = ticking();
  const store = memoryStore({ now, signer });
  fill(store, ["run_a"], 3);
  store.erase({ session: "run_a", seq: 2 }, { actor: "me", reason: "a leak" });
  const verify = (): unknown => place(verifyLedger(store, { publicKey: signer.publicKey }));
  const before = verify();
  edit(store.tables.rows, 1, (row) => ({ ...row, payload: row.payload.replace("a leak", "no leak") }));
  assert.deepEqual(
    [before, verify()],
    ["verified", { what: "entry", session: "run_a", seq: 2, part: "erased" }],
  );
});

test("entries that are appended while the ledger is verified break nothing", () => {
  const store = memoryStore({ now: ticking(), signer });
  fill(store, sessions, 3);
  const busy = {
    ...store,
    sessions: () => {
      const heads = store.sessions();
      store.append([entry("run_a", "more"), entry("run_d", "more")]);
      return heads;
    },
  };
  assert.equal(verifyLedger(busy, { publicKey: signer.publicKey }).kind, "verified");
});

test("a changed artifact is named when artifacts are verified too", () => {
  const store = memoryStore({ now: ticking(), signer });
  fill(store, ["run_a"], 1);
  const digest = store.putArtifact(Buffer.from("output"));
  const verify = (): unknown => place(verifyLedger(store, { artifacts: true }));
  const before = verify();
  edit(store.tables.artifacts, 0, (artifact) => ({ ...artifact, content: Buffer.from("Output") }));
  assert.deepEqual([before, verify()], ["verified", { what: "artifact", digest }]);
});
