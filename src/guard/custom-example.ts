import type { Action, Judgement } from "../core/action.ts";
import type { CustomExample, CustomRule, Policy } from "../core/policy.ts";
import { exampleFacts } from "./example.ts";
import { judge } from "./judge.ts";
import { subject } from "./says.ts";

/** An example of a custom rule that does not come out as it says. */
export interface CustomMiss {
  readonly rule: string;
  readonly list: "block" | "allow";
  readonly index: number;
  readonly says: string;
}

/** Judges every example of the policy's own rules under that policy, in the world of the built-in examples. */
export function missedExamples(policy: Policy): readonly CustomMiss[] {
  return policy.guard.custom.flatMap((rule) =>
    (["block", "allow"] as const).flatMap((list) =>
      rule.examples[list].flatMap((example, index) => {
        const action = actionOf(example, rule);
        const wrong = missed(rule, list, judge(action, factsOf(rule), policy));
        return wrong === undefined
          ? []
          : [{ rule: rule.id, list, index, says: `${wrong}: ${JSON.stringify(subject(action))}` }];
      }),
    ),
  );
}

export function countExamples(policy: Policy): number {
  return policy.guard.custom.reduce(
    (sum, { examples }) => sum + examples.block.length + examples.allow.length,
    0,
  );
}

function missed(rule: CustomRule, list: "block" | "allow", judgement: Judgement): string | undefined {
  const { verdict, reasons } = judgement;
  const others = reasons.map((reason) => reason.rule).join(", ");
  if (rule.verdict === "allow") {
    if (list === "allow") return verdict === "allow" ? undefined : `is stopped by ${others}`;
    return verdict === "allow" ? "is allowed" : undefined;
  }
  const fires = reasons.some((reason) => reason.rule === rule.id);
  if (list === "block") return fires ? undefined : `is not stopped by ${rule.id}`;
  return fires ? `is stopped by ${rule.id}` : undefined;
}

/** An example is meant to be judged where its rule holds. */
function factsOf({ modes }: CustomRule): typeof exampleFacts {
  const [mode] = modes;
  return mode === undefined ? exampleFacts : { ...exampleFacts, mode };
}

function actionOf(example: CustomExample, { paths }: CustomRule): Action {
  const root = exampleFacts.worktree ?? "/";
  const [folder] = paths;
  const here =
    folder === undefined ? root : `${root}/${folder.replace(/\/?\*\*$/, "").replace(/[*?]/g, "x")}`;
  if (typeof example === "string") return { kind: "exec", command: example, cwd: here };
  const { command = "", cwd, edit, read, fetch, tool } = example;
  if (edit !== undefined) return { kind: "edit", path: edit, change: { kind: "unknown" } };
  if (read !== undefined) return { kind: "read", path: read };
  if (fetch !== undefined) return { kind: "fetch", url: fetch };
  if (tool !== undefined) {
    const [server = "", ...name] = tool.split("/");
    return { kind: "tool", server, name: name.join("/"), input: {} };
  }
  const folderOf = cwd === undefined ? here : cwd.startsWith("/") ? cwd : `${root}/${cwd}`;
  return { kind: "exec", command, cwd: folderOf };
}
