import { countTests } from "../checks/count-tests.ts";
import { judgeRow } from "../checks/gate-result.ts";
import type { CheckRow, Output } from "../core/event.ts";
import { couldNotRun } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import { matchesAny } from "../core/glob.ts";
import type { GateCheck } from "../core/policy.ts";
import type { Ran } from "../core/ports.ts";
import type { RunContext } from "./context.ts";
import { gateEnvironment } from "./environment.ts";
import { treeEnvironment } from "./workspace.ts";

/** Output kept in a row of evidence (AI-First Software Engineering, evidence-bundle-standard). */
const evidenceBytes = 64 * 1024;
const capturedBytes = 4 * 1024 * 1024;
const junitFilesAtMost = 2000;

export interface GateRequest {
  readonly checks: readonly GateCheck[];
  readonly phase: "baseline" | "after";
  readonly iteration: number;
  /** Id of the diff that the tree holds. */
  readonly diff: string;
  /** Rows that a killed run already has for this diff: they are not run again. */
  readonly have: readonly CheckRow[];
}

export interface GateResult {
  readonly rows: readonly CheckRow[];
  readonly findings: readonly (Finding & { readonly check: string })[];
}

/** Runs the checks in order and records a row for each. Stops early only when the operator interrupts. */
export async function runGate(context: RunContext, request: GateRequest): Promise<GateResult> {
  const rows: CheckRow[] = [];
  const findings: (Finding & { check: string })[] = [];
  for (const check of request.checks) {
    if (context.signal.aborted) break;
    const had = request.have.filter((row) => row.check === check.name);
    const last = had.at(-1);
    if (last !== undefined) {
      rows.push(last);
      continue;
    }
    const result = await runCheck(context, check, request);
    rows.push(result.row);
    findings.push(...result.findings);
  }
  return { rows, findings };
}

async function runCheck(
  context: RunContext,
  check: GateCheck,
  request: GateRequest,
): Promise<{ row: CheckRow; findings: readonly (Finding & { check: string })[] }> {
  const first = await runOnce(context, check, request, request.phase);
  if (context.signal.aborted || first.row.passed || request.phase === "baseline")
    return record(context, first);
  // A failing check may be shown to be flaky, but only by reruns that are on record.
  let last = first;
  let failed: Attempted = first;
  for (let rerun = 1; rerun <= check.reruns && !last.row.passed; rerun += 1) {
    record(context, last);
    failed = last;
    last = await runOnce(context, check, request, "rerun");
  }
  if (last === first || !last.row.passed) return record(context, last);
  const recorded = record(context, last);
  const flaky: Finding & { check: string } = {
    check: check.name,
    code: "gate.flaky",
    says: `${check.name} failed, then passed on the same diff`,
    measures: { reruns: check.reruns },
    evidence: [{ excerpt: failed.row.says }],
  };
  return { row: recorded.row, findings: [...recorded.findings, flaky] };
}

interface Attempted {
  readonly row: CheckRow;
  readonly findings: readonly (Finding & { readonly check: string })[];
}

function record(context: RunContext, attempted: Attempted): Attempted {
  context.journal.append({ type: "check.finished", row: attempted.row });
  return attempted;
}

async function runOnce(
  context: RunContext,
  check: GateCheck,
  request: GateRequest,
  phase: CheckRow["phase"],
): Promise<Attempted> {
  const { host, workspace } = context;
  const before = host.now().getTime();
  const ran = await host.exec({
    run: { shell: check.run },
    cwd: workspace.tree,
    env: { ...gateEnvironment(host.env), ...treeEnvironment(workspace) },
    timeoutMs: check.timeoutMs,
    outputBytes: capturedBytes,
    signal: context.signal,
    ...(context.jail === undefined ? {} : { jail: context.jail }),
  });
  const junit = check.junit === undefined ? [] : await readJunit(context, check.junit, before);
  const tests = countTests(ran.output, junit);
  const baseline = context.journal.session().baseline.find((row) => row.check === check.name);
  const judged = judgeRow({ check, exit: ran.exit, output: ran.output, tests, baseline });
  return {
    row: {
      phase,
      iteration: request.iteration,
      check: check.name,
      command: check.run,
      exit: ran.exit,
      durationMs: Math.round(ran.durationMs),
      tests,
      output: keep(context, ran),
      diff: request.diff,
      passed: judged.passed,
      preExisting: judged.preExisting,
      signature: judged.signature?.digest,
      says: judged.says,
    },
    findings: judged.findings.map((finding) => ({ ...finding, check: check.name })),
  };
}

/** A check whose command the shell could not even start proves nothing about the change. */
export function runnable(row: CheckRow): boolean {
  return !couldNotRun(row.exit);
}

/** Keeps head and tail in the row, and the whole captured output as an artifact where it is longer. */
export function keep(context: Pick<RunContext, "journal">, ran: Ran): Output {
  const bytes = new TextEncoder().encode(ran.output);
  if (bytes.length <= evidenceBytes && !ran.truncated)
    return { text: ran.output, bytes: ran.outputBytes, truncated: false, artifact: undefined };
  const artifact = context.journal.artifact(ran.output);
  const half = evidenceBytes / 2 - 100;
  const decoder = new TextDecoder();
  const cut = ran.outputBytes - 2 * half;
  return {
    text:
      bytes.length <= evidenceBytes
        ? ran.output
        : `${decoder.decode(bytes.subarray(0, half))}\n… ${cut} bytes not shown …\n${decoder.decode(bytes.subarray(bytes.length - half))}`,
    bytes: ran.outputBytes,
    truncated: true,
    artifact,
  };
}

// Files older than the command are left over from another run and say nothing about this one.
async function readJunit(context: RunContext, glob: string, notBeforeMs: number): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const name of (await context.host.files.list(folder)) ?? []) {
      if (found.length >= junitFilesAtMost) return;
      if (name === "node_modules/" || name === ".git/") continue;
      const path = `${prefix}${name}`;
      if (name.endsWith("/")) await walk(`${folder}/${name.slice(0, -1)}`, path);
      else if (matchesAny(path, [glob])) found.push(`${folder}/${name}`);
    }
  };
  await walk(context.workspace.tree, "");
  const texts: string[] = [];
  for (const path of found) {
    const stat = await context.host.files.stat(path);
    const slackMs = 1000; // file systems round modification times
    if (stat?.kind !== "file" || stat.modifiedMs < notBeforeMs - slackMs) continue;
    const text = await context.host.files.readText(path);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}
