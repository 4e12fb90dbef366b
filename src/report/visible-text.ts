/**
 * Makes text from outside safe to show: colour codes and other terminal commands are dropped, invisible and
 * direction-changing characters become visible, line ends become `\n`. What agents and programs print is hostile.
 */
export function visible(text: string): string {
  return text.replace(terminalCommand, "").replace(/\r\n?/g, "\n").replace(hidden, showCharacter);
}

/** The same on one line, white space folded, at most `length` UTF-16 code units. */
export function visibleLine(text: string, length = 400): string {
  return shorten(visible(text).replace(/\s+/g, " ").trim(), length);
}

/** Cuts at `length` UTF-16 code units, never inside a surrogate pair, and says so with an ellipsis. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = Math.max(0, length - 1);
  const cut = text.slice(0, end);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

// ECMA-48: CSI sequences, OSC/DCS/PM/APC strings up to their terminator, and two-character escapes.
const terminalCommand =
  // eslint-disable-next-line no-control-regex -- control characters are what is being removed
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;

// Everything of C0, C1, and the characters that reorder or hide text (Unicode TR36 and "Trojan Source").
const hidden =
  // eslint-disable-next-line no-control-regex -- control characters are what is being shown
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

function showCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x20) return String.fromCodePoint(0x2400 + point);
  if (point === 0x7f) return "\u2421";
  return `[U+${point.toString(16).toUpperCase().padStart(4, "0")}]`;
}
