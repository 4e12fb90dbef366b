import type { GuardPolicy } from "../core/policy.ts";
import { allRules } from "./all-rules.ts";

/** Names in `guard.rules` that are no rule, no family and not `*`: whoever wrote one believes that it does something. */
export function strayNames({ rules, custom }: Pick<GuardPolicy, "rules" | "custom">): readonly string[] {
  const known = new Set(ruleNames({ custom }));
  return Object.keys(rules).filter((name) => !known.has(name));
}

/** What `guard.rules` may name. */
export function ruleNames({ custom }: Pick<GuardPolicy, "custom">): readonly string[] {
  const ids = [...allRules, ...custom].map(({ id }) => id);
  const families = ids.map((id) => `${id.split("/", 1).join("")}/*`);
  return [...ids, ...new Set(families), "*"];
}
