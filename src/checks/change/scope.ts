import { matchesAny } from "../../core/glob.ts";
import type { Scope } from "../../core/policy.ts";
import type { ChangeCheck } from "../change-check.ts";
import { touchedPaths } from "../touched-paths.ts";

/** Each touched path must be admitted by the policy's scope and by the task's. */
export const check: ChangeCheck = {
  id: "scope",
  needs: ["change", "scope"],
  check({ change, scope, taskScope }) {
    const paths = touchedPaths(change);
    return {
      check: "scope",
      looked: paths.length,
      findings: paths.flatMap((path) => {
        const why = outside(path, scope, "the policy") ?? (taskScope && outside(path, taskScope, "the task"));
        return why === undefined
          ? []
          : [
              {
                code: "change.out_of_scope",
                says: `${path} was changed and ${why}`,
                measures: {},
                evidence: [{ path }],
              },
            ];
      }),
    };
  },
};

function outside(path: string, scope: Scope, whose: string): string | undefined {
  const denied = scope.deny.find((glob) => matchesAny(path, [glob]));
  if (denied !== undefined) return `${whose}'s scope denies ${denied}`;
  return matchesAny(path, scope.allow) ? undefined : `no path that ${whose} allows matches it`;
}
