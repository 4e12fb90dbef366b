// How well and how fast the guard judges, beside cc-safety-net from npm (MIT) on the same commands in the same run.
// Shares are printed with n and a bound; times are ratios to `node -e 0`. Needs `npm run build`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Verdict } from "../src/core/action.ts";
import { binding } from "../src/guard/binding.ts";
import { exampleFacts } from "../src/guard/example.ts";
import { judge } from "../src/guard/judge.ts";
import { realFiles } from "../src/host/real-files.ts";
import { loadPolicy } from "../src/policy/load.ts";
import { hookRows, writeHookRow } from "./guard-hook.ts";
import { corpora } from "./guard/corpus.ts";
import type { Corpus } from "./guard/corpus.ts";
import { count, rate } from "./guard/rate.ts";
import { peerHookRow, peerVerdict } from "./guard/peer.ts";
import { machineLine, quantile } from "./machine.ts";

const { values } = parseArgs({
  options: {
    /** Print every command that is judged wrongly. */
    list: { type: "boolean", default: false },
    preset: { type: "string", default: "standard" },
    pairs: { type: "string", default: "40" },
  },
});
const preset = values.preset === "strict" || values.preset === "observe" ? values.preset : "standard";

// Two programs that take turns at each command push each other out of the processor's caches.
const block = 200;
// The peer looks at the real file system: an empty folder stands for the repository.
const folder = mkdtempSync(join(tmpdir(), "surefoot-guard-"));
const { policy } = await loadPolicy({ files: realFiles(), root: folder, preset });
try {
  console.log(machineLine());
  console.log(
    `\nWhat is stopped under the preset ${preset}, in the world of the examples: a modified tree on a branch of its own`,
  );
  const all = corpora();
  for (const corpus of all) compare(corpus);
  console.log("\nTime of one decision in this process, in µs");
  timing(all.filter((corpus) => corpus.kind === "harmless").flatMap((corpus) => corpus.commands));
  const pairs = Number(values.pairs);
  console.log(`\nWaiting for a hook, spawn to exit, medians of ${pairs} pairs with \`node -e 0\``);
  for (const row of [...(await hookRows({ pairs })), await peerHookRow(pairs, folder)])
    console.log(`  ${writeHookRow(row)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compare(corpus: Corpus): void {
  const { name, kind, heldOut, commands } = corpus;
  const own = commands.map((command) => ({ command, verdict: verdictOf(command) }));
  const peer = commands.map((command) => peerVerdict(command, folder));
  console.log(`\n${name}${heldOut ? ", written from the rules' names alone and fixed before tuning" : ""}`);
  console.log(
    `  surefoot       ${summary(
      kind,
      own.map((item) => item.verdict),
    )}`,
  );
  console.log(`  cc-safety-net  ${summary(kind, peer)}`);
  if (!values.list) return;
  const wrong = own.filter(({ verdict }) => (verdict === "allow") === (kind === "dangerous"));
  for (const { command, verdict } of wrong) console.log(`    ${verdict}: ${JSON.stringify(command)}`);
}

function summary(kind: Corpus["kind"], verdicts: readonly Verdict[]): string {
  const n = verdicts.length;
  const of = (wanted: Verdict): number => verdicts.filter((verdict) => verdict === wanted).length;
  return kind === "harmless"
    ? `denied ${rate(of("deny"), n, "high")}, asked ${rate(of("ask"), n, "high")}`
    : `stopped ${rate(n - of("allow"), n, "low")}: denied ${count(of("deny"))}, asked ${count(of("ask"))}`;
}

function verdictOf(command: string): Verdict {
  const judgement = judge({ kind: "exec", command, cwd: "/work/repo" }, exampleFacts, policy);
  return binding(judgement, policy);
}

/** Both on the same commands, in turns of a block, after a round to warm up. */
function timing(commands: readonly string[]): void {
  const own: number[] = [];
  const peer: number[] = [];
  for (const command of commands) verdictOf(command);
  for (let from = 0; from < commands.length; from += block) {
    const some = commands.slice(from, from + block);
    for (const command of some) own.push(microseconds(() => verdictOf(command)));
    for (const command of some) peer.push(microseconds(() => peerVerdict(command, folder)));
  }
  const line = (times: readonly number[]): string =>
    `p50 ${quantile(times, 0.5).toFixed(0)}, p99 ${quantile(times, 0.99).toFixed(0)}, longest ${quantile(times, 1).toFixed(0)}`;
  console.log(`  surefoot       ${line(own)}  (aims: p50 at most 50, p99 at most 500)`);
  console.log(`  cc-safety-net  ${line(peer)}`);
  console.log(`  ratio of p50   ${(quantile(own, 0.5) / quantile(peer, 0.5)).toFixed(3)}`);
}

function microseconds(work: () => unknown): number {
  const before = performance.now();
  work();
  return (performance.now() - before) * 1000;
}
