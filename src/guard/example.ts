import { blankPolicy } from "../core/blank-policy.ts";
import type { Action, Facts, Judgement } from "../core/action.ts";
import type { Policy } from "../core/policy.ts";
import { allRules } from "./all-rules.ts";
import { judge } from "./judge.ts";
import type { Example, Rule } from "./rule.ts";

/** The world in which examples are judged: a dirty tree on a branch of its own. */
export const exampleFacts: Facts = {
  worktree: "/work/repo",
  home: "/home/dev",
  tempDirs: ["/tmp"],
  currentBranch: "fix/parser",
  upstream: "origin/fix/parser",
  dirty: true,
  aliases: {},
  paths: {},
  guarded: ["/home/dev/.config/surefoot"],
};

/** Only what the guard looks at is set to something telling. */
export const examplePolicy: Policy = {
  ...blankPolicy,
  protectedBranches: ["main", "master", "release/*"],
  scope: { allow: ["**"], deny: [] },
};

export interface Miss {
  readonly rule: string;
  readonly expected: "block" | "allow";
  readonly example: Example;
  readonly judgement: Judgement;
}

/** Every example of every rule, with those that do not come out as the rule says. */
export function tryExamples(rules: readonly Rule[] = allRules): {
  readonly tried: number;
  readonly rules: number;
  readonly misses: readonly Miss[];
} {
  let tried = 0;
  const misses = rules.flatMap((rule) => {
    const blocks = rule.mustBlock.flatMap((example) => {
      const judgement = judgeExample(example);
      tried += 1;
      const fired = judgement.reasons.some((reason) => reason.rule === rule.id);
      return fired && judgement.verdict !== "allow" ? [] : [miss(rule, "block", example, judgement)];
    });
    const allows = [...rule.mustAllow, ...(rule.instead === undefined ? [] : [rule.instead])].flatMap(
      (example) => {
        const judgement = judgeExample(example);
        tried += 1;
        return judgement.verdict === "allow" ? [] : [miss(rule, "allow", example, judgement)];
      },
    );
    return [...blocks, ...allows];
  });
  return { tried, rules: rules.length, misses };
}

function miss(rule: Rule, expected: "block" | "allow", example: Example, judgement: Judgement): Miss {
  return { rule: rule.id, expected, example, judgement };
}

export function judgeExample(example: Example): Judgement {
  const set = typeof example === "string" ? { command: example } : example;
  const facts: Facts = { ...exampleFacts, ...set.facts };
  const policy: Policy = set.scope === undefined ? examplePolicy : { ...examplePolicy, scope: set.scope };
  return judge(actionOf(set), facts, policy);
}

export function actionOf(set: Exclude<Example, string>): Action {
  if (set.edit !== undefined)
    return {
      kind: "edit",
      path: set.edit,
      change: set.change ?? { kind: "replace", oldText: "a", newText: "b" },
    };
  if (set.read !== undefined) return { kind: "read", path: set.read };
  return { kind: "exec", command: set.command ?? "", cwd: set.cwd ?? "/work/repo" };
}
