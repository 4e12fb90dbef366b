import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunReport } from "../../src/report/report-model.ts";
import { parsePatch } from "../../src/core/diff.ts";
import { pathsOf } from "./parts.ts";

/** What one run of surefoot decided. */
export interface Decided {
  readonly verdict: string;
  readonly stop: string;
  readonly exit: number;
  readonly says: string;
  readonly seconds: number;
  /** State of the gate on the untouched base, and after the last attempt. */
  readonly baseline: string;
  readonly gate: string;
  readonly refused: readonly string[];
  /** Codes of blocking findings of any attempt. */
  readonly findings: readonly string[];
  /** Whether the tree in the end holds what the patch was meant to bring, by files and lines. */
  readonly applied: boolean;
}

type Answer = Pick<
  RunReport,
  "verdict" | "stop" | "summary" | "grid" | "findings" | "mended" | "refused" | "patch"
>;

const entry = join(import.meta.dirname, "../../src/cli.ts");

/** Lets the recorded agent play one patch in one repository, through `surefoot run` as a user would start it. */
export function play(tree: string, folder: string, task: string, patch: string): Decided {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "agent.patch"), patch);
  const closing = JSON.stringify(
    ["Done.", "", "```surefoot", JSON.stringify({ files: pathsOf(patch), tests_pass: true }), "```"].join(
      "\n",
    ),
  );
  const script = join(folder, "recording.yaml");
  writeFileSync(
    script,
    `recorded: a fix from the history\nattempts:\n  - steps: [{ patch_file: agent.patch }]\n    closes: ${closing}\n`,
  );
  const before = performance.now();
  const ran = spawnSync(
    process.execPath,
    [entry, "run", task, "--agent", "recorded", "--script", script, "--json", "--quiet"],
    {
      cwd: tree,
      encoding: "utf8",
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        SUREFOOT_STATE_HOME: join(folder, "state"),
        SUREFOOT_CONFIG_HOME: join(folder, "config"),
      },
    },
  );
  const seconds = (performance.now() - before) / 1000;
  if (!ran.stdout.startsWith("{"))
    throw new Error(`surefoot gave no report (exit ${ran.status}): ${ran.stderr.slice(0, 2000)}`);
  const answer: Answer = JSON.parse(ran.stdout) as Answer;
  const first = answer.grid[0]?.cells[0];
  const last = answer.grid.at(-1);
  const blocking = [...answer.findings, ...answer.mended].filter(({ severity }) => severity === "block");
  return {
    verdict: answer.verdict,
    stop: answer.stop ?? "none",
    exit: ran.status ?? -1,
    says: answer.summary,
    seconds,
    baseline: first?.state ?? "not_run",
    gate: last === undefined || last.iteration === 0 ? "not_run" : (last.cells[0]?.state ?? "not_run"),
    refused: answer.refused.map((action) => action.reasons[0]?.rule ?? "no rule"),
    findings: [...new Set(blocking.map(({ code }) => code))],
    applied: sizeText(answer.patch.files) === sizeText(parsePatch(patch)),
  };
}

function sizeText(
  files: readonly { readonly path: string; readonly added: number; readonly removed: number }[],
): string {
  return files
    .map(({ path, added, removed }) => `${path} +${added} -${removed}`)
    .toSorted()
    .join("\n");
}
