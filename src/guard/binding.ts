import { isIrreversible } from "./all-rules.ts";
import type { Judgement, Verdict } from "../core/action.ts";
import type { Policy, RuleMode } from "../core/policy.ts";

/** What the judgement means under this policy: the strictest verdict among the reasons whose rules are enforced. */
export function binding(judgement: Judgement, policy: Policy): Verdict {
  return strictest(
    judgement.reasons
      .filter((reason) => modeOf(reason.rule, policy) === "enforce")
      .map((reason) => reason.verdict),
  );
}

/**
 * Mode of a rule: its id, then its family (`git/*`), then `*`; what nobody names is enforced. Under the preset
 * `observe`, `*` does not reach the rules about what cannot be undone: they stay enforced until one is named.
 */
export function modeOf(rule: string, policy: Policy): RuleMode {
  const modes = new Map(Object.entries(policy.guard.rules));
  const family = `${rule.split("/", 1).join("")}/*`;
  const named = modes.get(rule) ?? modes.get(family);
  if (named !== undefined) return named;
  const rest = modes.get("*") ?? "enforce";
  return policy.preset === "observe" && rest === "observe" && isIrreversible(rule) ? "enforce" : rest;
}

const rank = { allow: 0, ask: 1, deny: 2 } as const satisfies Record<Verdict, number>;

export function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((worst, next) => (rank[next] > rank[worst] ? next : worst), "allow");
}
