import type { Entry } from "../core/event.ts";
import type { Policy } from "../core/policy.ts";
import type { Session } from "../core/session.ts";
import { duration, money, number } from "./amounts.ts";
import type { BudgetLine } from "./report-model.ts";

/** What the run used of what the policy allows; empty when the policy is not known. */
export function budgetLines(
  session: Session,
  entries: readonly Entry[],
  policy: Policy | undefined,
): readonly BudgetLine[] {
  if (policy === undefined) return [];
  const { budgets } = policy;
  const tokens = session.usage.inputTokens + session.usage.outputTokens;
  const diff = session.iterations.findLast((iteration) => iteration.diff !== undefined)?.diff;
  const patch = session.gate?.gate === "fallback" ? budgets.patch.underFallback : budgets.patch.total;
  return [
    line("attempts", session.iterations.length, budgets.iterations, number),
    line("time", workTime(entries), budgets.wallTimeMs, duration),
    line(
      "tokens",
      tokens === 0 && session.usage.model === undefined ? undefined : tokens,
      budgets.tokensHard,
      number,
    ),
    line("cost", session.usage.costUsd, budgets.costUsd, money),
    line("files changed", diff?.files ?? 0, patch.files, number),
    line("lines changed", diff?.lines ?? 0, patch.lines, number),
    line(
      "refusals in one turn",
      Math.max(0, ...session.iterations.map((iteration) => iteration.refused)),
      budgets.strikes,
      number,
    ),
  ];
}

function line(
  name: string,
  used: number | undefined,
  allowed: number,
  show: (value: number) => string,
): BudgetLine {
  return {
    name,
    used,
    allowed,
    usedText: used === undefined ? "not reported" : show(used),
    allowedText: show(allowed),
  };
}

/** Milliseconds between the first and the last entry; the pause before a resume is nobody's work. */
export function workTime(entries: readonly Entry[]): number {
  let total = 0;
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before === undefined || entry.event.type === "run.resumed" || isAfterwards(entry)) continue;
    total += Math.max(0, Date.parse(entry.at) - Date.parse(before.at));
  }
  return total;
}

// A person accepts or discards a run, or erases a payload, whenever they like.
function isAfterwards({ event }: Entry): boolean {
  return ["run.accepted", "run.discarded", "entry.erased", "artifacts.pruned"].includes(event.type);
}
