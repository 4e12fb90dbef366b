import { count, diffText, duration, money } from "./amounts.ts";
import { failingExcerpt } from "./failing-lines.ts";
import { lastFailures } from "./last-failures.ts";
import type { GridRow, JudgedAction, ReportFinding, RunReport } from "./report-model.ts";
import type { Screen } from "./screen-text.ts";
import { fit, pad, paint, width, wrap } from "./screen-text.ts";
import { cellMarks, claimMarks, nowWords, severityMarks, verdictMarks } from "./state-words.ts";

const failingLines = 12;
const listed = 5;

/** The report for a terminal: verdict first, what to type next last. Ends with a line break. */
export function renderTerminal(report: RunReport, screen: Screen): string {
  const sections = [
    top(report, screen),
    grid(report, screen),
    failures(report, screen),
    findings(report, screen),
    refusals(report, screen),
    claims(report, screen),
    notes(report, screen),
    facts(report, screen),
    next(report, screen),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function top(report: RunReport, screen: Screen): readonly string[] {
  const mark = verdictMarks[report.verdict];
  const reason = report.stop === undefined || report.stop === "passed" ? "" : `  ${report.stop}`;
  const about = [
    report.agent === undefined ? undefined : `agent ${report.agent.says}`,
    duration(report.workMs),
    report.usage.costUsd === undefined ? undefined : money(report.usage.costUsd),
    report.run,
  ];
  const recorded = report.recorded && report.agent === undefined ? ["the agent is a replayed recording"] : [];
  return [
    `${paint(screen, mark.tone, paint(screen, "bold", `${mark.glyph} ${mark.word}`))}${reason}`,
    ...indent(report.summary, screen, 2),
    ...(report.task === undefined ? [] : indent(`Task  ${report.task.title}`, screen, 2)),
    ...[...about.filter((part) => part !== undefined), ...recorded]
      .reduce<readonly string[]>((lines, part) => join(lines, part, screen.columns - 2), [])
      .map((line) => paint(screen, "quiet", `  ${line}`)),
  ];
}

// Parts with a dot between, on as many lines as they need.
function join(lines: readonly string[], part: string, columns: number): readonly string[] {
  const last = lines.at(-1);
  const longer = last === undefined ? part : `${last} · ${part}`;
  if (last === undefined || width(longer) <= columns) return [...lines.slice(0, -1), fit(longer, columns)];
  return [...lines, fit(part, columns)];
}

function grid(report: RunReport, screen: Screen): readonly string[] {
  if (report.grid.length === 0) return [];
  const names = report.grid.map((row) => rowName(row));
  const first = Math.max(...names.map(width)) + 2;
  const columns = report.checks.map(
    (check, index) => Math.max(width(check), ...report.grid.map((row) => width(cellText(row, index)))) + 2,
  );
  const total = columns.reduce((sum, column) => sum + column, 2 + first);
  if (total > screen.columns) return report.grid.flatMap((row) => rowLines(report, row, screen));
  const beside = report.grid.every((row) => total + width(row.decision?.word ?? "") + 2 <= screen.columns);
  const head = `  ${pad("", first)}${report.checks.map((check, index) => pad(check, columns[index] ?? 0)).join("")}`;
  return [
    paint(screen, "quiet", head.trimEnd()),
    ...report.grid.flatMap((row, at) => {
      const cells = row.cells.map((cell, index) => {
        const text = cellText(row, index);
        const space = pad("", (columns[index] ?? 0) - width(text));
        return paint(screen, cellMarks[cell.state].tone, text) + space;
      });
      const line = `  ${pad(names[at] ?? "", first)}${cells.join("")}`;
      if (row.decision === undefined) return [line.trimEnd()];
      const decision = `→ ${row.decision.word}`;
      return beside ? [line + decision] : [line.trimEnd(), fit(`    ${decision}`, screen.columns)];
    }),
  ];
}

// Where the table is wider than the screen, each row becomes a short paragraph.
function rowLines(report: RunReport, row: GridRow, screen: Screen): readonly string[] {
  const cells = row.cells.map((_, index) => `${report.checks[index] ?? ""} ${cellText(row, index)}`);
  const decision = row.decision === undefined ? [] : [`→ ${row.decision.word}`];
  return [
    fit(`  ${rowName(row)}`, screen.columns),
    ...[...cells, ...decision]
      .reduce<readonly string[]>((lines, part) => join(lines, part, screen.columns - 6), [])
      .map((line) => `      ${line}`),
  ];
}

function rowName(row: GridRow): string {
  return row.diff === undefined ? row.name : `${row.name}  ${diffText(row.diff)}`;
}

function cellText(row: GridRow, index: number): string {
  const cell = row.cells[index];
  if (cell === undefined) return "";
  const { glyph, word } = cellMarks[cell.state];
  const tests = cell.tests === undefined || cell.state === "not_run" ? "" : ` ${cell.tests.executed}`;
  return `${glyph} ${word}${tests}`;
}

function failures(report: RunReport, screen: Screen): readonly string[] {
  if (report.verdict === "verified") return [];
  return lastFailures(report).flatMap((output) => {
    const excerpt = failingExcerpt(output.text, { before: 0, lines: failingLines });
    const tests =
      output.tests === undefined
        ? ""
        : ` · ${output.tests.failed} of ${count(output.tests.executed, "test")} failed`;
    const where = output.iteration === 0 ? "base" : `attempt ${output.iteration}`;
    return [
      fit(
        `✗ ${output.check} failed in ${where} · ${output.command} · ${output.ended}${tests}`,
        screen.columns,
      ),
      ...excerpt.lines
        .filter((line) => line.trim() !== "")
        .map((line) => paint(screen, "quiet", `  │ ${fit(line, screen.columns - 4)}`)),
    ];
  });
}

function findings(report: RunReport, screen: Screen): readonly string[] {
  const shown = report.findings.filter((finding) => finding.severity !== "info");
  const lines = shown.slice(0, listed).flatMap((finding) => findingLines(finding, screen));
  const rest = shown.length > listed ? [`  … and ${count(shown.length - listed, "finding")} more`] : [];
  const mended = report.mended
    .slice(0, listed)
    .flatMap((finding) =>
      indent(`✓ mended  attempt ${finding.iteration}: ${finding.says} (${finding.code})`, screen, 2),
    );
  const all = [...lines, ...rest, ...mended];
  return all.length === 0 ? [] : [heading(screen, "Findings"), ...all];
}

function findingLines(finding: ReportFinding, screen: Screen): readonly string[] {
  const mark = severityMarks[finding.severity];
  const waived = finding.waived ? " (waived)" : "";
  const place = finding.places[0]?.where ?? "";
  const [first, ...more] = wrap(`${finding.says}${waived}`, screen.columns - 12);
  return [
    `  ${paint(screen, mark.tone, pad(`${mark.glyph} ${mark.word}`, 9))} ${first ?? ""}`,
    ...more.map((line) => `            ${line}`),
    paint(
      screen,
      "quiet",
      `            ${fit(place === "" ? finding.code : `${finding.code}  ${place}`, screen.columns - 12)}`,
    ),
  ];
}

function refusals(report: RunReport, screen: Screen): readonly string[] {
  if (report.refused.length === 0) return [];
  return [
    heading(
      screen,
      `Not allowed by the guard  ${report.refused.length} of ${report.refused.length + report.allowed.length}`,
    ),
    ...report.refused.slice(0, listed).flatMap((action) => refusalLines(action, screen)),
    ...(report.refused.length > listed ? [`  … and ${report.refused.length - listed} more`] : []),
  ];
}

function refusalLines(action: JudgedAction, screen: Screen): readonly string[] {
  const reason = action.reasons[0];
  const word = action.enforced
    ? { deny: "denied", ask: "asked", allow: "allowed" }[action.verdict]
    : "observed";
  return [
    `  ${paint(screen, "bad", pad(`✗ ${word}`, 11))} ${fit(action.action, screen.columns - 14)}`,
    ...(reason === undefined ? [] : indent(`${reason.rule}: ${reason.says}`, screen, 14)),
    ...(reason?.instead === undefined ? [] : indent(`instead: ${reason.instead}`, screen, 14)),
  ];
}

function claims({ claims: claimed }: RunReport, screen: Screen): readonly string[] {
  const rows = (claimed?.rows ?? []).filter((row) => row.shown !== "true");
  if (claimed === undefined || rows.length === 0) return [];
  const shown = claimed.rows.length - rows.length;
  return [
    heading(screen, `Claims of the agent  ${shown} of ${claimed.rows.length} shown by the diff`),
    ...rows.slice(0, listed).map((row) => {
      const mark = claimMarks[row.shown];
      return `  ${paint(screen, mark.tone, pad(`${mark.glyph} ${mark.word}`, 14))}${fit(`${row.claim}: ${row.says}`, screen.columns - 16)}`;
    }),
  ];
}

function notes(report: RunReport, screen: Screen): readonly string[] {
  const { reconciliation } = report;
  const undecided = reconciliation.undecided.length;
  const lines = [
    ...(undecided > 0
      ? [
          `! Not guarded: ${count(undecided, "action")} of the agent without a decision in the ledger`,
          ...reconciliation.undecided.slice(0, listed).map((call) => `· ${call.tool}: ${call.says}`),
        ]
      : []),
    ...(report.gate?.kind === "fallback" ? [`! Fallback gate: ${report.gate.why}`] : []),
    ...report.preExisting.map(
      (row) => `= ${row.check} failed before the first attempt and ${nowWords(row.now)}: ${row.says}`,
    ),
    ...report.waivers.map(
      (waiver) => `~ ${waiver.what} waived by ${waiver.approver} until ${waiver.expires}: ${waiver.reason}`,
    ),
    ...report.escalations.map((escalation) => `! Escalated: ${escalation}`),
  ];
  return lines.flatMap((line) => {
    const [first, ...more] = wrap(line, screen.columns - 2);
    return [first ?? "", ...more.map((part) => `  ${part}`)];
  });
}

function facts(report: RunReport, screen: Screen): readonly string[] {
  const used = report.budgets.map((line) =>
    line.used === undefined
      ? `${line.name} ${line.usedText}`
      : `${line.name} ${line.usedText} of ${line.allowedText}`,
  );
  const { head, entries, redactions } = report.ledger;
  const ledger = [
    `${count(entries, "entry", "entries")}`,
    `head ${head.slice(0, 12)}…`,
    ...(redactions > 0 ? [`${count(redactions, "secret")} removed`] : []),
  ];
  return [
    ...block("Used", used, screen),
    ...(report.delivered === undefined
      ? []
      : block("Branch", [`${report.delivered.branch} at ${report.delivered.commit.slice(0, 12)}`], screen)),
    ...block("Ledger", ledger, screen),
    ...(report.links.html === undefined ? [] : [`  Report  ${report.links.html}`]),
    ...(report.links.bundle === undefined ? [] : [`  Bundle  ${report.links.bundle}`]),
  ];
}

function block(name: string, parts: readonly string[], screen: Screen): readonly string[] {
  const lines = parts.reduce<readonly string[]>((all, part) => join(all, part, screen.columns - 10), []);
  return lines.map((line, index) => `  ${pad(index === 0 ? name : "", 8)}${line}`);
}

function next(report: RunReport, screen: Screen): readonly string[] {
  if (report.next.length === 0) return [];
  return [
    heading(screen, "Next"),
    ...report.next.flatMap((step) =>
      // A command is never cut or broken: people copy it.
      step.command === undefined
        ? indent(step.says, screen, 2)
        : [`  ${step.command}`, ...indent(step.says, screen, 6).map((line) => paint(screen, "quiet", line))],
    ),
  ];
}

function heading(screen: Screen, text: string): string {
  return paint(screen, "bold", fit(text, screen.columns));
}

function indent(text: string, screen: Screen, spaces: number): readonly string[] {
  return wrap(text, screen.columns - spaces).map((line) => " ".repeat(spaces) + line);
}
