import { canonical } from "../core/canonical.ts";
import type { ChainedRow } from "../core/chain.ts";
import { entryOf } from "../core/chain.ts";
import { parsePatch } from "../core/diff.ts";
import type { Entry } from "../core/event.ts";
import type { Policy } from "../core/policy.ts";
import type { Iteration, Session } from "../core/session.ts";
import { budgetLines, workTime } from "./budget-lines.ts";
import { checkOutputs, gridOf } from "./grid.ts";
import { eventRows, judgedActions } from "./event-rows.ts";
import { nextSteps, outcomeOf } from "./outcome.ts";
import type {
  ClaimRow,
  LedgerSlice,
  Reconciliation,
  ReportAgent,
  ReportClaims,
  ReportFinding,
  ReportLinks,
  ReportPatch,
  ReportWaiver,
  RunReport,
} from "./report-model.ts";
import { visible, visibleLine } from "./visible-text.ts";

export interface ReportInput {
  readonly session: Session;
  /** The session's entries in order, from the first. Rows keep the payload's own text. */
  readonly entries: readonly (Entry | ChainedRow)[];
  readonly policy?: Policy | undefined;
  /** Whether the agent only replayed a recording. */
  readonly recorded: boolean;
  /** The net diff between base and workspace, as `git diff` prints it. */
  readonly patch?: string | undefined;
  readonly links?: ReportLinks | undefined;
  /** The version of surefoot. */
  readonly version: string;
}

/** The plain value from which every rendering of a run is made. */
export function runReport(input: ReportInput): RunReport {
  const { session } = input;
  const rows = input.entries.map(rowOf);
  const entries = input.entries.map((entry) => ("payload" in entry ? entryOf(entry) : entry));
  const outcome = outcomeOf(session, entries);
  const outputs = checkOutputs(session, input.policy);
  const grid = gridOf(session, outputs);
  const actions = judgedActions(entries);
  const last = session.iterations.findLast((iteration) => iteration.ended);
  const base = {
    schemaVersion: 1,
    version: input.version,
    run: session.id,
    kind: session.kind ?? "run",
    verdict: outcome.verdict,
    stop: outcome.stop,
    exit: outcome.exit,
    headline: outcome.headline,
    recorded: input.recorded,
    startedAt: session.openedAt,
    updatedAt: session.updatedAt,
    workMs: workTime(entries),
    task: taskOf(session),
    agent: agentOf(session, entries, input.recorded),
    gate:
      session.gate === undefined
        ? undefined
        : { kind: session.gate.gate, why: visibleLine(session.gate.why) },
    checks: [...new Set(outputs.map((output) => output.check))],
    grid,
    ...findingsOf(session, last),
    claims: claimsOf(last),
    patch: patchOf(input.patch, last),
    outputs,
    refused: actions.filter((action) => action.verdict !== "allow"),
    allowed: actions.filter((action) => action.verdict === "allow"),
    preExisting: preExistingOf(session, grid),
    waivers: waiversOf(entries),
    reconciliation: reconciliationOf(entries),
    escalations: entries.flatMap(({ event }) =>
      event.type === "escalated" ? [visibleLine(`${event.reason}: ${event.says}`)] : [],
    ),
    budgets: budgetLines(session, entries, input.policy),
    usage: {
      ...session.usage,
      model: session.usage.model === undefined ? undefined : visibleLine(session.usage.model, 80),
    },
    environment: session.environment,
    events: eventRows(entries),
    ledger: sliceOf(session, rows),
    delivered: session.delivered,
    settled: session.settled,
    links: input.links ?? {},
    replay: `surefoot ledger replay ${session.id}`,
  } as const;
  return { ...base, summary: outcome.summary, next: nextSteps(session, outcome, entries) };
}

function rowOf(entry: Entry | ChainedRow): ChainedRow {
  if ("payload" in entry) return entry;
  const { event, ...rest } = entry;
  return { ...rest, type: event.type, payload: canonical(event) };
}

function taskOf({ task }: Session): RunReport["task"] {
  if (task === undefined) return undefined;
  return {
    id: visibleLine(task.id, 80),
    title: visibleLine(task.title),
    body: visible(task.body),
    source: visibleLine(task.source),
    allow: task.scope.allow,
    deny: task.scope.deny,
    reproduce: task.reproduce === undefined ? undefined : visibleLine(task.reproduce),
  };
}

function agentOf(session: Session, entries: readonly Entry[], recorded: boolean): ReportAgent | undefined {
  if (session.agent === undefined) return undefined;
  const started = entries.flatMap(({ event }) => (event.type === "agent.started" ? [event] : [])).at(-1);
  const id = visibleLine(session.agent, 80);
  const version = session.agentVersion === undefined ? undefined : visibleLine(session.agentVersion, 80);
  const named = version === undefined ? id : `${id} ${version}`;
  return {
    id,
    version,
    jail: visibleLine(started?.jail ?? session.environment?.jail ?? "unknown"),
    says: recorded ? `${named} (a replayed recording, no model)` : named,
  };
}

function findingsOf(session: Session, last: Iteration | undefined): Pick<RunReport, "findings" | "mended"> {
  const all = session.iterations.flatMap((iteration) =>
    iteration.findings.map((finding): ReportFinding => ({
      iteration: iteration.number,
      severity: finding.severity,
      code: visibleLine(finding.code, 120),
      check: visibleLine(finding.check, 80),
      says: visibleLine(finding.says),
      waived: iteration.waived.includes(finding.code),
      places: finding.evidence.map((item) => ({
        where: visibleLine(`${item.path ?? ""}${item.line === undefined ? "" : `:${item.line}`}`, 200),
        excerpt: item.excerpt === undefined ? undefined : visibleLine(item.excerpt),
      })),
    })),
  );
  const order = { block: 0, warn: 1, info: 2 };
  const findings = all
    .filter((finding) => finding.iteration === last?.number)
    .sort((a, b) => order[a.severity] - order[b.severity]);
  const still = (finding: ReportFinding): boolean =>
    findings.some((other) => other.code === finding.code && other.says === finding.says);
  return { findings, mended: all.filter((finding) => finding.iteration !== last?.number && !still(finding)) };
}

// The comparison itself is the check's: this only lays claim and finding side by side.
function claimsOf(last: Iteration | undefined): ReportClaims | undefined {
  if (last?.claim === undefined) return undefined;
  const { claim, diff, checks, findings } = last;
  const compared = checks.length > 0;
  const pathsOf = (...codes: readonly string[]): readonly string[] =>
    findings
      .filter((finding) => codes.includes(finding.code))
      .flatMap((finding) => finding.evidence.map((item) => item.path ?? ""));
  const absent = pathsOf("claims.not_in_diff", "claims.prose_mismatch");
  const paths = claim.paths.map((path): ClaimRow => {
    const missing = absent.some((known) => known === path || path.endsWith(`/${known}`));
    const shown = !compared ? "unknown" : missing ? "not_true" : "true";
    return {
      claim: `changed ${visibleLine(path, 200)}`,
      shown,
      says: { true: "found", not_true: "not in the diff", unknown: "not compared" }[shown],
    };
  });
  const unclaimed = pathsOf("claims.not_claimed").map((path): ClaimRow => ({
    claim: `(nothing about ${visibleLine(path, 200)})`,
    shown: "unclaimed",
    says: "changed in the diff",
  }));
  return {
    iteration: last.number,
    source: claim.source,
    compared,
    rows: [...paths, ...unclaimed, ...testClaim(claim.testsPass, checks, diff?.id)],
  };
}

function testClaim(
  claimed: boolean | undefined,
  checks: Iteration["checks"],
  diff: string | undefined,
): readonly ClaimRow[] {
  if (claimed === undefined) return [];
  const lastOf = new Map(
    checks.filter((row) => row.diff === diff && row.tests !== undefined).map((row) => [row.check, row]),
  );
  const claim = claimed ? "the tests pass" : "the tests do not pass";
  if (lastOf.size === 0) return [{ claim, shown: "unknown", says: "no check ran tests on this diff" }];
  const failed = [...lastOf.values()].filter((row) => !row.passed).map((row) => visibleLine(row.check, 80));
  const pass = failed.length === 0;
  return [
    {
      claim,
      shown: pass === claimed ? "true" : "not_true",
      says: pass ? "they passed in the gate" : `failed in the gate: ${failed.join(", ")}`,
    },
  ];
}

function patchOf(patch: string | undefined, last: Iteration | undefined): ReportPatch {
  const files = patch === undefined ? [] : parsePatch(patch);
  const shown = files.map((file) => ({
    path: visibleLine(file.path, 300),
    from: file.from === undefined ? undefined : visibleLine(file.from, 300),
    status: file.status,
    added: file.added,
    removed: file.removed,
    binary: file.binary,
    hunks: visible(file.hunks),
  }));
  return {
    files: shown.sort((a, b) => b.added + b.removed - (a.added + a.removed) || (a.path < b.path ? -1 : 1)),
    added: patch === undefined ? (last?.diff?.added ?? 0) : files.reduce((sum, file) => sum + file.added, 0),
    removed:
      patch === undefined ? (last?.diff?.removed ?? 0) : files.reduce((sum, file) => sum + file.removed, 0),
    known: patch !== undefined,
  };
}

function preExistingOf(session: Session, grid: RunReport["grid"]): RunReport["preExisting"] {
  const lastGate = grid.findLast(
    (row) => row.iteration > 0 && row.cells.some((cell) => cell.state !== "not_run"),
  );
  return session.baseline
    .filter((row) => !row.passed)
    .map((row) => {
      const check = visibleLine(row.check, 80);
      const now = lastGate?.cells.find((cell) => cell.check === check)?.state ?? "not_run";
      return { check, says: visibleLine(row.says), now };
    });
}

function waiversOf(entries: readonly Entry[]): readonly ReportWaiver[] {
  return entries.flatMap(({ event }) =>
    event.type === "waiver.applied"
      ? [
          {
            iteration: event.iteration,
            id: visibleLine(event.id, 80),
            what: visibleLine(event.what, 120),
            reason: visibleLine(event.reason),
            approver: visibleLine(event.approver, 120),
            expires: visibleLine(event.expires, 40),
          },
        ]
      : [],
  );
}

function reconciliationOf(entries: readonly Entry[]): Reconciliation {
  const all = entries.flatMap(({ event }) => (event.type === "reconciled" ? [event] : []));
  // A resumed turn is compared again; the last comparison of each attempt counts.
  const events = [...new Map(all.map((event) => [event.iteration, event])).values()];
  const undecided = events.flatMap((event) =>
    event.undecided.map((call) => ({
      iteration: event.iteration,
      tool: visibleLine(call.tool, 80),
      says: visibleLine(call.says),
    })),
  );
  return {
    state: undecided.length > 0 ? "unguarded" : events.length > 0 ? "complete" : "none",
    calls: events.reduce((sum, event) => sum + event.calls, 0),
    decided: events.reduce((sum, event) => sum + event.decided, 0),
    undecided,
  };
}

function sliceOf(session: Session, rows: readonly ChainedRow[]): LedgerSlice {
  return {
    entries: rows.length,
    head: rows.at(-1)?.hash ?? session.head.hash,
    policy: session.policy,
    redactions: rows.reduce((sum, row) => sum + (row.payload.match(/\[redacted:[\w.-]+\]/g)?.length ?? 0), 0),
    erased: rows.filter((row) => row.type === "erased").length,
    rows,
  };
}
