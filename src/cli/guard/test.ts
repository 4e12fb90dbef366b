import type { Policy } from "../../core/policy.ts";
import { countExamples, missedExamples } from "../../guard/custom-example.ts";
import { tryExamples } from "../../guard/example.ts";
import { ruleNames, strayNames } from "../../guard/rule-names.ts";
import { closest } from "../../policy/closest.ts";
import { loadPolicy } from "../../policy/load.ts";
import { count } from "../../report/amounts.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { policyRequest } from "../policy-request.ts";
import { otherPolicy } from "./other-policy.ts";
import { placeHere } from "./place.ts";

/** `guard test [<file>]`: every example of the built-in rules, and of the rules in the policy here or in the file. */
export async function testExamples(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const built = tryExamples();
  const policy = await policyUnder(words[0], io);
  const custom = missedExamples(policy);
  const tried = countExamples(policy);
  const rules = policy.guard.custom.length;
  const stray = strayNames(policy.guard);
  const missed = built.misses.length + custom.length + stray.length;
  if (flag(input, "json")) {
    const { misses } = built;
    io.out(
      `${JSON.stringify({ schemaVersion: 1, rules: built.rules, tried: built.tried, misses, custom: { rules, tried, misses: custom }, stray })}\n`,
    );
    return missed === 0 ? 0 : 1;
  }
  for (const { rule, expected, example, judgement } of built.misses)
    io.out(`${rule} must ${expected} ${JSON.stringify(example)}: the answer is ${judgement.verdict}\n`);
  for (const { rule, list, index, says } of custom) io.out(`${rule} examples.${list}[${index}] ${says}\n`);
  for (const name of stray) io.out(`${strayText(name, policy)}\n`);
  io.out(`${built.tried} examples of ${built.rules} rules, ${built.misses.length} missed\n`);
  if (rules > 0)
    io.out(`${count(tried, "example")} of ${count(rules, "custom rule")}, ${custom.length} missed\n`);
  return missed === 0 ? 0 : 1;
}

/** Without the examples being judged on the way: here they are what is asked about. */
async function policyUnder(file: string | undefined, io: Io): Promise<Policy> {
  const { root } = await placeHere(io);
  if (file !== undefined) return await otherPolicy(io, root, file, {});
  const { tryExamples: _, ...request } = await policyRequest(io.host, root, { committed: true });
  return (await loadPolicy(request)).policy;
}

/** That `guard.rules` names nothing with this name, and what may have been meant. */
export function strayText(name: string, { guard }: Pick<Policy, "guard">): string {
  const near = closest(name, ruleNames(guard));
  return `guard.rules names ${name}, and there is no such rule or family${near === undefined ? "" : ` (did you mean ${near}?)`}`;
}
