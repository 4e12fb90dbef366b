// The harness's own time per iteration: everything between the dispatch of a task and the decision about it, without
// the gate's commands; the recorded agent's one edit an iteration, judged and applied, counts as the harness's. On repositories of 200, 2,000 and 20,000 files.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSqliteStore } from "../src/host/sqlite-store.ts";
import type { Entry } from "../src/core/event.ts";
import { machineLine, quantile } from "./machine.ts";

const { values } = parseArgs({
  options: { files: { type: "string", multiple: true }, iterations: { type: "string", default: "10" } },
});
const sizes = (values.files ?? ["200", "2000", "20000"]).map(Number);
const iterations = Number(values.iterations);
const entry = join(import.meta.dirname, "../src/cli.ts");

interface Measured {
  readonly files: number;
  /** Milliseconds of the harness, an iteration each. */
  readonly own: readonly number[];
  /** Milliseconds of one `git add --all && git diff` in a clone of the same repository: the reference. */
  readonly reference: number;
  /** Milliseconds from opening the session to the first dispatch, without the gate's commands. */
  readonly start: number;
}

function measure(files: number): Measured {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-bench-"));
  try {
    const repo = join(folder, "repo");
    makeRepository(repo, files);
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      SUREFOOT_STATE_HOME: join(folder, "state"),
      SUREFOOT_CONFIG_HOME: join(folder, "config"),
    };
    const answer = execFileSync(
      process.execPath,
      [
        entry,
        "run",
        "count upwards in the file",
        "--agent",
        "recorded",
        "--script",
        "session.yaml",
        "--json",
        "--quiet",
      ],
      {
        cwd: repo,
        env,
        encoding: "utf8",
      },
    );
    const { run } = JSON.parse(answer) as { run: string };
    const store = openSqliteStore(join(repo, ".surefoot/ledger.db"), { now: () => new Date(), mode: "read" });
    const entries = [...store.read(run)];
    store.close();
    return { files, own: ownTimes(entries), start: startTime(entries), reference: gitReference(repo) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeRepository(repo: string, files: number): void {
  mkdirSync(repo);
  for (let index = 0; index < files; index += 1) {
    const parent = join(repo, `module-${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(parent);
    writeFileSync(join(parent, `file-${index}.ts`), `export const value${index} = ${index};\n`.repeat(40));
  }
  writeFileSync(join(repo, "count.txt"), "0\n");
  const gate = "      - { name: count, run: 'cat count.txt; grep -q last count.txt', tests: none }";
  writeFileSync(
    join(repo, "surefoot.yaml"),
    `version: 1\nbudgets: { iterations: ${iterations} }\ngates:\n  full:\n${gate.slice(2)}\n`,
  );
  const attempts = Array.from({ length: iterations }, (_, index) => {
    const after = index === iterations - 1 ? "last" : String.fromCharCode(97 + index).repeat(3);
    const before = index === 0 ? "0" : String.fromCharCode(96 + index).repeat(3);
    return `  - says: next\n    steps:\n      - apply_patch: { path: count.txt, old_str: "${before}", new_str: "${after}" }\n    closes: Done.\n`;
  });
  writeFileSync(join(repo, "session.yaml"), `recorded: a counter\nattempts:\n${attempts.join("")}`);
  git(repo, "init", "--quiet", "--initial-branch=main");
  git(repo, "add", "--all");
  git(
    repo,
    "-c",
    "user.name=bench",
    "-c",
    "user.email=bench@localhost",
    "commit",
    "--quiet",
    "--message=start",
  );
}

function ownTimes(entries: readonly Entry[]): readonly number[] {
  const times: number[] = [];
  let from: number | undefined;
  let foreign = 0;
  for (const { at, event } of entries) {
    if (event.type === "task.dispatched") {
      from = Date.parse(at);
      foreign = 0;
    } else if (event.type === "check.finished") foreign += event.row.durationMs;
    else if (event.type === "decision.made" && from !== undefined)
      times.push(Date.parse(at) - from - foreign);
  }
  return times;
}

function startTime(entries: readonly Entry[]): number {
  const opened = entries.find(({ event }) => event.type === "session.opened");
  const dispatched = entries.find(({ event }) => event.type === "task.dispatched");
  const gates = entries.reduce(
    (sum, { event }) =>
      event.type === "check.finished" && event.row.phase === "baseline" ? sum + event.row.durationMs : sum,
    0,
  );
  return Date.parse(dispatched?.at ?? "") - Date.parse(opened?.at ?? "") - gates;
}

function gitReference(repo: string): number {
  const times = Array.from({ length: 5 }, () => {
    writeFileSync(join(repo, "count.txt"), `${Math.random()}\n`);
    const before = performance.now();
    git(repo, "add", "--all");
    git(repo, "diff", "--cached");
    return performance.now() - before;
  });
  return quantile(times, 0.5);
}

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync("git", args, { cwd, stdio: "pipe" });
}

console.log(machineLine());
console.log(
  `own time of an iteration in ms, ${iterations} iterations each; reference: git add --all && git diff, median of 5`,
);
console.log("files    median   p90   max   reference   ratio   start");
for (const size of sizes) {
  const { files, own, reference, start } = measure(size);
  const median = quantile(own, 0.5);
  const cells = [
    String(files).padEnd(7),
    median.toFixed(0).padStart(7),
    quantile(own, 0.9).toFixed(0).padStart(5),
    Math.max(...own)
      .toFixed(0)
      .padStart(5),
  ];
  console.log(
    `${cells.join(" ")} ${reference.toFixed(0).padStart(11)} ${(median / reference).toFixed(1).padStart(7)} ${start.toFixed(0).padStart(7)}`,
  );
}
