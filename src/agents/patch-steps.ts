import { parsePatch } from "../core/diff.ts";
import type { ToolCall } from "../core/ports.ts";
import { quoted } from "./shell-quote.ts";

/** A patch as the calls that a careful agent would make of it: one per file or per hunk. */
export type PatchStep =
  | { readonly kind: "call"; readonly call: ToolCall }
  | Hunk
  | { readonly kind: "left-out"; readonly says: string };

export interface Hunk {
  readonly kind: "hunk";
  readonly path: string;
  /** Where the hunk begins once those before it are applied; lines count from 1. */
  readonly line: number;
  readonly oldText: string;
  readonly newText: string;
}

/**
 * Reads a unified diff, with git's headers or without. Equal patches give equal steps, so that a resumed turn can tell
 * which of them it has made. What typed tools cannot do (binary content) is left out and said.
 */
export function patchSteps(diff: string): readonly PatchStep[] {
  return withTitles(diff)
    .split(/^(?=diff --git )/m)
    .filter((section) => section.startsWith("diff --git "))
    .flatMap((section) => parsePatch(section).flatMap((file) => stepsOf(section, file)));
}

function stepsOf(section: string, file: ReturnType<typeof parsePatch>[number]): readonly PatchStep[] {
  const { path, from, hunks, binary } = file;
  const header = section.slice(0, Math.max(0, section.indexOf("\n@@ ")) || undefined);
  if (binary) return [{ kind: "left-out", says: `${path} is binary, which no typed tool can write` }];
  const edits = parseHunks(path, hunks);
  const added = /^new file mode |^--- \/dev\/null$/m.test(header);
  const deleted = /^deleted file mode |^\+\+\+ \/dev\/null$/m.test(header);
  if (deleted) return [call("delete_file", { path: pathOf(header, "---") ?? path })];
  if (added) {
    const executable = header.includes("\nnew file mode 100755");
    const text = edits.map((edit) => edit.newText).join("");
    return [call("create_file", { path, text, ...(executable ? { executable } : {}) })];
  }
  const mode = /^new mode 100(755|644)$/m.exec(header)?.[1];
  return [
    ...(from === undefined || from === path ? [] : [shell(moving(from, path))]),
    ...(mode === undefined ? [] : [shell(quoted(["chmod", mode === "755" ? "+x" : "-x", path]))]),
    ...edits,
  ];
}

function moving(from: string, to: string): string {
  const folder = to.includes("/") ? `${quoted(["mkdir", "-p", to.replace(/\/[^/]*$/, "")])} && ` : "";
  return `${folder}${quoted(["git", "mv", from, to])}`;
}

function shell(command: string): PatchStep {
  return call("run_command", { command });
}

function call(tool: string, args: unknown): PatchStep {
  return { kind: "call", call: { tool, args } };
}

// A plain diff names its files in two lines only; a title as git writes it makes it the same as the others.
function withTitles(diff: string): string {
  if (/^diff --git /m.test(diff)) return diff;
  return diff.replace(
    /^--- (\S.*)\n\+\+\+ (\S.*)\n(?=@@ )/gm,
    (whole) => `diff --git a/${pathOf(whole, "+++") ?? ""} b/${pathOf(whole, "+++") ?? ""}\n${whole}`,
  );
}

function pathOf(header: string, sign: "---" | "+++"): string | undefined {
  const line = header.split("\n").find((candidate) => candidate.startsWith(`${sign} `));
  const path = line?.slice(4).split("\t")[0];
  // A quoted path has escapes that `parsePatch` reads.
  if (path === undefined || path === "/dev/null" || path.startsWith('"')) return undefined;
  return path.replace(/^[ab]\//, "");
}

function parseHunks(path: string, text: string): readonly Hunk[] {
  const hunks: Hunk[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const head = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(lines[at] ?? "");
    if (head === null) continue;
    const left = { old: Number(head[1] ?? 1), fresh: Number(head[3] ?? 1) };
    const old: string[] = [];
    const fresh: string[] = [];
    while (left.old > 0 || left.fresh > 0 || lines[at + 1]?.startsWith("\\") === true) {
      at += 1;
      const line = lines[at];
      if (line === undefined) break;
      if (line.startsWith("\\")) unended(lines[at - 1] ?? "", old, fresh);
      else {
        // Some tools take the space off an empty line of context.
        const sign = line === "" ? " " : line.charAt(0);
        const body = `${line.slice(1)}\n`;
        if (sign !== "+") old.push(body);
        if (sign !== "-") fresh.push(body);
        left.old -= sign === "+" ? 0 : 1;
        left.fresh -= sign === "-" ? 0 : 1;
      }
    }
    hunks.push({ kind: "hunk", path, line: Number(head[2]), oldText: old.join(""), newText: fresh.join("") });
  }
  return hunks;
}

// "\ No newline at end of file" is about the line above it.
function unended(above: string, old: string[], fresh: string[]): void {
  if (!above.startsWith("+")) cutLineBreak(old);
  if (!above.startsWith("-")) cutLineBreak(fresh);
}

function cutLineBreak(lines: string[]): void {
  const last = lines.pop();
  if (last !== undefined) lines.push(last.replace(/\n$/, ""));
}

export interface Anchored {
  readonly oldText: string;
  readonly newText: string;
}

/**
 * The hunk as an anchor that stands once in `text`: lines around it are taken in until it does. Where the hunk does not
 * fit the text it is left as it is, and the tool will say so.
 */
export function anchored(hunk: Hunk, text: string): Anchored {
  const { oldText, newText } = hunk;
  if (oldText === text) return { oldText, newText };
  const starts = lineStarts(text);
  const last = starts.length - 1;
  const wanted = Math.min(Math.max(0, hunk.line - 1), last);
  const [first] =
    oldText === ""
      ? [wanted]
      : [...starts.keys()]
          .filter((line) => text.startsWith(oldText, starts[line]))
          .toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
  if (first === undefined) return { oldText, newText };
  const start = starts[first] ?? 0;
  const end = start + oldText.length;
  const after = starts.findIndex((offset) => offset >= end);
  for (let around = 0; around <= starts.length; around += 1) {
    const from = around === 0 ? start : (starts[Math.max(0, first - around)] ?? 0);
    const to = around === 0 ? end : (starts[Math.min(last, after + around - 1)] ?? text.length);
    const anchor = text.slice(from, to);
    if (anchor !== "" && text.indexOf(anchor) === text.lastIndexOf(anchor))
      return { oldText: anchor, newText: text.slice(from, start) + newText + text.slice(end, to) };
  }
  return { oldText, newText };
}

/** Offset of every line, and the end of the text as the last. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) starts.push((starts.at(-1) ?? 0) + line.length);
  return starts;
}
