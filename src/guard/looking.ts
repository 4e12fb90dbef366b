import type { Effect, Facts } from "../core/action.ts";
import { invocations } from "./argv.ts";
import { builtFolder, placeOfPath, resolvePath } from "./paths.ts";
import type { FileEffect } from "./paths.ts";

/** Programs that show what a folder holds, when they are given one. */
const listers: ReadonlySet<string> = new Set([
  "ls",
  "tree",
  "find",
  "gfind",
  "eza",
  "exa",
  "lsd",
  "fd",
  "fdfind",
  "du",
]);

/** Files that are read and folders that are listed: what the agent knows of afterwards. Absolute paths. */
export function lookedAt(effects: readonly Effect[], facts: Facts): readonly string[] {
  const read = effects.flatMap((effect) =>
    effect.kind === "read" && effect.glob !== true && effect.path !== undefined ? [effect.path] : [],
  );
  const listed = invocations(effects, listers).flatMap(({ program, args, cwd }) => {
    const operands = args.filter((arg) => arg?.startsWith("-") === false);
    const named = program.startsWith("fd") ? operands.slice(1) : rootsOf(program, args, operands);
    return (named.length === 0 ? ["."] : named).flatMap((name) => {
      const path = name === undefined || /[*?[]/.test(name) ? undefined : resolvePath(name, cwd);
      return path === undefined ? [] : [path];
    });
  });
  return [...new Set([...read, ...listed])].filter((path) => remembered(path, facts));
}

// `find roots expression`: the roots end at the first word of the expression.
function rootsOf(
  program: string,
  args: readonly (string | undefined)[],
  operands: readonly (string | undefined)[],
): readonly (string | undefined)[] {
  if (!program.endsWith("find")) return operands;
  const end = args.findIndex(
    (arg, at) => at >= 0 && arg !== undefined && /^[-(!]/.test(arg) && !/^-[HLP]$/.test(arg),
  );
  return (end < 0 ? args : args.slice(0, end)).filter((arg) => arg?.startsWith("-") !== true);
}

/** The folders and files that a recursive delete takes away, with everything in them; what builds make is left out. */
export function uprooted(
  effects: readonly Effect[],
  facts: Facts,
): readonly (readonly [FileEffect, string])[] {
  return effects.flatMap((effect): readonly (readonly [FileEffect, string])[] => {
    if (effect.kind !== "delete" || effect.path === undefined || !(effect.recursive || effect.glob === true))
      return [];
    // `mv` takes a tree away as well, and puts it somewhere else.
    if (/^(mv|git|edit)$/.test(effect.by ?? "")) return [];
    const folder = effect.glob === true ? /^(.*)\/[*]+$/.exec(effect.path)?.[1] : effect.path;
    return folder !== undefined && remembered(folder, facts) && placeOfPath(folder, facts).kind === "inside"
      ? [[effect, folder]]
      : [];
  });
}

/** What dependencies and builds put down is nobody's work, and changes too often to be remembered. */
function remembered(path: string, facts: Facts): boolean {
  const place = placeOfPath(path, facts);
  if (place.kind === "inside") return !builtFolder(place.rel);
  return place.kind === "temp" || (place.kind === "worktree" && path === facts.worktree);
}
