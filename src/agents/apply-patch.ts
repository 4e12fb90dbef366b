import type { Action } from "../core/action.ts";

type Edit = Extract<Action, { kind: "edit" }>;

/**
 * Reads the patch text that Codex's `apply_patch` takes: `*** Begin Patch`, then per file `*** Add File: p`,
 * `*** Delete File: p` or `*** Update File: p` with an optional `*** Move to: q`, then `*** End Patch`. One edit a file,
 * two for a file that is moved and changed. `undefined` where the text is not understood to its end.
 */
export function editsOfPatch(text: string): readonly Edit[] | undefined {
  const start = text.indexOf("*** Begin Patch");
  const end = text.lastIndexOf("*** End Patch");
  if (start === -1 || end < start) return undefined;
  const lines = text
    .slice(start, end)
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .slice(1);
  const edits: Edit[] = [];
  let section: Section | undefined;
  for (const line of lines) {
    const header = /^\*\*\* (Add|Delete|Update) File: (.+)$/.exec(line.trimEnd());
    if (header !== null) {
      if (section !== undefined) edits.push(...editsOf(section));
      section = { verb: header[1] ?? "", path: (header[2] ?? "").trim(), to: undefined, old: [], fresh: [] };
      continue;
    }
    const move = /^\*\*\* Move to: (.+)$/.exec(line.trimEnd());
    if (section === undefined) {
      if (line.trim() !== "" && !line.startsWith("*** Environment")) return undefined;
    } else if (move !== null) section.to = (move[1] ?? "").trim();
    else read(section, line);
  }
  if (section !== undefined) edits.push(...editsOf(section));
  return edits.length === 0 ? undefined : edits;
}

interface Section {
  readonly verb: string;
  readonly path: string;
  to: string | undefined;
  readonly old: string[];
  readonly fresh: string[];
}

function read(section: Section, line: string): void {
  if (line.startsWith("@@") || line.startsWith("*** End of File")) return;
  const rest = line.slice(1);
  if (line.startsWith("+")) section.fresh.push(rest);
  else if (line.startsWith("-")) section.old.push(rest);
  else {
    section.old.push(rest);
    section.fresh.push(rest);
  }
}

function editsOf(section: Section): readonly Edit[] {
  const { verb, path, to, old, fresh } = section;
  if (verb === "Delete") return [{ kind: "edit", path, change: { kind: "delete" } }];
  if (verb === "Add") return [{ kind: "edit", path, change: { kind: "create", text: joined(fresh) } }];
  const replace: Edit = {
    kind: "edit",
    path,
    change: { kind: "replace", oldText: joined(old), newText: joined(fresh) },
  };
  if (to === undefined) return [replace];
  const move: Edit = { kind: "edit", path, change: { kind: "move", to } };
  return old.length + fresh.length === 0 ? [move] : [move, { ...replace, path: to }];
}

function joined(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
