import type { Problem } from "./problem.ts";
import { writeWhere } from "./problem.ts";

export interface FrameStyle {
  /** Width that longer sentences are broken at. */
  readonly columns: number;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** A problem in five parts: where, what, the lines around it, why it matters, what to do. */
export function renderProblem(problem: Problem, text: string | undefined, style: FrameStyle): string {
  const { where, says, why, fix } = problem;
  return [
    `${style.strong(`✗ ${writeWhere(where)}`)}  ${where.field ?? "the file"}`,
    ...wrapped("", says, style),
    ...(text === undefined ? [] : frame(problem, text, style)),
    ...(why === fix ? [] : wrapped("why  ", why, style)),
    ...wrapped("fix  ", fix, style),
    "",
  ].join("\n");
}

function frame({ where: { line, column = 1 } }: Problem, text: string, style: FrameStyle): readonly string[] {
  const lines = text.split(/\r?\n/);
  const marked = line === undefined ? undefined : lines[line - 1];
  if (line === undefined || marked === undefined) return [];
  const from = Math.max(1, line - 1);
  const to = Math.min(lines.length, line + 1);
  const width = String(to).length;
  const rows: string[] = [];
  for (let number = from; number <= to; number += 1) {
    const code = clip(lines[number - 1] ?? "", style.columns - width - 7);
    const row = `${String(number).padStart(width)} │ ${code}`;
    if (number !== line) {
      if (code.trim() !== "" || number < line) rows.push(style.dim(`    ${row}`.trimEnd()));
      continue;
    }
    rows.push(`  > ${row}`);
    if (column <= code.length)
      rows.push(
        `    ${" ".repeat(width)} │ ${" ".repeat(column - 1)}${style.strong("^".repeat(tokenLength(code, column)))}`,
      );
  }
  return rows;
}

function tokenLength(line: string, column: number): number {
  const rest = line.slice(column - 1);
  const token = /^("[^"]*"|'[^']*'|[^\s:,\]}]+)/.exec(rest)?.[0] ?? "";
  return Math.max(1, token.length);
}

function clip(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(1, width - 1))}…` : line;
}

function wrapped(label: string, text: string, { columns }: FrameStyle): readonly string[] {
  const room = Math.max(30, columns - 2 - label.length);
  return text.split("\n").flatMap((paragraph, at) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > room) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
    return lines.map((one, index) => `  ${at === 0 && index === 0 ? label : " ".repeat(label.length)}${one}`);
  });
}
