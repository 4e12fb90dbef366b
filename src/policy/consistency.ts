import type { GateCheck, Policy } from "../core/policy.ts";
import type { FieldPath } from "./document.ts";

/** A rule between fields that a merged policy breaks. */
export interface Contradiction {
  readonly field: FieldPath;
  readonly says: string;
  readonly why: string;
  readonly fix: string;
}

/** What no single field can show: names used twice, limits that contradict each other. */
export function contradictions(policy: Policy): readonly Contradiction[] {
  const { tokensSoft, tokensHard } = policy.budgets;
  const found: Contradiction[] = [];
  if (tokensSoft > tokensHard)
    found.push({
      field: ["budgets", "tokens"],
      says: `has soft ${tokensSoft} above hard ${tokensHard}`,
      why: "the run would stop before its warning",
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
      why: "types, lint and build show that the code fits together, not that it does what it should",
      fix: "add the documented command that exercises the changed behaviour, with targeted: true",
    });
  const ids = policy.waivers.map(({ id }) => id);
  for (const [index, id] of ids.entries())
    if (ids.indexOf(id) !== index)
      found.push({
        field: ["waivers", index, "id"],
        says: `is used twice: ${JSON.stringify(id)}`,
        why: "the ledger names a waiver by its id",
        fix: "give each waiver its own id",
      });
  for (const [index, { expires }] of policy.waivers.entries())
    if (Number.isNaN(Date.parse(expires)))
      found.push({
        field: ["waivers", index, "expires"],
        says: `is not a date: ${JSON.stringify(expires)}`,
        why: "a waiver without an end would never be looked at again",
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
            why: "results, waivers and reports name a check by its name",
            fix: "give it a name of its own",
          },
        ],
  );
}
