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
 * Mode of a rule: its id, then its family (`git/*`), then what a custom rule says of itself, then `*`; what nobody
 * names is enforced. Under the preset `observe`, `*` does not reach the rules about what cannot be undone: they stay
 * enforced until one is named.
 */
export function modeOf(rule: string, policy: Policy): RuleMode {
  let known = modes.get(policy);
  if (known === undefined) {
    known = new Map();
    modes.set(policy, known);
  }
  const mode = known.get(rule) ?? lookUp(rule, policy);
  known.set(rule, mode);
  return mode;
}

// Asked for every reason of every decision.
const modes = new WeakMap<Policy, Map<string, RuleMode>>();

function lookUp(rule: string, { preset, guard }: Policy): RuleMode {
  const named = new Map(Object.entries(guard.rules));
  const family = `${rule.split("/", 1).join("")}/*`;
  const own = named.get(rule) ?? named.get(family);
  if (own !== undefined) return own;
  const custom = guard.custom.find(({ id }) => id === rule);
  if (custom?.mode === "observe") return "observe";
  const rest = named.get("*") ?? "enforce";
  // Where the others only observe, an exception from them is as good as none.
  if (custom?.verdict === "allow") return "enforce";
  return preset === "observe" && rest === "observe" && isIrreversible(rule) ? "enforce" : rest;
}

const rank = { allow: 0, ask: 1, deny: 2 } as const satisfies Record<Verdict, number>;

export function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((worst, next) => (rank[next] > rank[worst] ? next : worst), "allow");
}
