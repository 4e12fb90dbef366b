import { linesOf } from "./line-diff.ts";

/** Lines count from 1; `last` is included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A pathological anchor in a large file matches everywhere; more candidates help nobody. */
const matchesAtMost = 1000;

/**
 * Offsets at which `anchor` stands in `text`, overlapping ones included, since either could be meant. With a `context`
 * (which holds the anchor) only those inside an occurrence of it: it narrows and never widens.
 */
export function matches(text: string, anchor: string, context: string | undefined): readonly number[] {
  const places = occurrences(text, anchor);
  if (context === undefined) return places;
  const frames = occurrences(text, context);
  return places.filter((place) =>
    frames.some((frame) => place >= frame && place + anchor.length <= frame + context.length),
  );
}

function occurrences(text: string, part: string): readonly number[] {
  if (part === "") return text === "" ? [0] : [];
  const found: number[] = [];
  for (
    let at = text.indexOf(part);
    at !== -1 && found.length < matchesAtMost;
    at = text.indexOf(part, at + 1)
  )
    found.push(at);
  return found;
}

export function rangeAt(text: string, offset: number, length: number): LineRange {
  const first = text.slice(0, offset).split("\n").length;
  const inside = text.slice(offset, offset + Math.max(0, length - 1));
  return { first, last: first + inside.split("\n").length - 1 };
}

/** The lines of a range with `around` lines before and after, under a heading that says which they are. */
export function snippet(text: string, range: LineRange, around: number): string {
  const lines = linesOf(text);
  const first = Math.max(1, range.first - around);
  const last = Math.min(lines.length, range.last + around);
  const body = lines.slice(first - 1, last).join("");
  return `lines ${first}-${last}:\n${body}${body.endsWith("\n") ? "" : "\n"}`;
}
