import type { Action, Effect, Facts } from "../core/action.ts";
import type { FactNeeds } from "../core/ports.ts";
import { discards, gitOptions } from "./git.ts";
import type { GitEffect } from "./git.ts";
import { lookedAt, uprooted } from "./looking.ts";
import { packagesOf } from "./package-commands.ts";
import { placeOfPath, resolvePath } from "./paths.ts";
import { readAction } from "./reading.ts";
import { isKnown } from "./shell/shell.ts";
import { wholeTests } from "./whole-tests.ts";

/** Where an action would happen. Paths are absolute. */
export interface Where {
  readonly worktree: string;
  /** The working folder of an edit's relative paths is the worktree; a command carries its own. */
  readonly cwd?: string;
  readonly home?: string;
  readonly tempDirs?: readonly string[];
}

/**
 * Names the facts that `judge` needs for this action, so that nothing else is fetched. With the facts that are known
 * already, what they bring to light is named as well: a script that is run may run another one.
 */
export function read(action: Action, where: Where, learned: Facts = {}): FactNeeds {
  const { cwd: _, ...known } = where;
  const facts: Facts = { ...learned, ...known };
  const { effects, aliases, unread, ran, written } = readAction(action, facts);
  const operations = new Set(effects.flatMap((effect) => (effect.kind === "git" ? [effect.operation] : [])));
  const some = (names: readonly string[]): boolean =>
    aliases.length > 0 || names.some((name) => operations.has(name));
  const packages = packagesOf(effects);
  const tests = wholeTests(action, effects, written, facts).map(({ path }) => path);
  const texts = [...new Set([...unread, ...tests])].slice(0, pathsAtMost);
  const decided = [...uprooted(effects, facts).map(([, path]) => path), ...ran];
  const digests = [...new Set([...decided, ...lookedAt(effects, facts)])].slice(0, pathsAtMost);
  return {
    currentBranch: some(branchMatters),
    upstream: some(["push"]),
    dirty: some(dirtyMatters),
    paths: pathsOf(effects, facts),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(texts.length === 0 ? {} : { texts }),
    ...(digests.length === 0 ? {} : { digests }),
    ...(decided.length === 0 ? {} : { history: true }),
    ...(packages.length === 0 ? {} : { packages }),
  };
}

const branchMatters = ["push", "send-pack", "subtree", "rebase", "reset", "branch", "commit", "update-ref"];

const dirtyMatters = [
  "reset",
  "checkout",
  "switch",
  "restore",
  "read-tree",
  "checkout-index",
  "rm",
  "submodule",
];

// A command that names more files than this is judged by where they lie alone.
const pathsAtMost = 50;

// What a checkout or a clean names is looked up as well: is it modified, is it ignored?
function pathspecs(effect: GitEffect): readonly string[] {
  const named = effect.operation === "clean" ? gitOptions(effect, { short: "e" }).operands : undefined;
  const paths = named?.map((arg) => arg.value) ?? discards(effect)?.paths ?? [];
  return paths.flatMap((path) => {
    const full = isKnown(path) ? resolvePath(path, effect.cwd) : undefined;
    return full === undefined ? [] : [full];
  });
}

function pathsOf(effects: readonly Effect[], facts: Facts): readonly string[] {
  const touched = effects.flatMap((effect) => {
    if (effect.kind === "git") return pathspecs(effect);
    if (effect.kind !== "write" && effect.kind !== "delete" && effect.kind !== "read") return [];
    if (effect.path === undefined || effect.glob === true) return [];
    const place = placeOfPath(effect.path, facts);
    return place.kind === "inside" || place.kind === "temp" ? [effect.path] : [];
  });
  return [...new Set(touched)].slice(0, pathsAtMost);
}
