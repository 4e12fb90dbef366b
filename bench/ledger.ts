// What the ledger promises, measured on this machine. `node bench/ledger.ts --help` lists the parts.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { appendRates, pacedLatency } from "./ledger-append.ts";
import { killedWriters, syncsPerAppend } from "./ledger-durability.ts";
import { rollupPage, tampering, verifyMillion } from "./ledger-verify.ts";

/** One line of the table at the end. */
export interface Figure {
  readonly what: string;
  readonly aim: string;
  readonly reached: string;
  readonly ok: boolean | "skipped";
}

export interface BenchOptions {
  readonly kills: number;
  readonly entries: number;
  readonly seconds: number;
  readonly places: number;
}

type Part = (options: BenchOptions) => Promise<readonly Figure[]>;

const parts = new Map<string, Part>([
  ["rates", appendRates],
  ["paced", pacedLatency],
  ["syncs", syncsPerAppend],
  ["kills", killedWriters],
  ["verify", verifyMillion],
  ["rollup", rollupPage],
  ["tamper", tampering],
]);

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    kills: { type: "string", default: "1000" },
    entries: { type: "string", default: "1000000" },
    seconds: { type: "string", default: "10" },
    places: { type: "string", default: "500" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`node bench/ledger.ts [--only <part>]… [--kills 1000] [--entries 1000000] [--seconds 10] [--places 500]
parts: ${[...parts.keys()].join(", ")}`);
} else {
  const [cpu] = cpus();
  console.log(
    `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${process.platform} ${process.arch}, node ${process.versions.node}, SQLite ${process.versions.sqlite}`,
  );
  const options: BenchOptions = {
    kills: Number(values.kills),
    entries: Number(values.entries),
    seconds: Number(values.seconds),
    places: Number(values.places),
  };
  const figures: Figure[] = [];
  for (const [name, part] of parts) {
    if (values.only.length > 0 && !values.only.includes(name)) continue;
    console.log(`\n${name} (${surroundings()})`);
    figures.push(...(await part(options)));
  }
  const width = Math.max(...figures.map(({ what }) => what.length));
  const aims = Math.max(...figures.map(({ aim }) => aim.length));
  console.log("");
  for (const { what, aim, reached, ok } of figures) {
    const mark = ok === "skipped" ? "skipped" : ok ? "ok" : "MISSED";
    console.log(`${what.padEnd(width)}  ${aim.padEnd(aims)}  ${mark.padEnd(7)}  ${reached}`);
  }
  if (figures.some(({ ok }) => ok === false)) process.exitCode = 1;
}

// Figures depend on what else the machine does: other load, and what one sync of the disk costs just now.
function surroundings(): string {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-disk-"));
  const file = openSync(join(folder, "probe"), "w");
  const block = Buffer.alloc(8192, 1);
  const times: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const start = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  const sync = times.toSorted((a, b) => a - b)[25] ?? NaN;
  return `load ${loadavg()[0]?.toFixed(1)}, one sync of 8 kB ${sync.toFixed(2)} ms`;
}
