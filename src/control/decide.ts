import { firstFailingLine } from "../checks/gate-result.ts";
import type { AgentEnding, CheckRow, Decision } from "../core/event.ts";
import type { JudgedFinding } from "../core/finding.ts";
import type { PatchLimit, Policy } from "../core/policy.ts";
import type { Session } from "../core/session.ts";
import type { StopReason } from "../core/stop.ts";

/** What one iteration showed, in the order in which it became known. */
export interface Evidence {
  readonly iteration: number;
  /** Id of the net difference to the base: what a waiver is bound to. */
  readonly diff: string;
  readonly ending: AgentEnding;
  /** Net difference to the base. */
  readonly total: PatchLimit;
  /** Difference to the state before this attempt. */
  readonly attempt: PatchLimit;
  readonly gate: "full" | "fallback";
  /** The last row of every check of the gate on this diff; empty when the gate was not run. */
  readonly rows: readonly CheckRow[];
  readonly findings: readonly JudgedFinding[];
  /** Names of checks and codes of findings that a valid waiver covers on this very diff. */
  readonly waived: readonly string[];
  /** Checks whose pre-existing failure the policy only reports. */
  readonly reportOnly: readonly string[];
  readonly elapsedMs: number;
}

/**
 * Decides what follows an attempt: a pass, another attempt, or a stop with its reason. Pure: replaying a session's
 * evidence gives the same decisions. `session` is the state before this decision, with all earlier iterations.
 */
export function decide(session: Session, evidence: Evidence, policy: Policy): Decision {
  return (
    decideEarly(evidence, policy) ??
    violated(session, evidence, policy) ??
    unfinished(evidence) ??
    passed(evidence) ??
    failedAgain(session, evidence) ??
    notActionable(evidence) ??
    spent(session, evidence, policy) ?? {
      kind: "another_attempt",
      says: `${obstacles(evidence)}; another attempt may mend it`,
      feedback: feedbackOf(evidence),
    }
  );
}

/** What ends a run without asking the gate. */
export function decideEarly(evidence: Evidence, policy: Policy): Decision | undefined {
  return endedEarly(evidence) ?? emptyHanded(evidence) ?? tooLarge(evidence, policy);
}

/** Rows that keep the gate from passing. */
export function failing(evidence: Pick<Evidence, "rows" | "waived" | "reportOnly">): readonly CheckRow[] {
  return evidence.rows.filter(
    (row) =>
      !row.passed &&
      !evidence.waived.includes(row.check) &&
      !(row.preExisting && evidence.reportOnly.includes(row.check)),
  );
}

export function blocking(evidence: Pick<Evidence, "findings" | "waived">): readonly JudgedFinding[] {
  return evidence.findings.filter(
    (finding) => finding.severity === "block" && !evidence.waived.includes(finding.code),
  );
}

function endedEarly({ ending }: Evidence): Decision | undefined {
  switch (ending.kind) {
    case "finished":
      return undefined;
    case "unavailable":
      return stop(
        "agent_unavailable",
        ending.says,
        "run `surefoot doctor` to see which agents can be started here",
      );
    case "failed":
      return stop(
        "agent_unavailable",
        ending.says,
        "look at the agent's own words in the report, then resume the run",
      );
    case "ended":
      switch (ending.by) {
        case "strikes":
          return stop(
            "three_strikes",
            ending.says,
            "read the refused actions: either the task asks for them, or a rule is wrong",
          );
        case "conflicts":
          return stop(
            "edit_conflict_twice",
            ending.says,
            "look at the file and the edit by hand: the agent's picture of it is out of date",
          );
        case "escalation":
          return stop("escalated", ending.says, "answer the question, amend the task, and run it again");
        case "interrupt":
          return stop("interrupted", ending.says, "go on with `surefoot run --resume`");
        case "tokens":
        case "cost":
        case "wall_time":
          return stop(
            ending.by,
            ending.says,
            "narrow the task, or raise the budget in surefoot.yaml if the work is worth it",
          );
      }
  }
}

function emptyHanded({ total }: Evidence): Decision | undefined {
  if (total.files > 0) return undefined;
  return stop(
    "no_change",
    "the agent finished, and nothing differs from the base",
    "say in the task what must change, or where the fault shows",
  );
}

function tooLarge(evidence: Evidence, policy: Policy): Decision | undefined {
  const { patch } = policy.budgets;
  const tight = evidence.gate === "fallback";
  const over = (measured: PatchLimit, limit: PatchLimit, what: string): Decision | undefined =>
    measured.files > limit.files || measured.lines > limit.lines
      ? stop(
          "patch_budget",
          `${what} changes ${measured.files} files and ${measured.lines} lines; ${limit.files} files and ${limit.lines} lines are allowed${tight ? " under the fallback gate" : ""}`,
          "split the task, or raise budgets.patch in surefoot.yaml if a change of this size is wanted",
        )
      : undefined;
  return (
    over(evidence.attempt, tight ? patch.underFallback : patch.perAttempt, "the attempt") ??
    over(evidence.total, tight ? patch.underFallback : patch.total, "the whole change")
  );
}

/** A change that breaks the policy gets one chance to take it back. */
function violated(session: Session, evidence: Evidence, policy: Policy): Decision | undefined {
  const now = blocking(evidence).filter((finding) => isViolation(finding.code));
  if (now.length === 0) return undefined;
  const before = previous(session, evidence.iteration)?.findings.some(
    (finding) => finding.severity === "block" && isViolation(finding.code),
  );
  const says = list(now.map((finding) => finding.says));
  if (before === true || evidence.iteration >= policy.budgets.iterations)
    return stop(
      "policy_violation",
      says,
      `read the findings; if the change is wanted, widen the task's scope, or waive ${list(now.map((finding) => finding.code))} for ${evidence.diff} in surefoot.yaml`,
    );
  return { kind: "another_attempt", says, feedback: feedbackOf(evidence) };
}

// Findings about the change itself; those about a check's run are that check's failure.
function isViolation(code: string): boolean {
  return !code.startsWith("gate.");
}

function unfinished({ rows }: Evidence): Decision | undefined {
  return rows.length === 0
    ? stop(
        "gate_unrunnable",
        "no check of the gate was run",
        "name at least one command under gates.full in surefoot.yaml",
      )
    : undefined;
}

function passed(evidence: Evidence): Decision | undefined {
  if (failing(evidence).length > 0 || blocking(evidence).length > 0) return undefined;
  const green = evidence.rows.filter((row) => row.passed).length;
  const rest = evidence.rows.length - green;
  // What failed as before proves nothing about the change, and a waiver is somebody's word, not a pass.
  if (green === 0 && !evidence.rows.some((row) => evidence.waived.includes(row.check)))
    return stop(
      "gate_unrunnable",
      `none of ${evidence.rows.length} checks passed: all fail as they did before, so nothing shows what the change does`,
      "add a check to gates.full that passes on the base, or mend the failing ones first",
    );
  return {
    kind: "pr_ready",
    says: `${green} of ${evidence.rows.length} checks passed${rest > 0 ? `; ${rest} waived or failing as before` : ""}`,
  };
}

/** By signature, not by raw text: the same failure in other words, times and folders is the same failure. */
function failedAgain(session: Session, evidence: Evidence): Decision | undefined {
  const before = previous(session, evidence.iteration);
  if (before === undefined) return undefined;
  const flaky = (check: string): boolean =>
    before.checks.some((row) => row.phase === "rerun" && row.check === check && row.passed);
  const same = failing(evidence).find(
    (row) =>
      row.signature !== undefined &&
      !flaky(row.check) &&
      before.checks.some(
        (earlier) => earlier.check === row.check && !earlier.passed && earlier.signature === row.signature,
      ),
  );
  if (same === undefined) return undefined;
  return stop(
    "same_check_failed_twice",
    `${same.check} failed twice in the same way: ${same.says}`,
    "read the first failing lines: the task or the instructions lack what the agent would need to know",
  );
}

/** A check that was killed, or that could not start, says nothing that an agent could act on. */
function notActionable(evidence: Evidence): Decision | undefined {
  const rows = failing(evidence);
  const mute =
    rows.length > 0 && rows.every((row) => row.exit.kind === "signaled" || row.exit.kind === "neverStarted");
  return mute
    ? stop(
        "not_actionable",
        `${list(rows.map((row) => `${row.check}: ${row.says}`))}`,
        "make the check run by hand in the workspace, then resume",
      )
    : undefined;
}

function spent(session: Session, evidence: Evidence, policy: Policy): Decision | undefined {
  const { budgets } = policy;
  const says = `${obstacles(evidence)}, still`;
  const next = "look at the last gate output; a person or a better task is needed now";
  if (evidence.iteration >= budgets.iterations)
    return stop("iterations", `${says} after ${evidence.iteration} of ${budgets.iterations} attempts`, next);
  if (evidence.elapsedMs >= budgets.wallTimeMs) return stop("wall_time", `${says} and the time is up`, next);
  const tokens = session.usage.inputTokens + session.usage.outputTokens;
  if (tokens >= budgets.tokensHard)
    return stop("tokens", `${says} after ${tokens} of ${budgets.tokensHard} tokens`, next);
  const cost = session.usage.costUsd ?? 0;
  if (cost >= budgets.costUsd)
    return stop("cost", `${says} after $${cost.toFixed(2)} of $${budgets.costUsd.toFixed(2)}`, next);
  return undefined;
}

// Every check may have passed and yet something about its run keep the gate from passing.
function obstacles(evidence: Evidence): string {
  const rows = failing(evidence).map((row) => row.check);
  return rows.length > 0 ? `${list(rows)} failed` : list(blocking(evidence).map((finding) => finding.says));
}

/** What the next attempt is told: facts from the gate, nothing else. */
export function feedbackOf(evidence: Pick<Evidence, "rows" | "findings" | "waived" | "reportOnly">): string {
  const checks = failing(evidence).map(
    (row) => `### ${row.check} failed (\`${row.command}\`)\n\n${fence(excerptOf(row))}`,
  );
  const findings = blocking(evidence).map((finding) => {
    const places = finding.evidence.map(
      (item) =>
        `- ${item.path ?? ""}${item.line === undefined ? "" : `:${item.line}`}${item.excerpt === undefined ? "" : ` ${item.excerpt}`}`,
    );
    return [`### ${finding.says} (\`${finding.code}\`)`, ...places].join("\n");
  });
  return [...findings, ...checks].join("\n\n");
}

const feedbackLines = 60;

// The first failing lines matter most; a test runner's summary stands at the end.
function excerptOf(row: CheckRow): string {
  const lines = row.output.text.split("\n");
  if (lines.length <= feedbackLines) return row.output.text.trim();
  const linesBefore = 5;
  const first = Math.max(0, firstFailingLine(row.output.text) - 1 - linesBefore);
  const head = lines.slice(first, first + feedbackLines - 20);
  const tail = lines.slice(Math.max(first + feedbackLines - 20, lines.length - 20));
  return [...head, "…", ...tail].join("\n").trim();
}

// A fence longer than any run of backticks inside, so that output cannot end it.
function fence(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const marks = "`".repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}

function previous(session: Session, iteration: number): Session["iterations"][number] | undefined {
  return session.iterations.find((candidate) => candidate.number === iteration - 1);
}

function stop(reason: Exclude<StopReason, "passed">, says: string, next: string): Decision {
  return { kind: "stop", reason, says, next };
}

function list(items: readonly string[]): string {
  const unique = [...new Set(items)];
  const shown = unique.slice(0, 3);
  return unique.length > shown.length
    ? `${shown.join(", ")} and ${unique.length - shown.length} more`
    : shown.join(", ");
}
