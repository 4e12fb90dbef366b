import { h } from "preact";
import type { ComponentChild } from "preact";
import { count, diffText, duration, moment, money, number } from "../amounts.ts";
import type { RunReport } from "../report-model.ts";
import { verdictMarks } from "../state-words.ts";

/** Verdict, why, what to do next, and five cards. */
export function pageTop(report: RunReport): readonly ComponentChild[] {
  const mark = verdictMarks[report.verdict];
  return [
    h("header", { class: "top" }, [
      h("p", { class: "over" }, [
        h("strong", null, report.kind === "guard" ? "surefoot guard report" : "surefoot run report"),
        h("span", { class: "mono" }, report.run),
        h("span", null, moment(report.startedAt)),
        report.agent === undefined ? undefined : h("span", null, `agent ${report.agent.says}`),
      ]),
      h("h1", null, [
        h("span", { class: mark.tone, "aria-hidden": "true" }, `${mark.glyph} `),
        report.headline,
      ]),
      h("p", { class: "sum" }, report.summary),
      report.stop === undefined || report.stop === "passed"
        ? undefined
        : h("p", { class: "soft" }, ["stop reason ", h("code", null, report.stop)]),
      ...notes(report),
      task(report),
    ]),
    next(report),
    cards(report),
  ].filter((node) => node !== undefined);
}

function notes(report: RunReport): readonly ComponentChild[] {
  const undecided = report.reconciliation.undecided;
  return [
    ...(report.recorded
      ? [
          note(
            "warn",
            "This agent is recorded.",
            " It replayed a script of proposals; no model worked on this. Guard, gates and ledger are real.",
          ),
        ]
      : []),
    ...(undecided.length > 0
      ? [
          note(
            "bad",
            "Not guarded.",
            ` ${count(undecided.length, "action")} of the agent without a decision in the ledger: ${undecided
              .map((call) => `${call.tool}: ${call.says}`)
              .slice(0, 5)
              .join("; ")}`,
          ),
        ]
      : []),
    ...(report.gate?.kind === "fallback" ? [note("warn", "Fallback gate.", ` ${report.gate.why}`)] : []),
    ...report.escalations
      .slice(0, 5)
      .map((escalation) => note("warn", "A person was asked for.", ` ${escalation}`)),
  ];
}

function note(tone: "warn" | "bad", title: string, text: string): ComponentChild {
  return h("p", { class: `note ${tone}` }, h("span", null, [h("strong", null, title), text]));
}

function task({ task: given }: RunReport): ComponentChild {
  if (given === undefined) return undefined;
  const body = given.body.trim();
  return h("div", { class: "task" }, [
    h("h2", null, `Task: ${given.title}`),
    h("p", { class: "soft" }, ["from ", h("code", null, given.source)]),
    body === "" || body === given.title
      ? undefined
      : h("details", { class: "paper" }, [
          h("summary", null, "The task in full"),
          h(
            "pre",
            { tabIndex: 0 },
            body.split("\n").map((line) => h("span", { class: "l" }, line)),
          ),
        ]),
  ]);
}

function next(report: RunReport): ComponentChild {
  if (report.next.length === 0) return undefined;
  return h("div", { class: "next" }, [
    h("h2", null, "What to do now"),
    h(
      "ol",
      null,
      report.next.map((step) =>
        h("li", null, [
          h("span", null, `${step.says.charAt(0).toUpperCase()}${step.says.slice(1)}`),
          step.command === undefined ? undefined : h("code", null, step.command),
        ]),
      ),
    ),
  ]);
}

function cards(report: RunReport): ComponentChild {
  const gate = report.grid.findLast((row) => row.cells.some((cell) => cell.state !== "not_run"));
  const ran = (gate?.cells ?? []).filter((cell) => cell.state !== "not_run");
  const passed = ran.filter((cell) => cell.state === "passed" || cell.state === "flaky").length;
  const budget = (name: string): string | undefined =>
    report.budgets.find((line) => line.name === name)?.allowedText;
  const tokens = report.usage.inputTokens + report.usage.outputTokens;
  const of = (allowed: string | undefined): string => (allowed === undefined ? "" : `of ${allowed} allowed`);
  const attempts = report.grid.filter((row) => row.iteration > 0).length;
  return h("ul", { class: "cards" }, [
    card(
      "Gate",
      ran.length === 0 ? "not run" : `${passed} of ${ran.length}`,
      gate === undefined || gate.iteration === 0
        ? "checks pass on the base"
        : `checks passed in attempt ${gate.iteration}, ${report.gate?.kind ?? "unknown"} gate`,
    ),
    card(
      "Patch",
      report.patch.known && report.patch.files.length === 0
        ? "no change"
        : `+${number(report.patch.added)} −${number(report.patch.removed)}`,
      count(report.patch.files.length, "file"),
    ),
    card(
      "Cost",
      report.usage.costUsd === undefined ? "not reported" : money(report.usage.costUsd),
      tokens === 0 ? of(budget("cost")) : `${number(tokens)} tokens`,
    ),
    card(
      "Time",
      duration(report.workMs),
      `${count(attempts, "attempt")}${budget("attempts") === undefined ? "" : ` of ${budget("attempts")}`}`,
    ),
    h("li", null, [
      h("h2", null, "Ledger"),
      h("p", { class: "big" }, count(report.ledger.entries, "entry", "entries")),
      h("p", { "data-chain": "", role: "status" }, "chain not checked: scripts are off in this page"),
    ]),
  ]);
}

function card(title: string, big: string, small: string): ComponentChild {
  return h("li", null, [h("h2", null, title), h("p", { class: "big" }, big), h("p", null, small)]);
}

/** Rows of the grid: attempt × check; a cell links to the output of its command. */
export function gridRows(
  report: RunReport,
  markOf: (state: RunReport["grid"][number]["cells"][number]["state"]) => {
    readonly glyph: string;
    readonly word: string;
    readonly tone: string;
  },
): readonly ComponentChild[] {
  return report.grid.map((row) =>
    h("tr", null, [
      h("th", { scope: "row" }, [
        row.name,
        h(
          "small",
          null,
          row.diff === undefined ? (row.iteration === 0 ? "untouched" : "still open") : diffText(row.diff),
        ),
        row.refused === 0 ? undefined : h("small", { class: "bad" }, `${row.refused} refused`),
      ]),
      ...row.cells.map((cell) => {
        const mark = markOf(cell.state);
        const label = `${mark.glyph} ${mark.word}`;
        return h("td", null, [
          cell.output === undefined
            ? h("span", { class: `cell ${mark.tone}` }, label)
            : h(
                "a",
                {
                  class: `cell ${mark.tone}`,
                  href: `#${cell.output}`,
                  "aria-label": `${row.name}, ${cell.check}: ${mark.word}`,
                },
                label,
              ),
          cell.tests === undefined
            ? undefined
            : h(
                "small",
                null,
                cell.tests.failed > 0
                  ? `${cell.tests.failed} of ${count(cell.tests.executed, "test")} failed`
                  : count(cell.tests.executed, "test"),
              ),
          cell.durationMs === undefined ? undefined : h("small", null, duration(cell.durationMs)),
        ]);
      }),
      h(
        "td",
        null,
        row.decision === undefined
          ? h("span", { class: "soft" }, row.iteration === 0 ? "" : "none yet")
          : [
              h(
                "strong",
                null,
                row.decision.kind === "stop" ? `stop: ${row.decision.word}` : row.decision.word,
              ),
              h("div", { class: "soft" }, row.decision.says),
            ],
      ),
    ]),
  );
}
