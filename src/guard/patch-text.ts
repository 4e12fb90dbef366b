import type { Effect } from "../core/action.ts";

/** One file as a patch in the command's text would change it. */
export interface Patched {
  /** As the patch names it, without `a/` and `b/`. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly deleted: boolean;
}

/** The files that a patch in the text of a command changes: a unified diff, or the form that `apply_patch` takes. */
export function patchedFiles(command: string, effects: readonly Effect[]): readonly Patched[] {
  return effects.some(applies) ? parsePatch(command.slice(0, textAtMost)) : [];
}

const textAtMost = 200_000;
const filesAtMost = 100;

function applies(effect: Effect): boolean {
  if (effect.kind === "git") return appliesPatch(effect.operation);
  return effect.kind === "execute" && isPatchProgram(effect.program ?? "");
}

export function appliesPatch(operation: string): boolean {
  return operation === "apply" || operation === "am";
}

export function isPatchProgram(name: string): boolean {
  return /^(g?patch|apply_patch|applypatch)$/.test(name);
}

function parsePatch(text: string): readonly Patched[] {
  const files: { path: string; before: string[]; after: string[]; deleted: boolean }[] = [];
  for (const line of text.split("\n")) {
    const named = /^(?:\+\+\+ (?:b\/)?|\*\*\* (?:Update|Add|Delete) File: )(\S+)/.exec(line)?.[1];
    const old = /^--- (?:a\/)?(\S+)/.exec(line)?.[1];
    const last = files.at(-1);
    if (old !== undefined) {
      if (files.length < filesAtMost) files.push({ path: old, before: [], after: [], deleted: false });
    } else if (line.startsWith("*** ") && named !== undefined) {
      if (files.length < filesAtMost)
        files.push({ path: named, before: [], after: [], deleted: line.startsWith("*** Delete") });
    } else if (line.startsWith("+++ ") && last !== undefined && named !== undefined) {
      if (named === "/dev/null") last.deleted = true;
      else last.path = named;
    } else if (last !== undefined && /^[-+ ]/.test(line)) {
      if (!line.startsWith("+")) last.before.push(line.slice(1));
      if (!line.startsWith("-")) last.after.push(line.slice(1));
    }
  }
  return files.map(({ path, before, after, deleted }) => ({
    path,
    before: before.join("\n"),
    after: after.join("\n"),
    deleted,
  }));
}
