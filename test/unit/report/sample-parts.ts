import { blankPolicy } from "../../../src/core/blank-policy.ts";
import type { ChainedRow } from "../../../src/core/chain.ts";
import { entryOf, genesis, link } from "../../../src/core/chain.ts";
import { diffId } from "../../../src/core/diff.ts";
import type { CheckRow, Event } from "../../../src/core/event.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { foldSession } from "../../../src/core/session.ts";
import type { ReportInput } from "../../../src/report/run-report.ts";
import { runReport } from "../../../src/report/run-report.ts";
import type { RunReport } from "../../../src/report/report-model.ts";

/** Chains events as a ledger would, one every 1.5 seconds. */
export function chained(session: string, events: readonly Event[]): readonly ChainedRow[] {
  let before: { readonly seq: number; readonly hash: string } = { seq: 0, hash: genesis };
  return events.map((event, index) => {
    const at = new Date(Date.UTC(2026, 0, 5, 9, 30) + index * 1500).toISOString();
    const row = link(before, { session, actor: actorOf(event), event }, at);
    before = row;
    return row;
  });
}

export function reportOf(rows: readonly ChainedRow[], more: Partial<ReportInput> = {}): RunReport {
  const session = foldSession(rows[0]?.session ?? "r-empty", rows.map(entryOf));
  return runReport({ session, entries: rows, policy, recorded: false, version: "0.1.0", ...more });
}

function actorOf(event: Event): string {
  return event.type === "agent.said" || event.type === "agent.used" ? "agent" : "surefoot";
}

export const policy: Policy = {
  ...blankPolicy,
  protectedBranches: ["main"],
  scope: { allow: ["**"], deny: [] },
  budgets: {
    iterations: 3,
    wallTimeMs: 30 * 60_000,
    tokensSoft: 400_000,
    tokensHard: 600_000,
    costUsd: 2,
    patch: {
      perCall: { files: 1, lines: 120 },
      perAttempt: { files: 8, lines: 400 },
      total: { files: 10, lines: 500 },
      underFallback: { files: 3, lines: 80 },
    },
    dispatches: 3,
    strikes: 3,
  },
  gates: {
    full: ["types", "lint", "unit"].map((name) => ({
      name,
      run: name === "unit" ? "npm test" : `npm run ${name}`,
      timeoutMs: 60_000,
      tests: name === "unit" ? "required" : "none",
      junit: undefined,
      whenRedBefore: name === "lint" ? "report" : "must_fix",
      reruns: 1,
      targeted: false,
    })),
    fallback: [],
  },
  setup: { run: ["npm ci"], caches: [], timeoutMs: 60_000 },
  jail: "auto",
};

export const patch = `diff --git a/src/limit.ts b/src/limit.ts
index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644
--- a/src/limit.ts
+++ b/src/limit.ts
@@ -1,9 +1,12 @@ export interface Bucket {
 import { now } from "./clock.ts";
 
-const burst = 10;
+/** Requests that may come at once; the rest waits for the next refill. */
+const burst = 20;
 
 export function take(bucket: Bucket): boolean {
-  if (bucket.tokens < 0) return false;
+  refill(bucket, now());
+  if (bucket.tokens < 1) return false;
   bucket.tokens -= 1;
   return true;
 }
diff --git a/docs/limits.md b/docs/limits.md
new file mode 100644
index 0000000000000000000000000000000000000000..3333333333333333333333333333333333333333
--- /dev/null
+++ b/docs/limits.md
@@ -0,0 +1,2 @@
+# Limits
+A client may send 20 requests at once.
`;

export const otherDiff = `diff:${"a".repeat(64)}`;

export function checkRow(more: Partial<CheckRow> & Pick<CheckRow, "check">): CheckRow {
  const passed = more.passed ?? true;
  const text = more.output?.text ?? `${more.check}: done\n`;
  return {
    phase: "after",
    iteration: 1,
    command: more.check === "unit" ? "npm test" : `npm run ${more.check}`,
    exit: { kind: "exited", code: passed ? 0 : 1 },
    durationMs: 1240,
    tests:
      more.check === "unit"
        ? { executed: 12, passed: passed ? 12 : 11, failed: passed ? 0 : 1, skipped: 0, runner: "node:test" }
        : undefined,
    output: { text, bytes: text.length, truncated: false, artifact: undefined },
    diff: diffId(patch),
    passed,
    preExisting: false,
    signature: passed ? undefined : "f".repeat(64),
    says: passed ? "12 tests passed" : "not ok 7 - a burst of 20 is let through",
    ...more,
  };
}

export const failingOutput = `\u001b[1m> limits@1.0.0 test\u001b[0m
> node --test

TAP version 13
# Subtest: an empty bucket refuses
ok 1 - an empty bucket refuses
# Subtest: a burst of 20 is let through
not ok 7 - a burst of 20 is let through
  ---
  duration_ms: 3.2
  location: '/work/test/limit.test.ts:41:1'
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:

    10 !== 20

  code: 'ERR_ASSERTION'
  expected: 20
  actual: 10
  ...
1..12
# tests 12
# pass 11
# fail 1
`;

export const said = (text: string) => ({ text, bytes: text.length, truncated: false, artifact: undefined });
