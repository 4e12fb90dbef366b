import { h } from "preact";
import type { ComponentChild } from "preact";
import { count, number } from "../amounts.ts";
import type { BudgetLine, EventRow, JudgedAction, ReportFinding, RunReport } from "../report-model.ts";
import { claimMarks, nowWords, severityMarks } from "../state-words.ts";
import { shorten } from "../visible-text.ts";
import { markTag, pairs, scrollingTable } from "./page-parts.ts";

const actionsListed = 200;
/** Rows of the event table that are there without a script. */
export const eventsListed = 400;

export function findingList(report: RunReport): readonly ComponentChild[] {
  const { findings, mended } = report;
  return [
    findings.length === 0
      ? h("p", null, "The last attempt has no finding.")
      : h("ul", { class: "list" }, findings.map(finding)),
    ...(mended.length === 0
      ? []
      : [
          h("details", null, [
            h("summary", null, `${count(mended.length, "finding")} of earlier attempts, no longer found`),
            h("div", { class: "meta" }, h("ul", { class: "list" }, mended.map(finding))),
          ]),
        ]),
  ];
}

function finding(found: ReportFinding): ComponentChild {
  return h("li", { class: "item" }, [
    h("div", null, [
      markTag(severityMarks[found.severity]),
      found.says,
      found.waived ? h("strong", { class: "warn" }, " (waived)") : undefined,
    ]),
    h("div", { class: "soft" }, [
      h("code", null, found.code),
      ` · ${found.check} · attempt ${found.iteration}`,
    ]),
    ...found.places
      .slice(0, 10)
      .map((place) =>
        h("div", { class: "soft" }, [
          h("code", null, place.where),
          place.excerpt === undefined ? undefined : h("pre", null, place.excerpt),
        ]),
      ),
  ]);
}

export function claimTable(report: RunReport): ComponentChild {
  const rows = report.claims?.rows ?? [];
  if (rows.length === 0) return h("p", null, "The agent made no claim that can be compared.");
  return scrollingTable(
    "claims of the agent",
    "claims",
    ["The agent said", "What is shown", ""],
    rows.map((row) =>
      h("tr", null, [
        h("th", { scope: "row" }, row.claim),
        h("td", null, markTag(claimMarks[row.shown])),
        h("td", null, row.says),
      ]),
    ),
  );
}

export function decisionList(report: RunReport): readonly ComponentChild[] {
  const { refused, allowed } = report;
  return [
    refused.length === 0
      ? h("p", null, "Nothing was refused.")
      : h("ul", { class: "list" }, refused.slice(0, actionsListed).map(refusal)),
    ...(refused.length > actionsListed
      ? [h("p", null, `${number(refused.length - actionsListed)} more are in the event table.`)]
      : []),
    h("details", null, [
      h("summary", null, `${count(allowed.length, "allowed action")}`),
      h("div", { class: "meta" }, [
        h(
          "ul",
          { class: "list" },
          allowed
            .slice(0, actionsListed)
            .map((action) =>
              h("li", null, [
                h("a", { href: `#e${action.seq}` }, `e${action.seq}`),
                " ",
                h("code", null, shorten(action.action, 300)),
              ]),
            ),
        ),
        allowed.length > actionsListed
          ? h("p", null, `${number(allowed.length - actionsListed)} more are in the event table.`)
          : undefined,
      ]),
    ]),
  ];
}

function refusal(action: JudgedAction): ComponentChild {
  const word = action.enforced
    ? { deny: "✗ denied", ask: "✗ asked", allow: "allowed" }[action.verdict]
    : `! observed only: would be ${action.verdict === "ask" ? "asked about" : "denied"}`;
  return h("li", { class: "item" }, [
    h("div", null, [
      h("span", { class: `tag ${action.enforced ? "bad" : "warn"}` }, word),
      h("span", { class: "soft" }, [
        action.iteration === 0 ? "before the first attempt" : `attempt ${action.iteration}`,
        ` · ${action.tool} · `,
        h("a", { href: `#e${action.seq}` }, `entry ${action.seq}`),
      ]),
    ]),
    h("pre", null, action.action),
    ...action.reasons.map((reason) =>
      h("div", null, [
        h("div", null, [h("code", null, reason.rule), ` ${reason.says}`]),
        reason.instead === undefined
          ? undefined
          : h("div", null, [h("span", { class: "good" }, "instead "), h("code", null, reason.instead)]),
      ]),
    ),
  ]);
}

export function exceptionList(report: RunReport): ComponentChild {
  const rows = [
    ...report.preExisting.map((row) =>
      h("li", { class: "item" }, [
        h("strong", null, row.check),
        ` failed before the first attempt and ${nowWords(row.now)}: ${row.says}`,
      ]),
    ),
    ...report.waivers.map((waiver) =>
      h("li", { class: "item" }, [
        h("strong", null, waiver.what),
        ` was waived by ${waiver.approver} until ${waiver.expires}: ${waiver.reason} `,
        h("span", { class: "soft" }, `(${waiver.id}, attempt ${waiver.iteration}; a waiver is not a pass)`),
      ]),
    ),
  ];
  return rows.length === 0 ? undefined : h("ul", { class: "list" }, rows);
}

export function budgetBars(report: RunReport): ComponentChild {
  return h("ul", { class: "bars" }, report.budgets.map(bar));
}

function bar(line: BudgetLine): ComponentChild {
  const share = line.used === undefined || line.allowed <= 0 ? 0 : Math.min(1, line.used / line.allowed);
  const tone = share >= 1 ? "bad" : share >= 0.8 ? "warn" : "good";
  return h("li", null, [
    h("span", null, line.name),
    h("svg", { "aria-hidden": "true", viewBox: "0 0 100 10", preserveAspectRatio: "none", class: tone }, [
      h("rect", { class: "track", width: 100, height: 10 }),
      h("rect", { class: "fill", width: Math.round(share * 1000) / 10, height: 10 }),
    ]),
    h(
      "span",
      { class: "nums" },
      line.used === undefined
        ? [h("span", { class: "soft" }, line.usedText), ` of ${line.allowedText}`]
        : `${line.usedText} of ${line.allowedText}`,
    ),
  ]);
}

export function environmentPairs(report: RunReport): ComponentChild {
  const { environment, agent, usage, gate, reconciliation } = report;
  const rows: (readonly [string, ComponentChild])[] = [];
  if (environment !== undefined)
    rows.push(
      [
        "repository",
        `${environment.repository}${environment.branch === undefined ? "" : `, ${environment.branch}`} at ${environment.commit.slice(0, 12)}${environment.dirty === true ? ", with changes that the run did not see" : ""}`,
      ],
      ["system", `${environment.os} ${environment.arch}, Node ${environment.node}, git ${environment.git}`],
      ["jail", agent?.jail ?? environment.jail],
    );
  if (agent !== undefined) rows.push(["agent", agent.says]);
  if (usage.model !== undefined) rows.push(["model", usage.model]);
  if (usage.inputTokens + usage.outputTokens > 0)
    rows.push([
      "tokens",
      `${number(usage.inputTokens)} in (${number(usage.cachedTokens)} from cache), ${number(usage.outputTokens)} out`,
    ]);
  if (gate !== undefined) rows.push(["gate", `${gate.kind}: ${gate.why}`]);
  rows.push(["reconciliation", reconciliationWords(reconciliation)]);
  if (report.task !== undefined)
    rows.push([
      "scope",
      `may change ${report.task.allow.join(", ") || "nothing"}${report.task.deny.length === 0 ? "" : `; not ${report.task.deny.join(", ")}`}`,
    ]);
  return pairs(rows);
}

function reconciliationWords({ state, calls, decided, undecided }: RunReport["reconciliation"]): string {
  switch (state) {
    case "complete":
      return `${number(decided)} of ${count(calls, "call")} in the agent's transcript have a decision`;
    case "unguarded":
      return `${count(undecided.length, "call")} of ${number(calls)} without a decision`;
    case "none":
      return "no transcript was compared";
  }
}

/** The first and the last rows; what lies between is embedded and comes with a script. */
export function eventTable(report: RunReport): readonly ComponentChild[] {
  const { events } = report;
  const half = eventsListed / 2;
  const head = events.length <= eventsListed ? events : events.slice(0, half);
  const tail = events.length <= eventsListed ? [] : events.slice(-half);
  const between = events.length - head.length - tail.length;
  const opened = Date.parse(events[0]?.at ?? "");
  const gap = h(
    "tr",
    null,
    h("td", { colSpan: 4 }, [
      `${count(between, "entry", "entries")} between are not listed here. `,
      h(
        "button",
        {
          id: "more",
          type: "button",
          hidden: true,
          "data-after": head.at(-1)?.seq,
          "data-before": tail[0]?.seq,
        },
        "Show more",
      ),
    ]),
  );
  const rows = [
    ...head.map((event) => eventRow(event, opened)),
    ...(between > 0 ? [gap] : []),
    ...tail.map((event) => eventRow(event, opened)),
  ];
  return [scrollingTable("events", "events", ["Entry", "After", "Event", "What"], rows, "event-rows")];
}

function eventRow(event: EventRow, opened: number): ComponentChild {
  return h(
    "tr",
    { id: `e${event.seq}`, "data-seq": event.seq, class: event.notable ? "notable" : undefined },
    [
      h("th", { scope: "row" }, h("a", { href: `#e${event.seq}` }, String(event.seq))),
      h("td", null, clock(Date.parse(event.at) - opened)),
      h("td", { class: "type" }, event.type),
      h("td", { class: "said" }, event.says),
    ],
  );
}

function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
