import assert from "node:assert/strict";
import { test } from "node:test";
import { changedDecisions, replayActions } from "../../../src/control/replay.ts";
import type { Facts } from "../../../src/core/action.ts";
import type { Entry, Event } from "../../../src/core/event.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";

interface Then {
  readonly facts?: Partial<Facts>;
  /** Facts that were not recorded. */
  readonly without?: readonly (keyof Facts)[];
  readonly event?: Partial<Extract<Event, { type: "action.judged" }>>;
}

function recorded(command: string, { facts = {}, without = [], event = {} }: Then = {}): Entry {
  const action = { kind: "exec", command, cwd: "/work/repo" } as const;
  const seen = { ...exampleFacts, paths: {}, ...facts };
  const judgement = judge(action, seen, examplePolicy);
  const kept = Object.fromEntries(
    Object.entries(seen).filter(([name]) => !without.some((gone) => gone === name)),
  );
  return {
    session: "s",
    seq: 1,
    at: "2026-01-01T00:00:00.000Z",
    actor: "hook",
    event: {
      type: "action.judged",
      iteration: 0,
      call: "c",
      tool: "Bash",
      action,
      judgement: { ...judgement, facts: kept },
      enforced: judgement.verdict !== "allow",
      ...event,
    },
    digest: "",
    prev: "",
    hash: "",
  };
}

const under = (rules: Policy["guard"]["rules"]): Policy => ({
  ...examplePolicy,
  guard: { rules, custom: [] },
});

const changes = (entries: readonly Entry[], rules: Policy["guard"]["rules"] = {}): readonly string[] =>
  changedDecisions(replayActions(entries, under(rules))).map(
    ({ before, now, rule, what, count }) => `${count} ${before} → ${now} ${rule} ${what}`,
  );

test("a decision under the same rules comes out the same, and the same changes are counted together", () => {
  const entries = [recorded("ls"), recorded("git stash clear"), recorded("git stash clear")];
  assert.deepEqual(changes(entries), []);
  assert.deepEqual(changes(entries, { "git/stash-drop": "observe" }), [
    "2 deny → allow git/stash-drop git stash clear",
  ]);
});

test("what only observed then and binds now is stricter; a permit does not count as an allow", () => {
  const observed = recorded("git stash clear", { event: { enforced: false } });
  const permitted = recorded("git stash drop", { event: { enforced: false, permit: 3 } });
  assert.deepEqual(changes([observed, permitted]), ["1 allow → deny git/stash-drop git stash clear"]);
});

test("where a rule needs a fact that was not recorded, the answer is unknown", () => {
  const script = { "/work/repo/x.sh": { kind: "text", text: "ls" } } as const;
  const unknown = (command: string, then: Then): boolean =>
    changes([recorded(command, then)]).some((line) => line.includes("→ unknown"));
  assert.deepEqual(
    [
      unknown("git reset --hard", {}),
      unknown("git reset --hard", { without: ["dirty"] }),
      unknown("git lg", { facts: { aliases: { lg: "" } } }),
      unknown("git lg", { without: ["aliases"] }),
      unknown("sh x.sh", { facts: { texts: script, digests: {}, history: "unknown" } }),
      unknown("sh x.sh", { without: ["texts"] }),
    ],
    [false, true, false, true, false, true],
  );
});
