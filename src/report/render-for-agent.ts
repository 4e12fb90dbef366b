import { lastFailures } from "./last-failures.ts";
import type { Section } from "./markdown-text.ts";
import { assemble, code, failure, titled } from "./markdown-text.ts";
import type { RunReport } from "./report-model.ts";
import { nowWords } from "./state-words.ts";
import { shorten } from "./visible-text.ts";

const listed = 20;

/** Context for the next attempt: what failed and what was refused, for an agent to read. */
export function renderForAgent(
  report: RunReport,
  { limit = 16_000 }: { readonly limit?: number } = {},
): string {
  const top = [
    "# Context for the next attempt",
    `Task: ${report.task === undefined ? "unknown" : report.task.title}`,
    `Last result: ${report.headline}. ${report.summary}`,
  ].join("\n\n");
  const blocking = report.findings.filter((finding) => finding.severity === "block" && !finding.waived);
  const sections: readonly Section[] = [
    ...lastFailures(report).map((output) => ({
      name: `output of ${output.check}`,
      text: failure(output, "##"),
    })),
    {
      name: "findings",
      text: titled(
        "## Must be mended",
        blocking.map((finding) => `- ${finding.says} (${code(finding.code)})${placeList(finding.places)}`),
      ),
    },
    {
      name: "refused actions",
      text: titled(
        "## Not allowed: do not try again",
        report.refused.slice(0, listed).map((action) => {
          const reason = action.reasons[0];
          const instead = reason?.instead === undefined ? "" : ` Instead: ${code(reason.instead)}`;
          return `- ${code(shorten(action.action, 300))}: ${reason?.says ?? action.verdict}.${instead}`;
        }),
      ),
    },
    {
      name: "files changed so far",
      text: titled(
        "## Changed so far",
        report.patch.files
          .slice(0, listed)
          .map((file) => `- ${code(file.path)} (+${file.added} −${file.removed})`),
      ),
    },
    {
      name: "scope",
      text:
        report.task === undefined
          ? ""
          : titled("## Scope", [
              `- may change: ${report.task.allow.map(code).join(", ") || "nothing"}`,
              ...(report.task.deny.length === 0
                ? []
                : [`- may not change: ${report.task.deny.map(code).join(", ")}`]),
            ]),
    },
    {
      name: "known failures",
      text: titled(
        "## Failed before the first attempt",
        report.preExisting.map((row) => `- ${row.check} (${nowWords(row.now)}): ${row.says}`),
      ),
    },
  ].filter((section) => section.text !== "");
  return assemble(top, sections, limit);
}

function placeList(found: RunReport["findings"][number]["places"]): string {
  const shown = found
    .filter((place) => place.where !== "")
    .slice(0, 3)
    .map((place) => code(place.where));
  return shown.length === 0 ? "" : ` at ${shown.join(", ")}`;
}
