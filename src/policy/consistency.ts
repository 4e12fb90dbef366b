import type { GateCheck, Policy } from "../core/policy.ts";
import type { FieldPath } from "./document.ts";

/** A rule between fields that a merged policy breaks. */
export interface Contradiction {
  readonly field: FieldPath;
  readonly says: string;
  readonly fix: string;
}

/** What no single field can show: names used twice, limits that contradict each other. */
export function contradictions(policy: Policy): readonly Contradiction[] {
  const { tokensSoft, tokensHard } = policy.budgets;
  const found: Contradiction[] = [];
  if (tokensSoft > tokensHard)
    found.push({
      field: ["budgets", "tokens"],
      says: `has soft ${tokensSoft} above hard ${tokensHard}, so the warning would never come`,
      fix: `set soft to at most ${tokensHard}`,
    });
  found.push(
    ...twice(["gates", "full"], policy.gates.full),
    ...twice(["gates", "fallback"], policy.gates.fallback),
  );
  if (policy.gates.fallback.length > 0 && !policy.gates.fallback.some(({ targeted }) => targeted))
    found.push({
      field: ["gates", "fallback"],
      says: "has no targeted check",
      fix: "add targeted: true to the documented command that exercises the changed behaviour; types, lint and build alone show only that the code still fits together",
    });
  const ids = policy.waivers.map(({ id }) => id);
  for (const [index, id] of ids.entries())
    if (ids.indexOf(id) !== index)
      found.push({
        field: ["waivers", index, "id"],
        says: `is used twice: ${JSON.stringify(id)}`,
        fix: "give each waiver its own id",
      });
  for (const [index, { expires }] of policy.waivers.entries())
    if (Number.isNaN(Date.parse(expires)))
      found.push({
        field: ["waivers", index, "expires"],
        says: `is not a date: ${JSON.stringify(expires)}`,
        fix: "write a date that exists, as in 2027-01-31",
      });
  return found;
}

function twice(field: FieldPath, checks: readonly GateCheck[]): readonly Contradiction[] {
  const names = checks.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [
          {
            field: [...field, index],
            says: `has a second check named ${name}`,
            fix: "give it a name of its own",
          },
        ],
  );
}
