import { sha256 } from "./digest.ts";
import type { FileChange } from "./change.ts";

/** Identity of a change: equal patches have equal ids, whenever and wherever they were made. */
export function diffId(patch: string): string {
  return `diff:${patch === "" ? "0".repeat(64) : sha256(patch)}`;
}

/** Reads `git diff --full-index -M` output. A file section that is not understood still yields its path. */
export function parsePatch(patch: string): readonly FileChange[] {
  if (patch === "") return [];
  return patch
    .split(/^(?=diff --git )/m)
    .filter((section) => section.startsWith("diff --git "))
    .map(parseSection);
}

function parseSection(section: string): FileChange {
  const lines = section.split("\n");
  const firstHunk = lines.findIndex((line) => line.startsWith("@@ "));
  const header = firstHunk === -1 ? lines : lines.slice(0, firstHunk);
  const body = firstHunk === -1 ? [] : lines.slice(firstHunk);
  const after = (prefix: string): string | undefined => {
    const line = header.find((candidate) => candidate.startsWith(prefix));
    return line === undefined ? undefined : line.slice(prefix.length);
  };
  const oldPath = stripSide(unquote(after("--- ")), "a/") ?? unquote(after("rename from "));
  const newPath = stripSide(unquote(after("+++ ")), "b/") ?? unquote(after("rename to "));
  const named = newPath ?? oldPath ?? fromTitle(lines[0] ?? "");
  const status =
    after("new file mode ") !== undefined
      ? "added"
      : after("deleted file mode ") !== undefined
        ? "deleted"
        : after("rename from ") !== undefined
          ? "renamed"
          : after("old mode ") !== undefined && body.length === 0
            ? "type-changed"
            : "modified";
  return {
    path: named,
    status,
    ...(status === "renamed" && oldPath !== undefined ? { from: oldPath } : {}),
    ...linkOf(header, body),
    ...countLines(body),
    binary: header.some((line) => line.startsWith("Binary files ") || line.startsWith("GIT binary patch")),
    hunks: body.join("\n"),
  };
}

// Git shows a link as a file of mode 120000 that holds its target, and a file that becomes one as two sections.
function linkOf(header: readonly string[], body: readonly string[]): { readonly link?: string } {
  const isLink = header.some((line) => /^(?:new file mode 120000|index \S+ 120000)$/.test(line));
  const target = body.findLast((line) => line.startsWith("+"));
  return isLink && target !== undefined ? { link: target.slice(1) } : {};
}

// Counts by the hunk headers' own numbers: a removed line that starts with "--" is not a file header.
function countLines(body: readonly string[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const line of body) {
    if (line.startsWith("+")) added += 1;
    else if (line.startsWith("-")) removed += 1;
  }
  return { added, removed };
}

function stripSide(path: string | undefined, side: string): string | undefined {
  if (path === undefined || path === "/dev/null") return undefined;
  return path.startsWith(side) ? path.slice(side.length) : path;
}

// `diff --git a/x b/x` of a mode change or an empty file: both halves are equal.
function fromTitle(title: string): string {
  const rest = title.slice("diff --git ".length);
  const quoted = /^"a\/.*" "(.*)"$/.exec(rest);
  if (quoted !== null) return stripSide(unquote(`"${quoted[1]}"`), "b/") ?? rest;
  const half = rest.slice((rest.length + 1) / 2);
  return stripSide(half, "b/") ?? rest;
}

/** Git quotes paths with special bytes like C strings; octal escapes are UTF-8 bytes. A tab ends an unquoted path. */
function unquote(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  if (!path.startsWith('"')) return path.split("\t")[0];
  const bytes: number[] = [];
  const inner = path.slice(1, path.lastIndexOf('"'));
  const simple: Readonly<Record<string, number>> = {
    n: 10,
    t: 9,
    r: 13,
    a: 7,
    b: 8,
    f: 12,
    v: 11,
    '"': 34,
    "\\": 92,
  };
  for (let at = 0; at < inner.length; at += 1) {
    const char = inner.charAt(at);
    if (char !== "\\") {
      bytes.push(...new TextEncoder().encode(char));
      continue;
    }
    const octal = /^[0-7]{3}/.exec(inner.slice(at + 1))?.[0];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += 3;
    } else {
      bytes.push(simple[inner.charAt(at + 1)] ?? inner.charCodeAt(at + 1));
      at += 1;
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
