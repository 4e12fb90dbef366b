import { secretPatterns } from "./secret-patterns.ts";

/** A secret in a text, in UTF-16 code units, `end` exclusive. */
export interface SecretRange {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Everything in the text that has the form of a credential, in no order; ranges may overlap. */
export function findSecrets(text: string): readonly SecretRange[] {
  const found: SecretRange[] = [...findPrivateKeys(text)];
  for (const secret of secretPatterns) {
    if (!secret.needles.some((needle) => text.includes(needle))) continue;
    const { kind, pattern, accept } = secret;
    for (const match of text.matchAll(pattern)) {
      if (accept !== undefined && !accept(match)) continue;
      found.push({ kind, ...secretPart(match) });
    }
  }
  return found;
}

/**
 * PEM blocks, with whatever stands between their lines: indentation, line numbers, the plus signs of a diff, escapes.
 * Output is often cut, so a block without its end reaches as far as its lines go on, and one without its beginning
 * as far back.
 */
export function* findPrivateKeys(text: string): Generator<SecretRange> {
  let covered = 0;
  for (let at = text.indexOf(keyWord); at !== -1; at = text.indexOf(keyWord, at + keyWord.length)) {
    if (at < covered) continue;
    const lead = text.slice(Math.max(0, at - 40), at);
    const begins = /-----BEGIN ?(?:[A-Z]{2,10} )?$/.exec(lead);
    const ends = /-----END ?(?:[A-Z]{2,10} )?$/.exec(lead);
    if (begins !== null) {
      const body = at + keyWord.length;
      const close = endAfter(text, body);
      const end = close ?? bodyEnd(text, body);
      if (longestRun(text.slice(body, end)) < leastKeyChars) continue;
      covered = end;
      yield { kind: "private-key", start: at - begins[0].length, end };
    } else if (ends !== null) {
      const end = at - ends[0].length;
      const start = bodyStart(text, end);
      if (longestRun(text.slice(start, end)) >= leastKeyChars) yield { kind: "private-key", start, end };
    }
  }
}

/** Whether a key block was opened in this text and not closed: the next line of an array may be its body. */
export function endsInsideKey(text: string): boolean {
  const last = text.lastIndexOf(keyWord);
  return last !== -1 && /-----BEGIN ?(?:[A-Z]{2,10} )?$/.test(text.slice(Math.max(0, last - 40), last));
}

export function looksLikeKeyBody(text: string): boolean {
  return text.trim() !== "" && longestRun(text) >= Math.min(16, text.trim().length);
}

/** Stands in the first and the last line of every private key in PEM. */
export const keyWord = "PRIVATE KEY";
// Below this a block is a placeholder such as `...`.
const leastKeyChars = 24;
// An RSA key of 8192 bits takes about 6,400 characters; line numbers and escapes make it longer.
const longestKey = 20_000;

// Each looks at most as far as a key is long, and no farther than the next marker, so that a text full of markers
// takes no longer than another one.
function endAfter(text: string, from: number): number | undefined {
  const rest = text.slice(from, from + longestKey);
  const close = markerIn(rest);
  const tail = /^-----END ?(?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----/.exec(rest.slice(close, close + 60));
  return tail === null ? undefined : from + close + tail[0].length;
}

function bodyEnd(text: string, from: number): number {
  const rest = text.slice(from, from + longestKey);
  let end = from;
  for (const line of pieces(rest.slice(0, markerIn(rest)))) {
    if (end !== from && longestRun(line) < 16) break;
    end += line.length;
  }
  return end;
}

function bodyStart(text: string, to: number): number {
  const before = text.slice(Math.max(0, to - longestKey), to);
  let start = to;
  for (const line of pieces(before.slice(before.lastIndexOf("-----") + 1)).toReversed()) {
    if (start !== to && longestRun(line) < 40) break;
    start -= line.length;
  }
  return start;
}

function markerIn(rest: string): number {
  const marker = /-----(?:BEGIN|END)/.exec(rest);
  return marker === null ? rest.length : marker.index;
}

// Lines with their ends; an escaped line end counts as one.
function pieces(text: string): readonly string[] {
  return text.match(/(?:[^\n\\]|\\(?!n))*(?:\n|\\n|$)/g)?.filter((piece) => piece !== "") ?? [];
}

function longestRun(text: string): number {
  return (text.match(/[A-Za-z0-9+/=]+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

function secretPart(match: RegExpExecArray): { readonly start: number; readonly end: number } {
  const start = match.index;
  const end = start + match[0].length;
  const inner = match.indices?.groups?.["password"];
  if (inner !== undefined) return { start: inner[0], end: inner[1] };
  const [, part] = match;
  if (part === undefined) return { start, end };
  const from = start + match[0].indexOf(part);
  return { start: from, end: from + part.length };
}
