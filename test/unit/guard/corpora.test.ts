import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { corpora } from "../../../bench/guard/corpus.ts";
import type { Corpus } from "../../../bench/guard/corpus.ts";
import type { Verdict } from "../../../src/core/action.ts";
import { binding } from "../../../src/guard/binding.ts";
import { exampleFacts } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";
import { realFiles } from "../../../src/host/real-files.ts";
import { loadPolicy } from "../../../src/policy/load.ts";

const folder = new URL("../../fixtures/guard/", import.meta.url);
const { policy } = await loadPolicy({
  files: realFiles(),
  root: "/nowhere",
  read: async () => undefined,
  local: false,
});

function verdicts(kind: Corpus["kind"], heldOut: boolean): readonly Verdict[] {
  return corpora()
    .filter((corpus) => corpus.kind === kind && corpus.heldOut === heldOut)
    .flatMap((corpus) => corpus.commands)
    .map((command) => {
      const judgement = judge({ kind: "exec", command, cwd: "/work/repo" }, exampleFacts, policy);
      return binding(judgement, policy);
    });
}

const share = (list: readonly Verdict[], verdict: Verdict): number =>
  list.filter((item) => item === verdict).length / list.length;

test("the held-back corpora are those that were fixed before the rules were tuned", () => {
  const lines = readFileSync(new URL("held-out.sha256", folder), "utf8").trim().split("\n");
  assert.equal(lines.length, 2);
  for (const line of lines) {
    const [digest, file = ""] = line.split(/\s+/);
    const found = createHash("sha256")
      .update(readFileSync(new URL(file, folder)))
      .digest("hex");
    assert.equal(found, digest, file);
  }
});

test("at least 5,000 harmless commands: none of the known ones and next to none of the others is stopped", () => {
  const known = verdicts("harmless", false);
  const others = verdicts("harmless", true);
  assert.ok(known.length + others.length >= 5000);
  assert.deepEqual({ denied: share(known, "deny"), asked: share(known, "ask") }, { denied: 0, asked: 0 });
  assert.ok(share(others, "deny") <= 0.001 && share(others, "ask") <= 0.005);
});

test("at least 1,000 dangerous commands: nearly all of them are stopped", () => {
  const known = verdicts("dangerous", false);
  const others = verdicts("dangerous", true);
  assert.ok(known.length + others.length >= 1000);
  assert.ok(share(known, "allow") <= 0.1, `${share(known, "allow")}`);
  assert.ok(share(others, "allow") <= 0.12, `${share(others, "allow")}`);
});
