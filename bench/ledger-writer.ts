// A process that appends to a ledger, for the bench and for the tests of many writers and of killed ones:
//   node bench/ledger-writer.ts <bare|ledger> <file> <session> <count> [<per second>]
// It says `ready`, waits for a line on standard input, appends, and ends with its latencies as JSON.
// With `acknowledge` instead of a count it appends until it is killed and writes a line after each append.
import { readSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { genesis } from "../src/core/chain.ts";
import type { Event } from "../src/core/event.ts";
import { openKey } from "../src/host/key.ts";
import { openSqliteStore } from "../src/host/sqlite-store.ts";
import { openLedger } from "../src/ledger/ledger.ts";
import { makeRedactor } from "../src/ledger/redact.ts";

/** About 440 bytes once written, as a decision is. */
export function sampleEvent(number: number): Event {
  return {
    type: "action.judged",
    iteration: 1,
    call: `call-${number}`,
    tool: "exec",
    action: { kind: "exec", command: `npm test -- --grep "case ${number}"`, cwd: "/work/project" },
    judgement: {
      verdict: number % 9 === 0 ? "deny" : "allow",
      reasons:
        number % 9 === 0 ? [{ rule: "git/reset-hard", verdict: "deny", says: "work would be lost" }] : [],
      effects: [{ kind: "execute", program: "npm", args: ["test", "--grep"], cwd: "/work/project" }],
      facts: { worktree: "/work/project", dirty: false },
    },
    enforced: true,
  };
}

export interface Appender {
  append(number: number): { readonly seq: number; readonly hash: string };
  close(): void;
}

/** What everyone could write in ten lines: one durable insert, no chain, no signature, no redaction. */
export function openBare(path: string, session: string): Appender {
  const db = new DatabaseSync(path, { timeout: 10_000 });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS entries (session TEXT, seq INTEGER, at TEXT, payload TEXT, PRIMARY KEY (session, seq)) WITHOUT ROWID`);
  const insert = db.prepare("INSERT INTO entries VALUES (?, ?, ?, ?)");
  return {
    append(number) {
      insert.run(session, number, new Date().toISOString(), JSON.stringify(sampleEvent(number)));
      return { seq: number, hash: genesis };
    },
    close: () => db.close(),
  };
}

/** The whole path of a run's event: redacted, chained, signed, counted. */
export function openWhole(path: string, session: string): Appender {
  const now = (): Date => new Date();
  const signer = openKey(join(dirname(path), "key"));
  const store = openSqliteStore(path, { now, signer });
  const env = { ...process.env, BENCH_TOKEN: "tok-0123456789abcdef", BENCH_SECRET: "sec-0123456789abcdef" };
  const ledger = openLedger({ store, now, signer, redactor: makeRedactor({ enabled: true, env: [] }, env) });
  return {
    append: (number) => ledger.append({ session, actor: "bench", event: sampleEvent(number) }),
    close: () => ledger.close(),
  };
}

if (import.meta.main) await main(process.argv.slice(2));

async function main([
  kind,
  path = "",
  session = "",
  count = "",
  perSecond,
]: readonly string[]): Promise<void> {
  const appender = (kind === "bare" ? openBare : openWhole)(path, session);
  // Synchronous on purpose: an acknowledgement must be out before the next append begins.
  const say = (line: string): number => writeSync(1, `${line}\n`);
  say("ready");
  readSync(0, Buffer.alloc(1));
  if (count === "acknowledge") {
    for (let number = 1; ; number += 1) {
      const { seq, hash } = appender.append(number);
      say(`${session} ${seq} ${hash}`);
    }
  }
  const latencies: number[] = [];
  const start = performance.now();
  for (let number = 1; number <= Number(count); number += 1) {
    if (perSecond !== undefined) await pause(start + ((number - Math.random()) * 1000) / Number(perSecond));
    const before = performance.now();
    appender.append(number);
    latencies.push(performance.now() - before);
  }
  const totalMs = performance.now() - start;
  appender.close();
  say(JSON.stringify({ totalMs, latencies }));
}

function pause(untilMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, untilMs - performance.now())));
}
