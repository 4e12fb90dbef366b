import { Fragment, h } from "preact";
import type { ComponentChild } from "preact";
import { renderToString } from "preact-render-to-string";
import { sha256 } from "../core/digest.ts";
import { count, number } from "./amounts.ts";
import type { Embedded, Gzip } from "./html/embedded-ledger.ts";
import { embedLedger } from "./html/embedded-ledger.ts";
import { outputBlocks, patchFiles } from "./html/page-code.ts";
import {
  budgetBars,
  claimTable,
  decisionList,
  environmentPairs,
  eventTable,
  exceptionList,
  findingList,
} from "./html/page-evidence.ts";
import type { Part } from "./html/page-parts.ts";
import { pairs, part, scrollingTable } from "./html/page-parts.ts";
import { pageScript } from "./html/page-script.ts";
import { pageStyle } from "./html/page-style.ts";
import { gridRows, pageTop } from "./html/page-top.ts";
import { renderForAgent } from "./render-for-agent.ts";
import type { RunReport } from "./report-model.ts";
import { cellMarks, verdictMarks } from "./state-words.ts";

export interface HtmlOptions {
  /** Makes the embedded ledger smaller; without it the entries are embedded as they are. */
  readonly gzip?: Gzip;
}

/**
 * One self-contained page of at most about 5 MB: no network, readable without scripts, and with them it verifies its own
 * slice of the chain.
 */
export function renderHtml(report: RunReport, { gzip }: HtmlOptions = {}): string {
  const sections = parts(report);
  const embedded = embedLedger(report.ledger.rows, gzip);
  const mark = verdictMarks[report.verdict];
  const title = `${mark.glyph} ${mark.word.toLowerCase()} · ${report.task?.title ?? report.run} · surefoot`;
  const policy = `default-src 'none'; style-src '${source(pageStyle)}'; script-src '${source(pageScript)}'; base-uri 'none'; form-action 'none'`;
  const head = renderToString(
    h("head", null, [
      h("meta", { charset: "utf-8" }),
      h("meta", { "http-equiv": "Content-Security-Policy", content: policy }),
      h("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
      h("meta", { name: "color-scheme", content: "light dark" }),
      h("meta", { name: "referrer", content: "no-referrer" }),
      h("meta", { name: "generator", content: `surefoot ${report.version}` }),
      h("title", null, title),
    ]),
  );
  const data = embedded.html.replace(' id="ledger"', ` id="ledger" data-head="${report.ledger.head}"`);
  return [
    `<!doctype html>\n<html lang="en">`,
    head.replace("</head>", `<style>${pageStyle}</style></head>`),
    "<body>",
    renderToString(h("a", { class: "skip", href: "#main" }, "Skip to the report")),
    renderToString(h("div", { class: `edge ${mark.tone}` })),
    renderToString(
      h("main", { id: "main" }, [
        ...pageTop(report),
        navigation(sections),
        ...sections.map((section) => section.node),
      ]),
    ),
    markup(footer(report, embedded)),
    data,
    `<script>${pageScript}</script>`,
    "</body></html>\n",
  ].join("\n");
}

function markup(child: ComponentChild): string {
  return renderToString(h(Fragment, null, child));
}

function source(text: string): string {
  return `sha256-${Buffer.from(sha256(text), "hex").toString("base64")}`;
}

function parts(report: RunReport): readonly Part[] {
  const exceptions = exceptionList(report);
  return [
    ...(report.grid.length === 0
      ? []
      : [
          part(
            "grid",
            "Attempts and checks",
            "Each cell leads to the output of its command. The base is the code before the agent touched it.",
            scrollingTable(
              "attempts and checks",
              "grid",
              ["Attempt", ...report.checks, "Decision"],
              gridRows(report, (state) => cellMarks[state]),
            ),
          ),
        ]),
    ...(report.kind === "guard" ? [] : [part("findings", "Findings", undefined, ...findingList(report))]),
    ...(exceptions === undefined
      ? []
      : [part("exceptions", "Failures before the first attempt, and waivers", undefined, exceptions)]),
    ...(report.kind === "guard"
      ? []
      : [part("claims", "What the agent claimed, and what is shown", undefined, claimTable(report))]),
    ...(report.patch.known ? [part("patch", "Patch", patchLead(report), ...patchFiles(report))] : []),
    ...(report.outputs.length === 0
      ? []
      : [
          part(
            "outputs",
            "Gate output",
            "Failing checks of the last gate come first, opened at the first failing line.",
            ...outputBlocks(report),
          ),
        ]),
    part(
      "decisions",
      "Decisions of the guard",
      `${number(report.refused.length + report.allowed.length)} actions judged, ${number(report.refused.length)} not allowed.`,
      ...decisionList(report),
    ),
    ...(report.budgets.length === 0
      ? []
      : [part("budgets", "Budgets", "Used of what the policy allows.", budgetBars(report))]),
    part("environment", "Environment", undefined, environmentPairs(report)),
    ...(report.kind === "guard" || report.verdict === "verified" ? [] : [prompt(report)]),
    part(
      "events",
      "Events",
      "Every entry of the ledger for this run. With scripts on, an entry's number shows its payload.",
      ...eventTable(report),
    ),
  ];
}

function patchLead({ patch }: RunReport): string {
  return patch.files.length === 0
    ? "Nothing differs from the base."
    : `${count(patch.files.length, "file")}, the largest change first: +${number(patch.added)} −${number(patch.removed)} lines.`;
}

function prompt(report: RunReport): Part {
  return part(
    "next-attempt",
    "For the next attempt",
    "The same facts as a prompt for an agent.",
    h("div", { class: "prompt" }, [
      h("button", { id: "copy", type: "button", hidden: true }, "Copy as prompt"),
      " ",
      h("span", { id: "copied", role: "status", class: "soft" }),
      h(
        "pre",
        { id: "prompt", tabIndex: 0, "aria-label": "Prompt for the next attempt" },
        renderForAgent(report),
      ),
    ]),
  );
}

function navigation(sections: readonly Part[]): ComponentChild {
  return h(
    "nav",
    { class: "jump", "aria-label": "Parts of the report" },
    sections.map(({ id }) => h("a", { href: `#${id}` }, navigationWords[id] ?? id)),
  );
}

const navigationWords: Readonly<Record<string, string>> = {
  "next-attempt": "next attempt",
  outputs: "gate output",
  grid: "attempts",
};

function footer(report: RunReport, embedded: Embedded): ComponentChild {
  const { ledger } = report;
  const slice = [
    `${count(embedded.entries, "entry", "entries")} embedded`,
    ...(embedded.before > 0 ? [`${number(embedded.before)} earlier ones only in the ledger`] : []),
    ...(embedded.withoutPayload > 0
      ? [`${count(embedded.withoutPayload, "large payload")} by digest alone, to keep this page small`]
      : []),
    ...(ledger.erased > 0 ? [`${count(ledger.erased, "payload")} erased`] : []),
  ].join("; ");
  return h("footer", { class: "foot" }, [
    pairs([
      ["chain", h("span", { "data-chain": "" }, "not checked: scripts are off in this page")],
      ["head", h("code", null, ledger.head)],
      ["entries", slice],
      ["policy", h("code", null, ledger.policy)],
      [
        "redacted",
        ledger.redactions === 0
          ? "no secret was found"
          : `${count(ledger.redactions, "secret")} removed before writing`,
      ],
      ["replay", h("code", null, report.replay)],
      ["written by", `surefoot ${report.version}`],
    ]),
    h("p", null, [
      "A page that verifies itself shows that its entries fit together, no more: it cannot show that they are the entries of the run, and it does not check the words around them. ",
      `The head above is the hash of entry ${number(report.events.at(-1)?.seq ?? 0)}, the last one when this page was written. Compare it with `,
      h("code", null, `surefoot ledger show ${report.run}`),
      ", and the ledger with ",
      h("code", null, "surefoot ledger anchor"),
      " or with what was noted outside.",
    ]),
  ]);
}
