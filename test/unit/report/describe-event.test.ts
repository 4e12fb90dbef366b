import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../../src/core/event.ts";
import { describeEvent as ledgerLine } from "../../../src/ledger/describe-event.ts";
import { describeEvent as reportLine } from "../../../src/report/describe-event.ts";

const judged = (
  verdict: "allow" | "deny",
  more: { readonly enforced: boolean; readonly permit?: number },
): Event => ({
  type: "action.judged",
  iteration: 0,
  call: "c",
  tool: "Bash",
  action: { kind: "exec", command: "make it", cwd: "/r" },
  judgement: {
    verdict,
    reasons: verdict === "allow" ? [] : [{ rule: "custom/it", verdict, says: "it makes it" }],
    effects: [],
    facts: {},
  },
  ...more,
});

test("a decision says whether it was enforced, only observed, or passed by a permit", () => {
  const lines = (event: Event): readonly string[] => [ledgerLine(event), reportLine(event)];
  assert.deepEqual(
    [
      lines(judged("allow", { enforced: false })),
      lines(judged("deny", { enforced: true })),
      lines(judged("deny", { enforced: false })),
      lines(judged("deny", { enforced: false, permit: 3 })),
    ],
    [
      ["allow make it", "allow: make it"],
      ["deny make it [custom/it]", "deny custom/it: make it"],
      ["deny (observed) make it [custom/it]", "deny (observed) custom/it: make it"],
      ["deny (permit 3) make it [custom/it]", "deny (permit 3) custom/it: make it"],
    ],
  );
});
