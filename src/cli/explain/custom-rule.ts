import type { CustomExample, CustomMatch } from "../../core/policy.ts";
import { loadPolicy } from "../../policy/load.ts";
import type { Io } from "../command.ts";
import { placeHere } from "../guard/place.ts";
import { policyRequest } from "../policy-request.ts";
import type { Explanation } from "./explanation.ts";

/** A rule of the policy that holds in this folder, as in `custom/no-deploy`. */
export async function explainCustom(io: Io, word: string): Promise<Explanation | undefined> {
  if (!word.startsWith("custom/")) return undefined;
  const { root } = await placeHere(io);
  const { policy } = await loadPolicy(await policyRequest(io.host, root, { committed: true }));
  const rule = policy.guard.custom.find(({ id }) => id === word);
  if (rule === undefined) return undefined;
  return {
    word,
    kind: `guard rule of the policy here, ${rule.verdict}${rule.mode === "observe" ? ", which only observes" : ""}`,
    says: rule.says,
    lines: [
      ...(rule.instead === undefined ? [] : [`instead: ${rule.instead}`]),
      ...matches(rule.match),
      ...rule.examples.block.slice(0, 3).map((example) => `stops   ${shown(example)}`),
      ...rule.examples.allow.slice(0, 3).map((example) => `allows  ${shown(example)}`),
    ],
  };
}

function matches(match: CustomMatch): readonly string[] {
  return Object.entries(match)
    .filter(([, patterns]) => patterns.length > 0)
    .map(([what, patterns]) => `${what}: ${patterns.join(", ")}`);
}

function shown(example: CustomExample): string {
  return typeof example === "string" ? example : JSON.stringify(example);
}
