// How fast entries are appended: alone, by four processes, and by sixteen at an agent's pace.
import { rmSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchOptions, Figure } from "./ledger.ts";
import { runWriters } from "./ledger-processes.ts";
import type { Written } from "./ledger-processes.ts";

const rounds = 5;
const appends = 1500;

/** Bare inserts and whole appends in turns, so that both meet the same disk. */
export async function appendRates(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const processes of [1, 4]) {
    const bare: number[] = [];
    const whole: number[] = [];
    const slowest: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push((await rate("bare", processes)).perSecond);
      const result = await rate("ledger", processes);
      whole.push(result.perSecond);
      slowest.push(result.slowestMs);
    }
    const ratio = median(whole) / median(bare);
    const reached = `${ratio.toFixed(2)} (${median(whole).toFixed(0)}/s of ${median(bare).toFixed(0)}/s bare; slowest append ${Math.max(...slowest).toFixed(0)} ms)`;
    console.log(`  ${processes} processes: ${reached}`);
    console.log(`    bare ${bare.map(Math.round).join(" ")} · whole ${whole.map(Math.round).join(" ")}`);
    figures.push({
      what: `appends/s, ${processes} processes, to bare inserts`,
      aim: "≥ 0.5",
      reached,
      ok: ratio >= 0.5,
    });
  }
  return figures;
}

export async function pacedLatency({ seconds }: BenchOptions): Promise<readonly Figure[]> {
  const writers = 16;
  const perSecond = 20;
  const written = await inFolder((folder) =>
    runWriters(
      Array.from({ length: writers }, (_, index) => [
        "ledger",
        join(folder, "ledger.db"),
        `run_${index}`,
        String(perSecond * seconds),
        String(perSecond),
      ]),
    ),
  );
  // The first append of each process compiles its code and opens its statements: it is shown, and counted as well.
  const all = written.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b);
  const [p50, p99, max] = [quantile(all, 0.5), quantile(all, 0.99), quantile(all, 1)];
  const reached = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(0)} ms of ${all.length}`;
  console.log(`  ${reached}`);
  return [
    { what: "append, 16 writers at 20/s, p50", aim: "≤ 0.3 ms", reached, ok: p50 <= 0.3 },
    { what: "append, 16 writers at 20/s, p99", aim: "≤ 10 ms", reached, ok: p99 <= 10 },
  ];
}

async function rate(
  kind: "bare" | "ledger",
  processes: number,
): Promise<{ readonly perSecond: number; readonly slowestMs: number }> {
  const written = await inFolder((folder) =>
    runWriters(
      Array.from({ length: processes }, (_, index) => [
        kind,
        join(folder, "ledger.db"),
        `run_${index}`,
        String(Math.round(appends / Math.sqrt(processes))),
      ]),
    ),
  );
  const entries = written.reduce((sum, { latencies }) => sum + latencies.length, 0);
  const slowestMs = Math.max(...written.flatMap(({ latencies }) => latencies));
  return { perSecond: entries / (Math.max(...written.map(total)) / 1000), slowestMs };
}

async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-bench-"));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function total({ totalMs }: Written): number {
  return totalMs;
}

function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
