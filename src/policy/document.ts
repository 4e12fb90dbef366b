import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import type { Where } from "../core/fault.ts";
import type { Problem } from "./problem.ts";

export type FieldPath = readonly (string | number)[];

/** YAML text with its value and the place of every field. */
export interface SourceDocument {
  readonly file: string;
  readonly text: string;
  /** `undefined` for an empty document. */
  readonly value: unknown;
  /** Where the field stands; the nearest field around it when the text does not have it. */
  where(path: FieldPath, at?: "key" | "value"): Where;
}

/** `firstLine` is where the text begins in its file, for front matter. */
export function readDocument(
  file: string,
  text: string,
  { firstLine = 1 }: { readonly firstLine?: number } = {},
): { readonly document: SourceDocument; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeOf = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: line + firstLine - 1, column: col };
  };
  const problems = parsed.errors.map((error): Problem => ({
    where: { file, ...placeOf(error.pos[0]) },
    says: `is not valid YAML: ${firstSentence(error.message)}`,
    why: unreadable,
    fix: yamlFix(error.code),
  }));
  const where = (path: FieldPath, at: "key" | "value" = "value"): Where => {
    const offset = offsetOf(parsed, path, at);
    const field = writePath(path);
    return { file, ...placeOf(offset), ...(field === "" ? {} : { field }) };
  };
  if (problems.length > 0) return { document: { file, text, value: undefined, where }, problems };
  try {
    return {
      document: { file, text, value: parsed.toJS({ maxAliasCount: 100 }) ?? undefined, where },
      problems,
    };
  } catch (error) {
    // An alias without its anchor, or one that repeats itself without end.
    if (!(error instanceof ReferenceError)) throw error;
    const says = `is not valid YAML: ${firstSentence(error.message)}`;
    const problem = {
      where: { file, ...placeOf(0) },
      says,
      why: unreadable,
      fix: "write the value out instead of the alias",
    };
    return { document: { file, text, value: undefined, where }, problems: [problem] };
  }
}

/** `gates.full[0].run` */
export function writePath(path: FieldPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

const unreadable = "nothing in a file that cannot be read as a whole can be relied on";

function offsetOf(document: Document.Parsed, path: FieldPath, at: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && keyOf(item.key) === String(part));
      if (pair === undefined) return offset;
      const last = index === path.length - 1;
      const key = startOf(pair.key);
      offset = (last && at === "key" ? key : (startOf(pair.value) ?? key)) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === "number") {
      node = node.items[part];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value);
}

function firstSentence(message: string): string {
  const line = message.split("\n")[0] ?? message;
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function yamlFix(code: string): string {
  switch (code) {
    case "DUPLICATE_KEY":
      return "keep one of the two";
    case "TAB_AS_INDENT":
      return "indent with spaces";
    case "BAD_INDENT":
    case "MISSING_CHAR":
      return "check the indentation and the quotes of this line and the one above it";
    case "MULTIPLE_DOCS":
      return "remove the --- line: one document a file";
    default:
      return "correct the YAML at this place; a text with : # or quotes in it needs quotes around it";
  }
}
