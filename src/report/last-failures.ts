import type { CheckOutput, RunReport } from "./report-model.ts";

/** The checks that keep the last gate from passing, in order. */
export function lastFailures(report: Pick<RunReport, "grid" | "outputs">): readonly CheckOutput[] {
  const row = report.grid.findLast((candidate) => candidate.cells.some((cell) => cell.state !== "not_run"));
  const ids = new Set(
    (row?.cells ?? [])
      .filter((cell) => cell.state === "failed" || cell.state === "unrunnable")
      .map((cell) => cell.output),
  );
  return report.outputs.filter((output) => ids.has(output.id));
}
