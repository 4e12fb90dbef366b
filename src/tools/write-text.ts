import { sha256 } from "../core/digest.ts";
import type { ToolError, ToolResult } from "../core/outcome.ts";
import { contentOf } from "./intent.ts";
import { lineDiff } from "./line-diff.ts";
import type { Bench } from "./tool.ts";

export interface Edit {
  readonly absolute: string;
  readonly relative: string;
  readonly before: string;
  readonly after: string;
  /** As in chmod; a file that is there keeps its own. */
  readonly mode?: number;
}

/** Writes one file when the change fits the budget of a call. */
export async function writeText(edit: Edit, bench: Bench): Promise<ToolResult | ToolError> {
  const { absolute, relative, before, after, mode } = edit;
  const diff = lineDiff(relative, before, after);
  const over = overBudget(diff.added + diff.removed, bench);
  if (over !== undefined) return over;
  const { files } = bench.host;
  const result = { kind: "patched", path: relative, ...diff } as const;
  // A link stays one, and what it points to is written.
  const place = await files.real(absolute);
  const now = await contentOf(files, place);
  await bench.announce({ kind: "edit", place, before: now, after: sha256(after), result });
  await files.write(absolute, after, mode);
  return result;
}

export function overBudget(lines: number, { budget }: Bench): ToolError | undefined {
  if (lines <= budget.lines && 1 <= budget.files) return undefined;
  return {
    code: "BUDGET_EXCEEDED",
    says: `this call would change ${lines} lines in 1 file; ${budget.lines} lines in ${budget.files} files are allowed`,
    context: `computed: files=1 lines=${lines}; allowed: files=${budget.files} lines=${budget.lines}`,
    retryable: true,
  };
}
