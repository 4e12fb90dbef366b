import type { Rule } from "./rule.ts";
import { families } from "./rules/index.ts";

export const allRules: readonly Rule[] = families.flat();

const irreversible: ReadonlySet<string> = new Set(
  allRules.filter((rule) => rule.irreversible).map((rule) => rule.id),
);

/** Whether what the rule stops cannot be undone. */
export function isIrreversible(rule: string): boolean {
  return irreversible.has(rule);
}
