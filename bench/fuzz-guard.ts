// Throws mutated commands at the guard: no crash, no hang, and never more work units than allowed. Commands are made
// from the corpora by a seeded generator, so that a finding can be repeated: `--seed` and `--count`.
import { writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { corpora } from "./guard/corpus.ts";
import { count } from "./guard/rate.ts";
import type { FuzzReport } from "./fuzz/worker.ts";
import { machineLine } from "./machine.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "5000000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
  },
});
const total = Number(values.count);
const workers = Math.max(1, Number(values.workers));
const seed = Number(values.seed);

/** A command that takes longer than this hangs, whatever it does: the longest known ones take some ten milliseconds. */
const hangMs = 20_000;

// What is held back stays unseen: a finding prints the command that it was made from.
const commands = corpora()
  .filter((corpus) => !corpus.heldOut)
  .flatMap((corpus) => corpus.commands);
console.log(`${machineLine()}; ${count(total)} commands made from ${count(commands.length)}, seed ${seed}`);
const began = performance.now();
const share = Math.ceil(total / workers);
const reports = await Promise.all(Array.from({ length: workers }, (_, number) => runWorker(number)));
const seconds = (performance.now() - began) / 1000;

const sum = (of: (report: FuzzReport) => number): number =>
  reports.reduce((before, report) => before + of(report), 0);
const slowest = reports.toSorted((a, b) => b.longestMs - a.longestMs)[0];
const failures = reports.flatMap((report) => report.failures);
console.log(`judged        ${count(sum((report) => report.judged))} in ${seconds.toFixed(0)} s`);
console.log(
  `verdicts      allow ${count(sum((report) => report.allow))}, ask ${count(sum((report) => report.ask))}, deny ${count(sum((report) => report.deny))}`,
);
console.log(`most units    ${count(Math.max(...reports.map((report) => report.mostUnits)))} of the limit`);
console.log(`units spent   ${count(sum((report) => report.spent))} commands, each of them asked or denied`);
if (slowest !== undefined) {
  const file = join(tmpdir(), "surefoot-fuzz-slowest.txt");
  writeFileSync(file, slowest.longest);
  console.log(`longest time  ${slowest.longestMs.toFixed(1)} ms (${file})`);
}
console.log(`failures      ${failures.length}`);
for (const { says, command } of failures.slice(0, 20)) console.log(`  ${says}: ${JSON.stringify(command)}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function runWorker(number: number): Promise<FuzzReport> {
  return new Promise((resolve, reject) => {
    const beat = new BigInt64Array(new SharedArrayBuffer(8));
    const from = number * share;
    const worker = new Worker(new URL("./fuzz/worker.ts", import.meta.url), {
      workerData: { commands, seed: seed * 1000 + number, count: Math.min(share, total - from), beat },
    });
    let seen = -1n;
    let since = performance.now();
    const watch = setInterval(() => {
      const now = Atomics.load(beat, 0);
      if (now !== seen) {
        seen = now;
        since = performance.now();
      } else if (performance.now() - since > hangMs) {
        clearInterval(watch);
        void worker.terminate();
        reject(new Error(`worker ${number} hangs at its command ${seen}, seed ${seed}`));
      }
    }, 1000);
    worker.once("message", (report: FuzzReport) => {
      clearInterval(watch);
      resolve(report);
    });
    worker.once("error", (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}
