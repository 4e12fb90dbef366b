import type { CheckRow } from "../core/event.ts";
import { describeExit, succeeded } from "../core/exit.ts";
import type { GateCheck } from "../core/policy.ts";
import type { RunContext } from "./context.ts";
import { runGate, runnable } from "./gate.ts";
import { runSetup } from "./setup.ts";
import { noteSetup } from "./surroundings.ts";

export type GateChoice =
  | { readonly gate: "full" | "fallback"; readonly checks: readonly GateCheck[]; readonly why: string }
  | { readonly gate: "none"; readonly why: string };

/** The diff id of the untouched base. */
export const untouched = `diff:${"0".repeat(64)}`;

/**
 * The ladder of Harness Engineering (AI-First Software Engineering, chapter 2): the full gate where its commands run;
 * else make them run within the setup budget; else the fallback gate, which needs a targeted command and tightens the
 * patch budgets; else nothing can be verified.
 * Runs the checks on the untouched base, so that the baseline rows exist before the first attempt.
 */
export async function chooseGate(context: RunContext, repair: readonly string[]): Promise<GateChoice> {
  const { full, fallback } = context.policy.gates;
  if (full.length === 0 && fallback.length === 0)
    return {
      gate: "none",
      why: "surefoot.yaml names no gate; `surefoot init` proposes one from the repository",
    };
  const first = await baseline(context, full);
  if (full.length > 0 && first.every(proves))
    return { gate: "full", checks: full, why: "every command of the full gate runs on the untouched base" };
  const mended = full.length > 0 && repair.length > 0 ? await mend(context, full, first, repair) : undefined;
  if (mended !== undefined) return { gate: "full", checks: full, why: mended };
  const obstacle = describeObstacle(full, first);
  if (fallback.length === 0)
    return { gate: "none", why: `${obstacle}, and surefoot.yaml names no fallback gate` };
  if (!fallback.some((check) => check.targeted))
    return { gate: "none", why: `${obstacle}, and no check of the fallback gate is marked as targeted` };
  const rows = await baseline(context, fallback);
  const dead = rows.find((row) => !runnable(row));
  return dead === undefined
    ? {
        gate: "fallback",
        checks: fallback,
        why: `${obstacle}; the fallback gate runs, with tighter patch budgets`,
      }
    : {
        gate: "none",
        why: `${obstacle}; of the fallback gate, ${dead.check} does not run either (${describeExit(dead.exit)})`,
      };
}

async function baseline(
  context: RunContext,
  checks: readonly GateCheck[],
  again: readonly string[] = [],
): Promise<readonly CheckRow[]> {
  const have = context.journal.session().baseline.filter((row) => !again.includes(row.check));
  const result = await runGate(context, { checks, phase: "baseline", iteration: 0, diff: untouched, have });
  return result.rows;
}

async function mend(
  context: RunContext,
  full: readonly GateCheck[],
  rows: readonly CheckRow[],
  repair: readonly string[],
): Promise<string | undefined> {
  const done = await runSetup(context, repair);
  if (!done.every((run) => succeeded(run.exit))) return undefined;
  await noteSetup(context);
  const broken = rows.filter((row) => !proves(row)).map((row) => row.check);
  const again = await baseline(context, full, broken);
  return again.every(proves)
    ? `${broken.join(", ")} could be run after ${repair.map((command) => `\`${command}\``).join(", ")}`
    : undefined;
}

/** Green or red, the command ran, and where it is a test command it ran tests or failed before it could. */
function proves(row: CheckRow): boolean {
  const green = succeeded(row.exit);
  return runnable(row) && row.exit.kind !== "timedOut" && !(green && !row.passed);
}

function describeObstacle(full: readonly GateCheck[], rows: readonly CheckRow[]): string {
  const row = rows.find((candidate) => !proves(candidate));
  if (full.length === 0 || row === undefined) return "there is no full gate";
  return `${row.check} of the full gate proves nothing here (${succeeded(row.exit) ? row.says : describeExit(row.exit)})`;
}
