import type { Action, Facts, Judgement, Reason } from "../core/action.ts";
import type { Policy } from "../core/policy.ts";
import { allRules, isIrreversible } from "./all-rules.ts";
import { modeOf, strictest } from "./binding.ts";
import { customRules } from "./custom-rule.ts";
import type { Allow } from "./custom-rule.ts";
import { lift } from "./lift.ts";
import type { Lifted } from "./lift.ts";
import { readAction } from "./reading.ts";
import type { Hit, Rule, Scene } from "./rule.ts";
import { watchers } from "./watching.ts";

/**
 * Decides about one action. Total: it answers for every input, and its work is bounded by units, never by time.
 * A rule that the policy turns off does not fire; one that only observes fires and does not bind (see `binding`).
 * An `allow` of the policy lifts what built-in rules say; the judgement keeps what was lifted.
 */
export function judge(action: Action, facts: Facts, policy: Policy): Judgement {
  const reading = readAction(action, facts);
  const scene: Scene = { action, reading, effects: reading.effects, facts, policy };
  const { rulesFor, allows } = rulesOf(policy);
  const found = rulesFor(scene).flatMap((rule) => reasonsOf(rule, scene));
  const { reasons, lifted } = lifting(found, scene, allows);
  const ordered = reasons.toSorted((a, b) => order(a) - order(b));
  return {
    verdict: strictest(ordered.map((item) => item.verdict)),
    reasons: ordered,
    ...(lifted.length === 0 ? {} : { lifted }),
    effects: reading.effects,
    ...(reading.unfolded.length === 0 ? {} : { unfolded: reading.unfolded }),
    facts,
  };
}

/** Those that are not off. */
interface ActiveRules {
  /** Of those, what may find anything in a scene. */
  readonly rulesFor: (scene: Scene) => readonly Rule[];
  readonly allows: readonly Allow[];
}

// A policy decides about thousands of actions.
const active = new WeakMap<Policy, ActiveRules>();

function rulesOf(policy: Policy): ActiveRules {
  const known = active.get(policy);
  if (known !== undefined) return known;
  const custom = customRules(policy);
  const made: ActiveRules = {
    rulesFor: watchers([...allRules, ...custom.rules].filter((rule) => modeOf(rule.id, policy) !== "off")),
    allows: custom.allows.filter(({ id }) => modeOf(id, policy) === "enforce"),
  };
  active.set(policy, made);
  return made;
}

function lifting(reasons: readonly Reason[], scene: Scene, allows: readonly Allow[]): Lifted {
  if (allows.length === 0 || reasons.length === 0) return { reasons, lifted: [] };
  return lift(reasons, scene, allows, (rest, names) =>
    allRules.filter(({ id }) => names.has(id)).flatMap((rule) => reasonsOf(rule, rest)),
  );
}

// More of the same rule would not change the verdict and would fill the ledger.
const hitsAtMost = 3;

function reasonsOf(rule: Rule, scene: Scene): readonly Reason[] {
  const hits = rule.find(scene);
  if (hits.length === 0) return none;
  const reasons = hits.map((hit) => reason(rule, hit));
  const unique = new Map(reasons.map((item) => [`${item.verdict} ${item.says}`, item]));
  return [...unique.values()].toSorted((a, b) => order(a) - order(b)).slice(0, hitsAtMost);
}

const none: readonly Reason[] = [];

function reason(rule: Rule, hit: Hit): Reason {
  const instead = hit.instead ?? rule.instead;
  return {
    rule: rule.id,
    verdict: hit.verdict ?? rule.verdict,
    says: hit.says ?? rule.says,
    ...(hit.span === undefined ? {} : { span: hit.span }),
    ...(instead === undefined ? {} : { instead }),
  };
}

function order(item: Reason): number {
  return (item.verdict === "deny" ? 0 : 2) + (isIrreversible(item.rule) ? 0 : 1);
}
