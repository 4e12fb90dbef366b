import { cpus, totalmem, type } from "node:os";

/** One line that says on what the figures were measured. Ratios travel between machines, seconds do not. */
export function machineLine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${type()}, ${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${memory} GiB, Node ${process.versions.node}`;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
