import { findNodeAtLocation, getNodeValue, parseTree } from "jsonc-parser";
import type { Node, ParseError } from "jsonc-parser";

/** One thing that surefoot puts into a settings file of an agent (JSON with comments). */
export type Entry =
  /** A member of the list at `path`; where an equal one is there already, nothing is added. */
  | { readonly kind: "item"; readonly path: readonly string[]; readonly value: unknown }
  /** The value at `path`. */
  | { readonly kind: "member"; readonly path: readonly string[]; readonly value: unknown };

/** An entry that was put in, with what it takes to get it out again. */
export interface Placed {
  readonly entry: Entry;
  /** So many parts of the path were there before. */
  readonly depth: number;
  /** The text of the value that stood there before. */
  readonly previous: string | undefined;
}

export interface Edited {
  readonly text: string;
  readonly placed: readonly Placed[];
}

/** The value of the whole text; `undefined` where it is no JSON object, not even with comments and trailing commas. */
export function settingsIn(text: string): unknown {
  const root = treeOf(text);
  return root === undefined ? undefined : getNodeValue(root);
}

/**
 * Puts entries into a settings text. What stands there keeps its place, its comments and its formatting. `undefined`
 * where the text is not understood, or holds something else where an entry must go.
 */
export function withEntries(text: string, entries: readonly Entry[]): Edited | undefined {
  let edited: Edited = { text: text.trim() === "" ? `${text}{}\n` : text, placed: [] };
  for (const entry of entries) {
    const next = withEntry(edited.text, entry);
    if (next === undefined) return undefined;
    edited = {
      text: next.text,
      placed: next.placed === undefined ? edited.placed : [...edited.placed, next.placed],
    };
  }
  return edited;
}

/** Takes entries out again, and the lists and objects that were made for them where nothing else is in them. */
export function withoutEntries(text: string, placed: readonly Placed[]): string {
  return placed.toReversed().reduce(withoutEntry, text);
}

/** Takes every member of a list out that the test accepts. */
export function withoutItems(
  text: string,
  path: readonly string[],
  test: (value: unknown) => boolean,
): string {
  const list = nodeAt(text, path);
  const found = (list?.type === "array" ? (list.children ?? []) : []).find((node) =>
    test(getNodeValue(node)),
  );
  return found === undefined ? text : withoutItems(cut(text, found), path, test);
}

function withEntry(
  text: string,
  entry: Entry,
): { readonly text: string; readonly placed?: Placed } | undefined {
  const root = treeOf(text);
  if (root === undefined) return undefined;
  const depth = depthOf(root, entry.path);
  const node = findNodeAtLocation(root, entry.path.slice(0, depth));
  if (node === undefined) return undefined;
  const rest = entry.path.slice(depth);
  const [name] = rest;
  if (name !== undefined) {
    if (node.type !== "object") return undefined;
    const leaf = entry.kind === "item" ? [entry.value] : entry.value;
    const value = rest.slice(1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), leaf);
    return {
      text: inserted(text, node, value, name),
      placed: { entry, depth, previous: undefined },
    };
  }
  if (entry.kind === "item") {
    if (node.type !== "array") return undefined;
    if ((node.children ?? []).some((child) => same(getNodeValue(child), entry.value))) return { text };
    return { text: inserted(text, node, entry.value), placed: { entry, depth, previous: undefined } };
  }
  if (same(getNodeValue(node), entry.value)) return { text };
  const previous = text.slice(node.offset, node.offset + node.length);
  return {
    text: spliced(text, node.offset, node.length, written(entry.value, text, indentAt(text, node.offset))),
    placed: { entry, depth, previous },
  };
}

function withoutEntry(text: string, { entry, depth, previous }: Placed): string {
  const node = nodeAt(text, entry.path);
  if (node === undefined) return text;
  if (entry.kind === "member") {
    if (!same(getNodeValue(node), entry.value)) return text;
    if (previous !== undefined) return spliced(text, node.offset, node.length, previous);
    return withoutMember(text, entry.path, depth);
  }
  const item = (node.children ?? []).find((child) => same(getNodeValue(child), entry.value));
  if (node.type !== "array" || item === undefined) return text;
  const rest = cut(text, item);
  return (nodeAt(rest, entry.path)?.children ?? []).length > 0 || depth === entry.path.length
    ? rest
    : withoutMember(rest, entry.path, depth);
}

/** Takes a member out, and its parents as long as they were made for it and have become empty. */
function withoutMember(text: string, path: readonly string[], depth: number): string {
  const property = nodeAt(text, path)?.parent;
  const rest = property === undefined ? text : cut(text, property);
  const parent = path.slice(0, -1);
  const empty = (nodeAt(rest, parent)?.children ?? []).length === 0;
  return empty && parent.length > depth ? withoutMember(rest, parent, depth) : rest;
}

function depthOf(root: Node, path: readonly string[]): number {
  let depth = 0;
  while (depth < path.length && findNodeAtLocation(root, path.slice(0, depth + 1)) !== undefined) depth += 1;
  return depth;
}

function nodeAt(text: string, path: readonly string[]): Node | undefined {
  const root = treeOf(text);
  return root === undefined ? undefined : findNodeAtLocation(root, [...path]);
}

function treeOf(text: string): Node | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  return errors.length > 0 || root?.type !== "object" ? undefined : root;
}

/** Puts a value at the end of a list, or under a name at the end of an object. */
function inserted(text: string, into: Node, value: unknown, name?: string): string {
  const label = name === undefined ? "" : `${JSON.stringify(name)}: `;
  const last = into.children?.at(-1);
  const outer = indentAt(text, into.offset);
  if (last === undefined) {
    const inner = outer + unitOf(text);
    const lead = `\n${inner}${label}${written(value, text, inner)}`;
    const inside = text.slice(into.offset + 1, into.offset + into.length - 1);
    const rest = inside.trim() === "" ? `\n${outer}` : inside;
    return spliced(text, into.offset + 1, inside.length, lead + rest);
  }
  const end = last.offset + last.length;
  if (!text.slice(into.offset, last.offset).includes("\n"))
    return spliced(text, end, 0, `, ${label}${JSON.stringify(value)}`);
  const inner = indentAt(text, last.offset);
  const piece = `\n${inner}${label}${written(value, text, inner)}`;
  const tail = text.slice(end, into.offset + into.length - 1);
  // What is said of the last member on its line stays with it.
  const line = /^([ \t]*,)?((?:[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/))*)/.exec(tail);
  const [all = "", comma, comment = ""] = line ?? [];
  if (comma !== undefined) return spliced(text, end + all.length, 0, `${piece},`);
  if (commaIn(tail) !== -1) return spliced(text, end, 0, `,${piece}`);
  return spliced(text, end, comment.length, `,${comment}${piece}`);
}

/** Takes a member of a list or an object out, with the comma that parted it from its neighbour. */
function cut(text: string, node: Node): string {
  const siblings = node.parent?.children ?? [];
  const index = siblings.indexOf(node);
  const before = siblings[index - 1];
  const after = siblings[index + 1];
  const end = node.offset + node.length;
  if (after !== undefined) return text.slice(0, node.offset) + text.slice(after.offset);
  const open = node.parent?.offset ?? node.offset - 1;
  const close = open + (node.parent?.length ?? end - open + 1) - 1;
  const tail = text.slice(end, close);
  const trailing = commaIn(tail);
  const rest = trailing === -1 ? tail : tail.slice(0, trailing) + tail.slice(trailing + 1);
  if (before === undefined) {
    const inside = text.slice(open + 1, node.offset).trimEnd() + rest;
    return text.slice(0, open + 1) + (inside.trim() === "" ? "" : inside) + text.slice(close);
  }
  const start = before.offset + before.length;
  const between = text.slice(start, node.offset).trimEnd();
  const comma = commaIn(between);
  // With a comma after the last member, that of the one before is the new one after the last.
  const lead = trailing === -1 ? between.slice(0, comma) + between.slice(comma + 1) : between;
  return text.slice(0, start) + lead + rest + text.slice(close);
}

/** Where the comma stands in the text between two members, which may hold comments; -1 where there is none. */
function commaIn(between: string): number {
  const blank = between.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => " ".repeat(comment.length));
  return blank.indexOf(",");
}

function written(value: unknown, text: string, indent: string): string {
  return JSON.stringify(value, null, unitOf(text)).replaceAll("\n", `\n${indent}`);
}

/** The whitespace at the beginning of the line. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

/** What the text indents by: the indentation of its first indented line. */
function unitOf(text: string): string {
  return /\n(\t| {1,8})\S/.exec(text)?.[1] ?? "  ";
}

function spliced(text: string, offset: number, length: number, piece: string): string {
  const eol = text.includes("\r\n") ? piece.replaceAll(/\r?\n/g, "\r\n") : piece;
  return text.slice(0, offset) + eol + text.slice(offset + length);
}

function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => name in right && same(left[name], right[name]))
    );
  }
  return left === right;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
