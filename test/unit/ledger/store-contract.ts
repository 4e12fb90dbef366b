import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical } from "../../../src/core/canonical.ts";
import { genesis, headMessage } from "../../../src/core/chain.ts";
import { sha256 } from "../../../src/core/digest.ts";
import { Fault } from "../../../src/core/fault.ts";
import { rollupCodes } from "../../../src/core/rollup.ts";
import type { LedgerStore, NewEntry, Signer } from "../../../src/core/ports.ts";
import { addCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { signatureCheck } from "../../../src/ledger/signature.ts";
import { verifyLedger } from "../../../src/ledger/verify.ts";
import { entry, fill, makeSigner, ticking } from "./samples.ts";

type Make = (options: { readonly now: () => Date; readonly signer: Signer }) => LedgerStore;

/** What every `LedgerStore` promises. */
export function storeContract(name: string, make: Make): void {
  const holds = (title: string, body: (store: LedgerStore, signer: Signer) => void): void => {
    test(`${name}: ${title}`, () => {
      const signer = makeSigner();
      const store = make({ now: ticking(), signer });
      try {
        body(store, signer);
      } finally {
        store.close();
      }
    });
  };

  holds("entries are read back in order, linked from the first to the last", (store) => {
    const written = store.append([entry("a", "one"), entry("b", "other"), entry("a", "two")]);
    const read = [...store.read("a")];
    assert.deepEqual(read, [written[0], written[2]]);
    assert.deepEqual(
      read.map(({ seq, prev }) => [seq, prev]),
      [
        [1, genesis],
        [2, read[0]?.hash],
      ],
    );
    assert.deepEqual([...store.read("a", 1)], [written[2]]);
    assert.deepEqual([...store.read("nobody")], []);
  });

  holds("an entry reads as what was appended, whatever characters it has", (store) => {
    const text = 'quotes " and \\ and \n and \u0000 and grüße and \u{1f600} and \ud800';
    const [written] = store.append([entry("a", text)]);
    assert.deepEqual([...store.read("a")], [written]);
    assert.deepEqual(written?.event, { type: "agent.said", iteration: 1, text });
  });

  holds("more entries than fit on a page are read whole", (store) => {
    store.append(Array.from({ length: 2345 }, (_, index) => entry("a", `${index}`)));
    assert.deepEqual(
      [...store.read("a")].map(({ seq }) => seq),
      Array.from({ length: 2345 }, (_, index) => index + 1),
    );
  });

  holds("heads are signed and numbered in the order of opening", (store, signer) => {
    fill(store, ["b", "a"], 3);
    const check = signatureCheck(signer.publicKey);
    assert.deepEqual(
      store
        .sessions()
        .map((head) => [head.session, head.number, head.seq, check(headMessage(head), head.signature)]),
      [
        ["b", 1, 3, true],
        ["a", 2, 3, true],
      ],
    );
    assert.deepEqual(store.head("a"), store.sessions()[1]);
    assert.equal(store.head("c"), undefined);
    assert.equal(store.countRows(), 6);
  });

  holds("appending nothing changes nothing", (store) => {
    assert.deepEqual([store.append([]), store.sessions()], [[], []]);
  });

  holds("an entry that opens its session is left out where the session has begun", (store) => {
    const opening = { ...entry("a", "opening"), opens: true } as const;
    const written = [store.append([opening, entry("a", "one")]), store.append([opening, entry("a", "two")])];
    assert.deepEqual(
      [written.map((entries) => entries.map(({ seq }) => seq)), [...store.read("a")].length],
      [[[1, 2], [3]], 3],
    );
  });

  holds("a checkpoint covers what is new, and none is added when nothing is", (store) => {
    fill(store, ["a", "b"], 2);
    const first = addCheckpoint(store, { now: ticking() });
    fill(store, ["b", "c"], 1);
    const second = addCheckpoint(store, { now: ticking() });
    const third = addCheckpoint(store, { now: ticking() });
    assert.deepEqual(
      [first, second, third].map((checkpoint) =>
        checkpoint?.changed.map(([number, session, seq]) => [number, session, seq]),
      ),
      [
        [
          [1, "a", 2],
          [2, "b", 2],
        ],
        [
          [2, "b", 3],
          [3, "c", 1],
        ],
        undefined,
      ],
    );
    const stored = [...store.checkpoints()];
    assert.deepEqual(
      [first?.prev, second?.prev, store.lastCheckpoint()],
      [genesis, stored[0]?.hash, stored[1]],
    );
  });

  holds("artifacts are found by their content's digest, small and large, until they are removed", (store) => {
    const small = Buffer.from("small");
    const large = Buffer.alloc(200_000, "large ");
    const digests = [store.putArtifact(small), store.putArtifact(large), store.putArtifact(small)];
    assert.deepEqual(digests, [sha256(small), sha256(large), sha256(small)]);
    assert.deepEqual(Buffer.from(store.getArtifact(sha256(large)) ?? []), large);
    assert.deepEqual(
      store.artifacts().map(({ digest, bytes }) => [digest, bytes]),
      [
        [sha256(large), 200_000],
        [sha256(small), 5],
      ],
    );
    assert.equal(store.removeArtifacts([sha256(large), sha256("unknown")]), 1);
    assert.deepEqual([store.getArtifact(sha256(large)), store.artifacts().length], [undefined, 1]);
  });

  holds("an artifact that was put again since is not removed as old", (store) => {
    const digest = store.putArtifact(Buffer.from("x"));
    const [first] = store.artifacts();
    store.putArtifact(Buffer.from("x"));
    assert.equal(store.removeArtifacts([digest], store.artifacts()[0]?.at), 0);
    assert.ok((store.artifacts()[0]?.at ?? "") > (first?.at ?? ""));
  });

  holds(
    "an erased payload is replaced, and the session says so and still verifies",
    (store, { publicKey }) => {
      fill(store, ["a"], 3);
      const tombstone = store.erase({ session: "a", seq: 2 }, { actor: "user:me", reason: "a leak" });
      assert.deepEqual(
        [...store.read("a")].map(({ event }) => event),
        [
          { type: "agent.said", iteration: 1, text: "a says 1" },
          { type: "erased", reason: "a leak", at: tombstone.at },
          { type: "agent.said", iteration: 1, text: "a says 3" },
          { type: "entry.erased", session: "a", seq: 2, reason: "a leak", by: "user:me" },
        ],
      );
      const verified = verifyLedger(store, { publicKey });
      assert.deepEqual([verified.kind, verified.kind === "verified" && verified.erased], ["verified", 1]);
    },
  );

  holds("what is not there, erased already or a tombstone is not erased", (store) => {
    fill(store, ["a"], 1);
    store.erase({ session: "a", seq: 1 }, { actor: "me", reason: "why" });
    const codes = [1, 2, 3].map((seq) => {
      try {
        store.erase({ session: "a", seq }, { actor: "me", reason: "again" });
        return "erased";
      } catch (error) {
        return error instanceof Fault ? error.code : error;
      }
    });
    assert.deepEqual(codes, ["usage/invalid", "usage/invalid", "entry/not-found"]);
    assert.equal([...store.read("a")].length, 2);
  });

  holds("the roll-ups are what counting the entries gives", (store) => {
    const entries: readonly NewEntry[] = [
      entry("a", "x"),
      {
        session: "a",
        actor: "run",
        event: { type: "run.finished", verdict: "verified", stop: "passed", says: "" },
      },
      {
        session: "b",
        actor: "run",
        event: { type: "run.finished", verdict: "stopped", stop: "tokens", says: "" },
      },
    ];
    store.append(entries);
    store.append([entry("b", "y")]);
    const counted = new Map<string, number>();
    for (const session of ["a", "b"]) {
      for (const { at, event } of store.read(session)) {
        for (const code of ["", ...rollupCodes(event)]) {
          const key = canonical([at.slice(0, 10), event.type, code]);
          counted.set(key, (counted.get(key) ?? 0) + 1);
        }
      }
    }
    assert.deepEqual(
      new Map(store.rollups().map(({ day, type, code, count }) => [canonical([day, type, code]), count])),
      counted,
    );
    assert.deepEqual(store.rollups({ from: "2026-01-02" }), []);
  });
}
