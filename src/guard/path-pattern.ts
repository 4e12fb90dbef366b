import type { Facts } from "../core/action.ts";
import { matchesAny } from "../core/glob.ts";
import { within } from "./paths.ts";
import type { FileEffect } from "./paths.ts";

/** Whether the effect touches something that one of the globs names, as far as its target is known. */
export function touches(effect: FileEffect, globs: readonly string[], facts: Facts): boolean {
  const { path } = effect;
  if (path === undefined) return false;
  return globs.some((glob) => {
    const absolute = absoluteGlob(glob, facts);
    if (absolute === undefined) return false;
    if (namesOf(path, facts).some((name) => matchesAny(name, [absolute]))) return true;
    const folder = fixedPart(absolute);
    if (effect.glob === true)
      return (
        matchesAny(sample(absolute), [path]) ||
        (effect.recursive && upTo(folder).some((parent) => matchesAny(parent, [path])))
      );
    return effect.recursive && within(folder, path);
  });
}

/** Whether the globs name everything that the effect may touch. */
export function coversPath(effect: FileEffect, globs: readonly string[], facts: Facts): boolean {
  const { path } = effect;
  if (path === undefined) return false;
  const absolute = globs.flatMap((glob) => absoluteGlob(glob, facts) ?? []);
  return namesOf(path, facts).every(
    (name) => matchesAny(name, absolute) && (!effect.recursive || matchesAny(`${name}/x`, absolute)),
  );
}

/** Whether a folder of the worktree is one that the globs name. */
export function inFolders(folder: string, globs: readonly string[], { worktree }: Facts): boolean {
  if (worktree === undefined || !within(folder, worktree)) return false;
  return matchesAny(folder === worktree ? "." : folder.slice(worktree.length + 1), globs);
}

function absoluteGlob(glob: string, { worktree, home }: Facts): string | undefined {
  if (glob.startsWith("/")) return glob;
  const [base, rest] = glob.startsWith("~/") ? [home, glob.slice(2)] : [worktree, glob];
  // A folder's real name is no pattern.
  return base === undefined ? undefined : `${base.replace(/[\\$^*+?()[\]{}!|@]/g, "\\$&")}/${rest}`;
}

/** As written, and with symbolic links resolved. */
function namesOf(path: string, { paths = {} }: Facts): readonly string[] {
  const real = new Map(Object.entries(paths)).get(path)?.real;
  return real === undefined ? [path] : [path, real];
}

/** The folder, or file, above everything that the glob may match. */
function fixedPart(glob: string): string {
  const parts = glob.split("/");
  const first = parts.findIndex((part) => /(?<!\\)[*?{]/.test(part));
  return (first < 0 ? parts : parts.slice(0, first)).join("/").replaceAll("\\", "");
}

/** A path that the glob matches. */
function sample(glob: string): string {
  return glob
    .replace(/\{([^,{}]*)[^{}]*\}/g, "$1")
    .replace(/(?<!\\)\*+|(?<!\\)\?/g, "x")
    .replaceAll("\\", "");
}

function upTo(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/")).slice(1);
}
