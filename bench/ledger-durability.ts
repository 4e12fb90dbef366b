// Whether an acknowledged entry is there after `kill -9`, and whether it was synced before it was acknowledged.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerStore } from "../src/core/ports.ts";
import { openKey } from "../src/host/key.ts";
import { openSqliteStore } from "../src/host/sqlite-store.ts";
import { verifyLedger } from "../src/ledger/verify.ts";
import type { BenchOptions, Figure } from "./ledger.ts";
import { killWhileWriting, startWriter } from "./ledger-processes.ts";

/** Two writers at once, killed at a random moment; every line that they had written must be in the ledger. */
export async function killedWriters({ kills }: BenchOptions): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-kills-"));
  const path = join(folder, "ledger.db");
  let acknowledged = 0;
  let lost = 0;
  const count = { killed: 0 };
  try {
    for (let round = 0; count.killed < kills; round += 1) {
      const lines = await killTwo(path, round);
      count.killed += 2;
      acknowledged += lines.length;
      lost += missing(path, lines);
      if (round % 50 === 49)
        console.log(`  ${count.killed} kills, ${acknowledged} acknowledged, ${lost} lost`);
    }
    const { publicKey } = openKey(join(folder, "key"));
    const store = openSqliteStore(path, { now: () => new Date(), mode: "read" });
    const verified = verifyLedger(store, { publicKey });
    store.close();
    const says = verified.kind === "broken" ? verified.says : verified.kind;
    const reached = `${lost} of ${acknowledged} acknowledged entries lost over ${count.killed} kills; then the ledger is ${says}`;
    console.log(`  ${reached}`);
    return [
      {
        what: "entries lost to kill -9",
        aim: "0",
        reached,
        ok: lost === 0 && says === "verified" && acknowledged > 0,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function syncsPerAppend(): Promise<readonly Figure[]> {
  const what = "syncs before each acknowledgement";
  const aim = "≥ 1, always";
  if (spawnSync("strace", ["-V"]).error !== undefined) {
    console.log("  skipped: there is no strace here");
    return [{ what, aim, reached: "there is no strace here", ok: "skipped" }];
  }
  const folder = mkdtempSync(join(tmpdir(), "surefoot-syncs-"));
  try {
    const trace = join(folder, "trace");
    const program = join(import.meta.dirname, "ledger-writer.ts");
    const args = ["-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-o", trace, process.execPath, program];
    const appends = 300;
    // Killed by its output's end: after so many lines `head` closes the pipe.
    const command = `echo | "$@" ledger '${join(folder, "ledger.db")}' run_1 acknowledge 2>/dev/null | head -n ${appends + 1} >/dev/null`;
    spawnSync("/bin/sh", ["-c", command, "sh", "strace", ...args], { timeout: 60_000 });
    const syncs = syncsBetweenAcks(readFileSync(trace, "utf8")).slice(0, appends);
    const none = syncs.filter((count) => count === 0).length;
    const sum = syncs.reduce((total, count) => total + count, 0);
    const reached = `${sum} syncs for ${syncs.length} appends, ${none} appends without one`;
    console.log(`  ${reached}`);
    return [{ what, aim, reached, ok: none === 0 && syncs.length === appends }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killTwo(path: string, round: number): Promise<readonly string[]> {
  const writers = await Promise.all(
    ["a", "b"].map((name) => startWriter(["ledger", path, `run_${round}_${name}`, "acknowledge"])),
  );
  return killWhileWriting(writers);
}

function missing(path: string, lines: readonly string[]): number {
  const store = openSqliteStore(path, { now: () => new Date(), mode: "read" });
  try {
    const sessions = new Set(lines.map((line) => line.split(" ")[0] ?? ""));
    const present = new Set([...sessions].flatMap((session) => [...entriesOf(store, session)]));
    return lines.filter((line) => !present.has(line)).length;
  } finally {
    store.close();
  }
}

function* entriesOf(store: LedgerStore, session: string): Generator<string> {
  for (const { seq, hash } of store.read(session)) yield `${session} ${seq} ${hash}`;
}

function syncsBetweenAcks(trace: string): readonly number[] {
  const counts: number[] = [];
  let syncs = 0;
  for (const line of trace.split("\n")) {
    if (/\bf(?:data)?sync\(.*= 0/.test(line)) syncs += 1;
    else if (/write\(1, "run_1 \d+ /.test(line)) {
      counts.push(syncs);
      syncs = 0;
    }
  }
  return counts;
}
