/**
 * Shell text without its comments. A comment is the agent's own word about its command, and whoever judges the command
 * must not be persuaded by it. Quoted text stays as it is; so do the bodies of here-documents, in which `#` is text.
 */
export function withoutComments(text: string): string {
  const kept: string[] = [];
  let ends: string[] = [];
  let quote: "'" | '"' | undefined;
  for (const line of text.split("\n")) {
    const [end] = ends;
    if (end !== undefined) {
      kept.push(line);
      if (line.replace(/^\t+/, "") === end) ends = ends.slice(1);
      continue;
    }
    const { code, open } = codeOf(line, quote);
    quote = open;
    if (quote === undefined) ends = [...ends, ...hereDocuments(code)];
    kept.push(code);
  }
  return kept.join("\n");
}

/** The part of a line before its comment, and the quote that is open at its end. */
function codeOf(
  line: string,
  before: "'" | '"' | undefined,
): { readonly code: string; readonly open: "'" | '"' | undefined } {
  let open = before;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at];
    if (letter === "\\" && open !== "'") at += 1;
    else if (open !== undefined) open = letter === open ? undefined : open;
    else if (letter === "'" || letter === '"') open = letter;
    else if (letter === "#" && (at === 0 || /[\s;&|()]/.test(line[at - 1] ?? "")))
      return { code: line.slice(0, at).trimEnd(), open };
  }
  return { code: line, open };
}

function hereDocuments(code: string): readonly string[] {
  return [...code.matchAll(/(?<!<)<<-?\s*(["']?)([\w.-]+)\1(?!<)/g)].map((match) => match[2] ?? "");
}
