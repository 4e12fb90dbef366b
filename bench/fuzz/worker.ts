import { parentPort, workerData } from "node:worker_threads";
import { exampleFacts, examplePolicy } from "../../src/guard/example.ts";
import { judge } from "../../src/guard/judge.ts";
import { interpret, workUnits } from "../../src/guard/shell/effects.ts";
import { mutated, randomFrom } from "./mutate.ts";

export interface FuzzReport {
  readonly judged: number;
  readonly allow: number;
  readonly ask: number;
  readonly deny: number;
  readonly mostUnits: number;
  /** Commands whose work units were spent. */
  readonly spent: number;
  readonly longestMs: number;
  readonly longest: string;
  readonly failures: readonly { readonly says: string; readonly command: string }[];
}

const {
  commands,
  seed,
  count,
  beat,
}: { commands: readonly string[]; seed: number; count: number; beat: BigInt64Array } = workerData;

const random = randomFrom(seed);
const verdicts = { allow: 0, ask: 0, deny: 0 };
const failures: { says: string; command: string }[] = [];
let mostUnits = 0;
let spent = 0;
let longestMs = 0;
let longest = "";

for (let index = 0; index < count; index += 1) {
  Atomics.store(beat, 0, BigInt(index));
  const command = mutated(commands, random);
  const before = performance.now();
  try {
    const { verdict, reasons } = judge(
      { kind: "exec", command, cwd: "/work/repo" },
      exampleFacts,
      examplePolicy,
    );
    verdicts[verdict] += 1;
    const rules = new Set(reasons.map((reason) => reason.rule));
    if (rules.has("shell/reader-failed")) failures.push({ says: "the reader failed", command });
    if (rules.has("shell/too-complex")) {
      spent += 1;
      if (verdict === "allow") failures.push({ says: "spent units were allowed", command });
    }
  } catch (error) {
    failures.push({ says: `it threw ${String(error)}`, command });
  }
  const took = performance.now() - before;
  // Once more: the first time, the machine may have been busy with something else.
  const least = took > longestMs ? Math.min(took, again(command)) : 0;
  if (least > longestMs) {
    longestMs = least;
    longest = command;
  }
  // Reading once more only for its units would double the time, so a part stands for all.
  if (index % 50 === 0) {
    const { units } = interpret(command, "/work/repo", exampleFacts);
    mostUnits = Math.max(mostUnits, units);
    if (units > workUnits) failures.push({ says: `it took ${units} work units`, command });
  }
}

function again(command: string): number {
  const before = performance.now();
  judge({ kind: "exec", command, cwd: "/work/repo" }, exampleFacts, examplePolicy);
  return performance.now() - before;
}

const report: FuzzReport = {
  judged: count,
  ...verdicts,
  mostUnits,
  spent,
  longestMs,
  longest,
  failures: failures.slice(0, 100),
};
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker thread has no origin
parentPort?.postMessage(report);
