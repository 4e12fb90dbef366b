import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Policy, RuleMode } from "../../../src/core/policy.ts";
import { laidOver } from "../../../src/policy/merge.ts";
import { blankPolicy } from "../../../src/core/blank-policy.ts";
import type { PolicySource } from "../../../src/policy/schema.ts";
import { loosenings } from "../../../src/policy/tighten.ts";

const count = fc.integer({ min: 1, max: 5 });
const limit = fc.record({ files: count, lines: count });
const globs = fc.subarray(["src/**", "src/a/**", "docs/*.md"], { minLength: 1 });
const check = fc.record({
  name: fc.constantFrom("a", "b"),
  run: fc.constantFrom("x", "y"),
  reruns: fc.integer({ min: 0, max: 2 }),
  tests: fc.constantFrom("auto" as const, "required" as const, "none" as const),
});
const source: fc.Arbitrary<PolicySource> = fc.record(
  {
    protected_branches: fc.subarray(["main", "next"], { minLength: 1 }),
    scope: fc.record({ allow: globs, deny: fc.subarray(["x", "y"]) }, { requiredKeys: [] }),
    budgets: fc.record(
      {
        iterations: count,
        dispatches: count,
        patch: fc.record({ total: limit, per_call: limit }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
    gates: fc.record({ full: fc.uniqueArray(check, { maxLength: 2, selector: ({ name }) => name }) }),
    guard: fc.record({
      rules: fc.dictionary(
        fc.constantFrom("*", "git/*", "git/force-push", "fs/*"),
        fc.constantFrom<RuleMode>("enforce", "observe", "off"),
      ),
    }),
    jail: fc.constantFrom("auto" as const, "off" as const, "required" as const),
  },
  { requiredKeys: [] },
);
const everything: Policy = { ...blankPolicy, scope: { allow: ["**"], deny: [] }, jail: "off" };
const policy = source.map((one) => laidOver(everything, one, "replace"));

test("a policy does not loosen itself", () => {
  fc.assert(fc.property(policy, (one) => assert.deepEqual(loosenings(one, one), [])));
});

test("what is tight against the middle, which is tight against the base, is tight against the base", () => {
  fc.assert(
    fc.property(policy, source, source, (base, first, second) => {
      const middle = laidOver(base, first, "overlay");
      const top = laidOver(middle, second, "overlay");
      if (loosenings(base, middle).length > 0 || loosenings(middle, top).length > 0) return;
      assert.deepEqual(loosenings(base, top), []);
    }),
    { numRuns: 2000 },
  );
});

test("an overlay never removes a branch, a denied file or a check", () => {
  fc.assert(
    fc.property(policy, source, (base, overlay) => {
      const top = laidOver(base, overlay, "overlay");
      assert.ok(base.protectedBranches.every((branch) => top.protectedBranches.includes(branch)));
      assert.ok(base.scope.deny.every((glob) => top.scope.deny.includes(glob)));
      assert.ok(base.gates.full.every(({ name }) => top.gates.full.some((one) => one.name === name)));
    }),
  );
});

const rules = (modes: Readonly<Record<string, RuleMode>>): Policy => ({
  ...everything,
  guard: { rules: modes, custom: [] },
});

const found = (
  before: Readonly<Record<string, RuleMode>>,
  after: Readonly<Record<string, RuleMode>>,
): readonly string[] =>
  loosenings(rules(before), rules({ ...before, ...after })).map(
    ({ field, before: was, after: is }) => `${field.join(".")} ${was} → ${is}`,
  );

test("a family is judged by the mode that held for it, not by the one of another rule", () => {
  assert.deepEqual(found({ "*": "off" }, { "git/*": "observe" }), []);
  assert.deepEqual(found({ "git/*": "enforce", "*": "off" }, { "git/force-push": "observe" }), [
    "guard.rules.git/force-push enforce → observe",
  ]);
  assert.deepEqual(found({}, { "fs/*": "off" }), ["guard.rules.fs/* enforce → off"]);
});
