import { count, diffText, duration, money } from "./amounts.ts";
import { lastFailures } from "./last-failures.ts";
import type { Section } from "./markdown-text.ts";
import { assemble, cellCode, code, details, escape, failure, table, titled } from "./markdown-text.ts";
import type { RunReport } from "./report-model.ts";
import { cellMarks, claimMarks, nowWords, severityMarks, verdictMarks } from "./state-words.ts";
import { shorten } from "./visible-text.ts";

/** GitHub takes 65,535 characters for a comment or a check summary. */
export const markdownLimit = 65_535;

const listed = 20;

/** A pull request's body or comment, at most `markdownLimit` UTF-16 code units; what did not fit is named. */
export function renderMarkdown(
  report: RunReport,
  { limit = markdownLimit }: { readonly limit?: number } = {},
): string {
  const mark = verdictMarks[report.verdict];
  const top = [
    `### ${mark.glyph} surefoot: ${report.headline.toLowerCase().startsWith(mark.word.toLowerCase()) ? "" : `${mark.word.toLowerCase()}: `}${escape(report.headline)}`,
    escape(report.summary),
    ...(report.recorded
      ? ["> The agent of this run is a **replayed recording**: no model worked on it."]
      : []),
    ...(report.reconciliation.undecided.length > 0
      ? [
          `> **Not guarded:** ${count(report.reconciliation.undecided.length, "action")} of the agent without a decision in the ledger.`,
        ]
      : []),
  ].join("\n\n");
  const sections: readonly Section[] = [
    { name: "grid", text: grid(report) },
    { name: "findings", text: findings(report) },
    { name: "what to read first", text: readFirst(report) },
    { name: "claims", text: claims(report) },
    { name: "evidence", text: evidence(report) },
    { name: "refused actions", text: refusals(report) },
    { name: "failures before the first attempt and waivers", text: exceptions(report) },
    ...lastFailures(report).map((output) => ({ name: `output of ${output.check}`, text: failure(output) })),
    { name: "budgets", text: budgets(report) },
    { name: "next steps", text: nextSteps(report) },
  ].filter((section) => section.text !== "");
  return assemble(top, sections, limit);
}

function grid(report: RunReport): string {
  if (report.grid.length === 0) return "";
  const header = ["", "change", ...report.checks.map((check) => escape(check)), "decision"];
  const rows = report.grid.map((row) => [
    row.name,
    row.diff === undefined ? "" : diffText(row.diff),
    ...row.cells.map(
      (one) =>
        `${cellMarks[one.state].glyph} ${cellMarks[one.state].word}${one.tests === undefined ? "" : ` (${count(one.tests.executed, "test")})`}`,
    ),
    row.decision === undefined ? "" : cellCode(row.decision.word),
  ]);
  return table([header, header.map(() => "-"), ...rows]);
}

function findings(report: RunReport): string {
  const shown = report.findings.filter(
    (finding) => finding.severity !== "info" || report.findings.length <= listed,
  );
  if (shown.length === 0) return "";
  const rows = shown.slice(0, listed).map((finding) => [
    `${severityMarks[finding.severity].glyph} ${severityMarks[finding.severity].word}${finding.waived ? " (waived)" : ""}`,
    `${escape(finding.says)} ${cellCode(finding.code)}`,
    finding.places
      .slice(0, 3)
      .map((place) => (place.where === "" ? "" : cellCode(place.where)))
      .filter((where) => where !== "")
      .join(", "),
  ]);
  const rest = shown.length > listed ? `\n\n… and ${count(shown.length - listed, "finding")} more.` : "";
  return `${table([["", "Finding", "Where"], ["-", "-", "-"], ...rows])}${rest}`;
}

function readFirst({ patch }: RunReport): string {
  if (patch.files.length === 0) return "";
  const shown = patch.files
    .slice(0, 5)
    .map((file) => `${code(file.path)} (+${file.added} −${file.removed}${file.binary ? ", binary" : ""})`);
  const rest = patch.files.length > 5 ? ` and ${count(patch.files.length - 5, "smaller file")}` : "";
  return `**Read first:** ${shown.join(", ")}${rest}.`;
}

function claims({ claims: claimed }: RunReport): string {
  if (claimed === undefined || claimed.rows.length === 0) return "";
  const rows = claimed.rows
    .slice(0, listed)
    .map(
      (row) =>
        `- ${claimMarks[row.shown].glyph} “${escape(row.claim)}”: **${claimMarks[row.shown].word}**, ${escape(row.says)}`,
    );
  return titled("**What the agent said, and what the diff shows**", rows);
}

function evidence(report: RunReport): string {
  const parts = [
    `ledger: ${count(report.ledger.entries, "entry", "entries")}, head ${code(report.ledger.head)}`,
    `run ${code(report.run)}`,
    ...(report.agent === undefined
      ? []
      : [`agent ${escape(report.agent.says)}, jail: ${escape(report.agent.jail)}`]),
    ...(report.ledger.redactions > 0 ? [`${count(report.ledger.redactions, "secret")} removed`] : []),
    `replay: ${code(report.replay)}`,
    ...(report.links.html === undefined ? [] : [`report: ${code(report.links.html)}`]),
    ...(report.links.bundle === undefined ? [] : [`bundle: ${code(report.links.bundle)}`]),
  ];
  return `**Evidence:** ${parts.join(" · ")}`;
}

function refusals(report: RunReport): string {
  if (report.refused.length === 0) return "";
  const rows = report.refused.slice(0, listed).map((action) => {
    const reason = action.reasons[0];
    return [
      action.enforced ? action.verdict : `${action.verdict} (observed)`,
      cellCode(shorten(action.action, 200)),
      reason === undefined ? "" : `${cellCode(reason.rule)} ${escape(reason.says)}`,
    ];
  });
  const total = report.refused.length + report.allowed.length;
  return details(
    `Actions that the guard did not allow: ${report.refused.length} of ${total}`,
    table([["", "Action", "Rule"], ["-", "-", "-"], ...rows]),
  );
}

function exceptions(report: RunReport): string {
  return [
    ...report.preExisting.map(
      (row) =>
        `- failed before the first attempt, ${nowWords(row.now)}: **${escape(row.check)}**: ${escape(row.says)}`,
    ),
    ...report.waivers.map(
      (waiver) =>
        `- waived, which is not a pass: **${escape(waiver.what)}** by ${escape(waiver.approver)} until ${escape(waiver.expires)}: ${escape(waiver.reason)}`,
    ),
    ...(report.gate?.kind === "fallback" ? [`- fallback gate: ${escape(report.gate.why)}`] : []),
    ...report.escalations.map((escalation) => `- escalated: ${escape(escalation)}`),
  ].join("\n");
}

function budgets(report: RunReport): string {
  const used = [
    ...report.budgets.map((line) =>
      line.used === undefined
        ? `${line.name} ${line.usedText}`
        : `${line.name} ${line.usedText} of ${line.allowedText}`,
    ),
    ...(report.budgets.length === 0
      ? [
          duration(report.workMs),
          ...(report.usage.costUsd === undefined ? [] : [money(report.usage.costUsd)]),
        ]
      : []),
  ];
  return `<sub>Used: ${escape(used.join(" · "))}</sub>`;
}

function nextSteps(report: RunReport): string {
  return titled(
    "**Next**",
    report.next.map((step) =>
      step.command === undefined ? `- ${escape(step.says)}` : `- ${escape(step.says)}: ${code(step.command)}`,
    ),
  );
}
