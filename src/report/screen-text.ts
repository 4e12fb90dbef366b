import type { Tone } from "./state-words.ts";

/** What a rendering for terminals must know: `columns` is the width, colour codes appear only where `colour` is set. */
export interface Screen {
  readonly colour: boolean;
  readonly columns: number;
}

const codes: Readonly<Record<Tone | "bold", string>> = {
  good: "32",
  bad: "31",
  warn: "33",
  quiet: "2",
  bold: "1",
};

export function paint(screen: Pick<Screen, "colour">, tone: Tone | "bold", text: string): string {
  return screen.colour && text !== "" ? `\u001b[${codes[tone]}m${text}\u001b[0m` : text;
}

/** Columns that a text takes: wide characters take two, combining ones none. */
export function width(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += characterWidth(character);
  return columns;
}

function characterWidth(character: string): number {
  if (/^\p{M}$/u.test(character)) return 0;
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^\p{Emoji_Presentation}$|^[\u{20000}-\u{3fffd}]$/u.test(
    character,
  )
    ? 2
    : 1;
}

/** Cuts a text to a width and says so with an ellipsis. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let shown = "";
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > columns - 1) break;
    shown += character;
    used += next;
  }
  return columns < 1 ? "" : `${shown}…`;
}

export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Breaks at spaces; a word longer than a line is cut into lines. */
export function wrap(text: string, columns: number): readonly string[] {
  const room = Math.max(10, columns);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((one) => chop(one, room))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (width(longer) <= room) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

function chop(word: string, columns: number): readonly string[] {
  if (width(word) <= columns) return [word];
  const parts: string[] = [];
  let part = "";
  for (const character of word) {
    if (width(part) + characterWidth(character) > columns) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}
