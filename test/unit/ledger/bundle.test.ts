import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { CheckRow, Event } from "../../../src/core/event.ts";
import { Fault } from "../../../src/core/fault.ts";
import { bundle } from "../../../src/ledger/bundle.ts";
import type { BundleFiles } from "../../../src/ledger/bundle.ts";
import { exportLines, parseRowLine } from "../../../src/ledger/export.ts";
import { memoryStore } from "../../../src/ledger/memory-store.ts";
import { verifyBundle } from "../../../src/ledger/verify-bundle.ts";
import { verifyChain } from "../../../src/ledger/verify-session.ts";
import { entry, fill, makeSigner, ticking } from "./samples.ts";

const signer = makeSigner();
const patch = "diff --git a/x b/x\n";

function row(check: string, iteration: number, text: string): CheckRow {
  return {
    phase: iteration === 0 ? "baseline" : "after",
    iteration,
    check,
    command: "npm test",
    exit: { kind: "exited", code: 1 },
    durationMs: 12,
    tests: undefined,
    output: { text, bytes: text.length, truncated: false, artifact: undefined },
    diff: "diff:0",
    passed: false,
    preExisting: false,
    signature: "s",
    says: "1 failed",
  };
}

/** A failed run with one attempt, two checks and a patch, beside another session. */
function failedRun(): { readonly files: BundleFiles; readonly store: ReturnType<typeof memoryStore> } {
  const store = memoryStore({ now: ticking(), signer });
  const artifact = store.putArtifact(Buffer.from(patch));
  const diff = { id: "diff:1", files: 1, lines: 1, paths: ["x"], added: 1, removed: 0, artifact };
  const events: readonly Event[] = [
    { type: "task.dispatched", task: "t", wave: 1, agent: "recorded", iteration: 1, files: [], packet: "p" },
    { type: "check.finished", row: row("unit tests", 0, "red before") },
    {
      type: "attempt.finished",
      iteration: 1,
      ending: { kind: "finished", says: "" },
      step: { files: 1, lines: 1 },
      diff,
      claim: undefined,
    },
    { type: "check.finished", row: row("unit tests", 1, "x".repeat(100_000)) },
    { type: "run.finished", verdict: "stopped", stop: "iterations", says: "spent" },
  ];
  for (const event of events) store.append([{ session: "run_1", actor: "run", event }, entry("other", "y")]);
  const files = bundle(store, "run_1", {
    now: new Date(0),
    signer,
    extra: new Map([["report.html", "<p>"]]),
  });
  return { files, store };
}

test("a failed run has a bundle with patch, checks, outputs, slice and key", () => {
  const { files } = failedRun();
  assert.deepEqual(
    [...files.keys()],
    [
      "manifest.json",
      "manifest.sig",
      "change.patch",
      "checks.jsonl",
      "outputs/001-baseline-0-unit-tests.txt",
      "outputs/002-after-1-unit-tests.txt",
      "ledger.jsonl",
      "public-key.pem",
      "report.html",
    ],
  );
  const manifest = JSON.parse(String(files.get("manifest.json")));
  assert.deepEqual(
    [manifest.verdict, manifest.stop, manifest.agent, manifest.head.seq, manifest.missing],
    ["stopped", "iterations", "recorded", 5, []],
  );
  assert.equal(String(files.get("checks.jsonl")).trim().split("\n").length, 2);
  assert.equal(files.get("outputs/002-after-1-unit-tests.txt")?.length, 64 * 1024);
});

test("a bundle verifies by itself, with its own key and with the right one", () => {
  const { files } = failedRun();
  assert.deepEqual(
    [verifyBundle(files), verifyBundle(files, signer.publicKey), verifyBundle(files, makeSigner().publicKey)],
    [
      { kind: "verified", session: "run_1", entries: 5, files: 9, signature: "own key" },
      { kind: "verified", session: "run_1", entries: 5, files: 9, signature: "given key" },
      { kind: "broken", file: "public-key.pem", says: "public-key.pem is not the key that was given" },
    ],
  );
});

test("a changed character in any file of a bundle is noticed", () => {
  const { files } = failedRun();
  fc.assert(
    fc.property(fc.constantFrom(...files.keys()), fc.nat(), (name, at) => {
      const text = Buffer.from(files.get(name) ?? "").toString();
      const index = at % text.length;
      const flipped = text.slice(0, index) + (text[index] === "0" ? "1" : "0") + text.slice(index + 1);
      const result = verifyBundle(new Map([...files, [name, flipped]]), signer.publicKey);
      assert.equal(result.kind, "broken", `${name} at ${index}`);
    }),
    { numRuns: 300 },
  );
});

test("a file that was added, removed or taken from another bundle is noticed", () => {
  const { files } = failedRun();
  const without = new Map(files);
  without.delete("change.patch");
  assert.deepEqual(
    [verifyBundle(without), verifyBundle(new Map([...files, ["extra.txt", "x"]])), verifyBundle(new Map())],
    [
      { kind: "broken", file: "change.patch", says: "change.patch is missing" },
      { kind: "broken", file: "extra.txt", says: "extra.txt is not in the manifest" },
      { kind: "broken", file: "manifest.json", says: "manifest.json is missing or is not a manifest" },
    ],
  );
});

test("a patch that was pruned is said to be missing", () => {
  const { store } = failedRun();
  store.removeArtifacts(store.artifacts().map(({ digest }) => digest));
  const files = bundle(store, "run_1", { now: new Date(0) });
  const manifest = JSON.parse(String(files.get("manifest.json")));
  assert.deepEqual(
    [manifest.missing.length, files.has("change.patch"), verifyBundle(files).kind],
    [1, false, "verified"],
  );
});

test("a session that the ledger does not have has no bundle", () => {
  const { store } = failedRun();
  assert.throws(
    () => bundle(store, "run_2", { now: new Date(0) }),
    (error) => error instanceof Fault && error.code === "run/not-found",
  );
});

test("exported lines hold what is needed to verify them again", () => {
  const store = memoryStore({ now: ticking(), signer });
  fill(store, ["a", "b"], 4);
  const rows = [...exportLines(store, ["b"])].map(parseRowLine).filter((each) => each !== undefined);
  const head = store.head("b");
  assert.deepEqual(verifyChain("b", rows), { kind: "whole", seq: 4, hash: head?.hash, erased: 0 });
  assert.equal([...exportLines(store)].length, 8 + 2);
});
