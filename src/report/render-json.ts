import { failingExcerpt } from "./failing-lines.ts";
import type { RunReport } from "./report-model.ts";

/**
 * One JSON document with `schemaVersion`, ending with a line break. Outputs are given by their first failing lines and
 * the ledger by its head: the whole of both is in the ledger and in the evidence bundle.
 */
export function renderJson(report: RunReport): string {
  const { ledger, events, outputs, allowed, ...rest } = report;
  const { rows: _, ...head } = ledger;
  const document = {
    ...rest,
    outputs: outputs.map(({ text, ...output }) => {
      const { lines, start, failing, total } = failingExcerpt(text);
      return {
        ...output,
        excerpt: {
          firstLine: start + 1,
          failingLine: failing === undefined ? null : failing + 1,
          totalLines: total,
          lines,
        },
      };
    }),
    allowed: allowed.length,
    events: { count: events.length, notable: events.filter((event) => event.notable) },
    ledger: head,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
