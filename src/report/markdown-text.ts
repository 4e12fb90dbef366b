import { failingExcerpt } from "./failing-lines.ts";
import type { CheckOutput } from "./report-model.ts";
import { shorten } from "./visible-text.ts";

export interface Section {
  readonly name: string;
  readonly text: string;
}

/** Sections come in the order of their worth; one that does not fit in `limit` is left out whole, and said to be. */
export function assemble(top: string, sections: readonly Section[], limit: number): string {
  const room = limit - 400;
  let text = shorten(top, room);
  const left: string[] = [];
  for (const section of sections) {
    if (text.length + section.text.length + 2 <= room) text += `\n\n${section.text}`;
    else left.push(section.name);
  }
  if (left.length > 0)
    text += `\n\n_Left out for length: ${shorten(left.join(", "), 300)}. The report and the ledger have all of it._`;
  return `${text}\n`;
}

/** A failing check by its first failing lines. */
export function failure(output: CheckOutput, level = "####"): string {
  const { lines, start, total } = failingExcerpt(output.text);
  const cut = lines.length < total ? `\n\nLines ${start + 1} to ${start + lines.length} of ${total}.` : "";
  const body = lines.map((line) => shorten(line, 500)).join("\n");
  return `${level} ${escape(output.check)} failed: ${code(output.command)}, ${escape(output.ended)}\n\n${fence(body)}${cut}`;
}

export function titled(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n\n${lines.join("\n")}`;
}

export function details(summary: string, body: string): string {
  return `<details><summary>${escape(summary)}</summary>\n\n${body}\n\n</details>`;
}

export function table(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/**
 * Text that stays text in GitHub's Markdown. A comment breaks `@name` and `#12`: an escaped one would still call people
 * and close issues.
 */
export function escape(text: string): string {
  return text
    .replace(/\n+/g, " ")
    .replace(/[\\`*_[\]<>|~&$]/g, (character) => `\\${character}`)
    .replace(/^(\s*)([-+=]|#{1,6}|\d+[.)])(?=\s|$)/, "$1\\$2")
    .replace(/@(?=[\w-])/g, "@<!-- -->")
    .replace(/#(?=\d)/g, "#<!-- -->")
    .replace(/\b(GH-)(?=\d)/gi, "$1<!-- -->")
    .replace(/\b(https?:)\/\//gi, "$1<!-- -->//");
}

/** A code span in a table, where `|` would end the cell. */
export function cellCode(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** A code span that no content can end. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, " ");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const marks = "`".repeat(longest + 1);
  return longest > 0 || line.startsWith(" ") ? `${marks} ${line} ${marks}` : `${marks}${line}${marks}`;
}

function fence(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const marks = "`".repeat(longest + 1);
  return `${marks}text\n${text}\n${marks}`;
}
