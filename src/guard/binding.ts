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

/** Mode of a rule: its id, then its family (`git/*`), then `*`; what nobody names is enforced. */
export function modeOf(rule: string, policy: Policy): RuleMode {
  const modes = new Map(Object.entries(policy.guard.rules));
  const family = `${rule.split("/", 1).join("")}/*`;
  return modes.get(rule) ?? modes.get(family) ?? modes.get("*") ?? "enforce";
}

const rank = { allow: 0, ask: 1, deny: 2 } as const satisfies Record<Verdict, number>;

export function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((worst, next) => (rank[next] > rank[worst] ? next : worst), "allow");
}
