import type { PlannedTask } from "../core/event.ts";
import type { Budgets, GateCheck, Scope } from "../core/policy.ts";

export interface PromptParts {
  readonly task: PlannedTask;
  readonly scope: Scope;
  readonly protectedBranches: readonly string[];
  readonly checks: readonly GateCheck[];
  readonly budgets: Budgets;
  readonly iteration: number;
  /** What the gate said about the last attempt; undefined for the first. */
  readonly feedback: string | undefined;
  /** Whether an earlier session of this attempt was cut off: its edits are still in the tree. */
  readonly cutOff: boolean;
}

/** The packet that an attempt starts with: everything it needs to know stands in here, nothing lives in a chat. */
export function promptOf(parts: PromptParts): string {
  return [
    `# Task: ${parts.task.title}`,
    parts.task.body.trim() === parts.task.title ? undefined : parts.task.body.trim(),
    parts.task.reproduce === undefined
      ? undefined
      : `The fault shows with \`${parts.task.reproduce}\`, which must succeed in the end.`,
    "## What you may touch",
    scopeText(parts),
    "## What a pass means",
    passText(parts),
    parts.feedback === undefined
      ? undefined
      : `## What the gate said about attempt ${parts.iteration - 1}\n\n${parts.feedback}`,
    parts.cutOff
      ? "## Note\n\nAn earlier session of this attempt was cut off. Its edits are still in the working tree: look at `git diff` first."
      : undefined,
    "## When you are done",
    'End with a block like this, naming every file that you changed:\n\n```surefoot\n{"files": ["path/from/the/root"], "tests_pass": true}\n```\n\nIt is compared with the diff. Do not push, and do not open a pull request: the branch is taken from your working tree.',
  ]
    .filter((part) => part !== undefined)
    .join("\n\n");
}

function scopeText({ task, scope, protectedBranches, budgets }: PromptParts): string {
  const limit = task.budget;
  return [
    `- Files: ${globs(task.scope.allow)}${task.scope.deny.length > 0 ? `, but never ${globs(task.scope.deny)}` : ""}.`,
    scope === task.scope || scope.deny.length === 0
      ? undefined
      : `- The repository also forbids ${globs(scope.deny)}.`,
    `- Size: at most ${limit.files} files and ${limit.lines} changed lines in all, ${budgets.patch.perCall.lines} lines an edit.`,
    `- Protected branches: ${protectedBranches.join(", ")}. No forced pushes, no rewriting of history.`,
    "- Every command and edit is judged before it happens. A refusal names its rule and a safer way; repeating the same action ends the turn.",
  ]
    .filter((line) => line !== undefined)
    .join("\n");
}

function passText({ checks }: PromptParts): string {
  return [
    "These commands are run in your working tree after you finish. All must succeed, and tests must really run:",
    ...checks.map((check) => `- \`${check.run}\``),
    "Existing tests may not be weakened, skipped or removed. Files that git ignores are no part of the change: what you\nmake or alter there is taken away before these commands run, and where setup had made it, setup runs again.",
  ].join("\n");
}

function globs(list: readonly string[]): string {
  return list.map((glob) => `\`${glob}\``).join(", ");
}
