import type { Action, Facts, Judgement, Reason } from "../core/action.ts";
import type { Policy } from "../core/policy.ts";
import { allRules, isIrreversible } from "./all-rules.ts";
import { modeOf, strictest } from "./binding.ts";
import { readAction } from "./reading.ts";
import type { Hit, Rule, Scene } from "./rule.ts";

/**
 * Decides about one action. Total: it answers for every input, and its work is bounded by units, never by time.
 * A rule that the policy turns off does not fire; one that only observes fires and does not bind (see `binding`).
 */
export function judge(action: Action, facts: Facts, policy: Policy): Judgement {
  const reading = readAction(action, facts);
  const scene: Scene = { action, reading, effects: reading.effects, facts, policy };
  const reasons = allRules
    .filter((rule) => modeOf(rule.id, policy) !== "off")
    .flatMap((rule) => reasonsOf(rule, scene));
  const ordered = reasons.toSorted((a, b) => order(a) - order(b));
  return {
    verdict: strictest(ordered.map((item) => item.verdict)),
    reasons: ordered,
    effects: reading.effects,
    facts,
  };
}

// More of the same rule would not change the verdict and would fill the ledger.
const hitsAtMost = 3;

function reasonsOf(rule: Rule, scene: Scene): readonly Reason[] {
  const reasons = rule.find(scene).map((hit) => reason(rule, hit));
  const unique = new Map(reasons.map((item) => [`${item.verdict} ${item.says}`, item]));
  return [...unique.values()].toSorted((a, b) => order(a) - order(b)).slice(0, hitsAtMost);
}

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
