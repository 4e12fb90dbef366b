import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../../src/core/action.ts";
import { actionDigest, isPermitCode, permitCode } from "../../../src/core/permit.ts";
import { openLedger } from "../../../src/ledger/ledger.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { memoryStore } from "../../../src/ledger/memory-store.ts";
import { grantPermit, permitsOf, permitsSession, usePermit } from "../../../src/ledger/permits.ts";
import type { Grant } from "../../../src/ledger/permits.ts";
import { makeRedactor } from "../../../src/ledger/redact.ts";
import { ticking } from "./samples.ts";

const push: Action = { kind: "exec", command: "git push --force", cwd: "/work/repo" };
const digest = actionDigest(push, "/work/repo");
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

function opened(): Ledger {
  return openLedger({
    store: memoryStore({ now: ticking() }),
    redactor: makeRedactor({ enabled: true, env: [] }, {}),
    now: () => at(0),
  });
}

const grant = (ledger: Ledger, over: Partial<Grant> = {}): unknown =>
  grantPermit(ledger, { digest, action: push, by: "user:ann", uses: "once", expires: at(10), ...over });

const use = (ledger: Ledger, minute: number, action: string = digest): number | undefined =>
  usePermit(ledger, { action, session: "s", call: "c", actor: "hook", now: at(minute) })?.grant;

test("a permit lets its action pass once, and nothing else", () => {
  const ledger = opened();
  assert.equal(use(ledger, 1), undefined);
  grant(ledger);
  const others: readonly Action[] = [
    { ...push, command: "git push  --force" },
    { ...push, cwd: "/work/repo/src" },
  ];
  assert.deepEqual(
    [
      ...others.map((action) => use(ledger, 1, actionDigest(action, "/work/repo"))),
      use(ledger, 1, actionDigest(push, "/work/other")),
      use(ledger, 1),
      use(ledger, 1),
    ],
    [undefined, undefined, undefined, 1, undefined],
  );
  assert.deepEqual(permitsOf(ledger), [
    { grant: 1, action: digest, by: "user:ann", uses: "once", expires: at(10).toISOString(), used: 1 },
  ]);
});

test("a permit is void from its end on; one for a time may be used often before it", () => {
  const ledger = opened();
  grant(ledger, { expires: at(5) });
  grant(ledger, { uses: "many", expires: at(3) });
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((minute) => use(ledger, minute)),
    [2, 2, 1, undefined, undefined],
  );
});

test("of two that found the same permit, the one whose use was recorded first has it", () => {
  const ledger = opened();
  grant(ledger);
  // Another process records its use between this one's look and its own entry.
  const late: Pick<Ledger, "append" | "read"> = {
    read: (session, after) => ledger.read(session, after),
    append: (entry) => {
      ledger.append({
        session: permitsSession,
        actor: "hook",
        event: { type: "permit.used", grant: 1, session: "other", call: "c" },
      });
      return ledger.append(entry);
    },
  };
  const asked = { action: digest, session: "s", call: "c", actor: "hook", now: at(1) };
  assert.equal(usePermit(late, asked), undefined);
});

test("a code is short, typed easily, and the same for the same action", () => {
  assert.equal(permitCode(digest), permitCode(actionDigest({ ...push }, "/work/repo")));
  assert.deepEqual(
    [permitCode(digest), "git push", "1234567", "1234567G"].map((text) => isPermitCode(text)),
    [true, false, false, false],
  );
});
