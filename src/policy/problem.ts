import { Fault } from "../core/fault.ts";
import type { FaultCode, Where } from "../core/fault.ts";

/** One thing that is wrong in a file that a person wrote: where, what, and what to do. */
export interface Problem {
  readonly where: Where;
  /** Continues the field's name, as in `must be a whole number, and is "three"`. */
  readonly says: string;
  /** What the field is for, or what would go wrong. */
  readonly why: string;
  readonly fix: string;
}

/** `surefoot.yaml:3:9 budgets.iterations must be …` */
export function writeProblem({ where, says }: Problem): string {
  return [`${writeWhere(where)}:`, where.field ?? "the file", says].join(" ");
}

export function writeWhere({ file, line, column }: Where): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** One fault for all problems: it says the first, its hint has the fix and lists the others. */
export function faultOf(
  code: Extract<FaultCode, "policy/invalid" | "task/invalid" | "agent/script-invalid">,
  first: Problem,
  others: readonly Problem[],
): Fault {
  const more = others.map((problem) => `\n  ${writeProblem(problem)} — ${problem.fix}`);
  const rest =
    more.length === 0
      ? ""
      : `\n${more.length === 1 ? "one more problem" : `${more.length} more problems`}:${more.join("")}`;
  return new Fault(code, writeProblem(first), { hint: `${first.fix}${rest}`, where: first.where });
}

export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (a, b) =>
      compare(a.where.file, b.where.file) ||
      (a.where.line ?? 0) - (b.where.line ?? 0) ||
      (a.where.column ?? 0) - (b.where.column ?? 0),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
