import { statSync } from "node:fs";
import { compiledPath } from "../policy/compiled.ts";
import { policyOf, policySources } from "./policy.ts";
import type { HookPolicy, PolicyPorts } from "./policy.ts";

/**
 * Policies that stay in memory as long as none of their files changed. A file counts as changed by what the system says
 * of it: its content can be put back, its time of change cannot.
 */
export function hotPolicies(ports: PolicyPorts): (root: string) => Promise<HookPolicy> {
  const known = new Map<string, { readonly policy: HookPolicy; readonly files: string }>();
  const stateOf = (root: string): string =>
    [`${root}/${compiledPath}`, ...policySources(ports.settings, root)].map(signature).join("\n");
  return async (root) => {
    const files = stateOf(root);
    const found = known.get(root);
    if (found?.files === files) return found.policy;
    const policy = await policyOf(ports, root);
    // Compiling wrote one of the files; what changed meanwhile is seen with the next call.
    if (known.size >= policiesAtMost) known.clear();
    known.set(root, { policy, files: files === stateOf(root) ? files : "" });
    return policy;
  };
}

const policiesAtMost = 200;

function signature(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? "-" : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}
