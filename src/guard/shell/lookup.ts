import type { Effect } from "../../core/action.ts";
import { builtFolder, placeOf, temporary, within } from "../paths.ts";
import { Budget } from "./ir.ts";
import { addEffect, contentOf, target } from "./shell.ts";
import type { Shell, World } from "./shell.ts";

/** A file whose text is known: written by this action, or looked up. */
export interface Looked {
  readonly path: string;
  readonly text: string;
}

// Longer files are read as far as this; what a script does shows early.
const textAtMost = 64 * 1024;
const unreadAtMost = 20;

/** What a file holds that would be run; `undefined` where that is not known. A file that may matter is asked for. */
export function lookUp(name: string, shell: Shell): Looked | undefined {
  const { path, glob } = target(shell, name);
  const { world } = shell;
  if (path === undefined || glob === true) return undefined;
  const written = contentOf(shell, name);
  if (written !== undefined) return written.kind === "text" ? { path, text: written.text } : undefined;
  if (!lookable(path, world)) return undefined;
  const { texts } = world.facts;
  const found = texts === undefined || !Object.hasOwn(texts, path) ? undefined : texts[path];
  if (found === undefined) {
    if (world.unread.size < unreadAtMost) world.unread.add(path);
    return undefined;
  }
  return found.kind === "text" ? { path, text: found.text.slice(0, textAtMost) } : undefined;
}

/** The same for a script that is started by its name. */
export function lookUpScript(name: string, shell: Shell): Looked | undefined {
  const { world } = shell;
  const { path, glob } = target(shell, name);
  const fresh = path !== undefined && glob !== true && contentOf(shell, name) === undefined;
  if (fresh && world.lookedUp.length === 0 && lookable(path, world)) world.ran.add(path);
  return lookUp(name, shell);
}

/** Whether it was looked up and is not there. */
export function isAbsent(name: string, shell: Shell): boolean {
  const { path = "" } = target(shell, name);
  const { texts } = shell.world.facts;
  return texts !== undefined && Object.hasOwn(texts, path) && texts[path]?.kind === "absent";
}

/** Programs of the system, of dependencies and of builds are nobody's to read before each command. */
function lookable(path: string, { facts }: World): boolean {
  // Sourced for its settings, and full of what must not be written down.
  if (/(^|\/)\.env(rc|\.[\w.-]+)?$/.test(path)) return false;
  const { worktree, home } = facts;
  if (worktree !== undefined && within(path, worktree)) {
    const rel = path.slice(worktree.length + 1);
    return rel !== "" && !rel.startsWith(".git/") && !builtFolder(rel);
  }
  if (temporary(path, facts)) return true;
  return home !== undefined && within(path, home) && !/\/(\.[^/]+|node_modules|go|bin)\//.test(path);
}

// A package script that calls make, which calls a shell script: real projects stay below this.
const nestedAtMost = 4;

/**
 * Runs what a looked-up file does, by `body`. It is judged more mildly than what is typed: real scripts are full of
 * variables, so what cannot be known there is not held against them, and only what is known to be harmful counts.
 * `key` names the file and the part of it that runs, so that a part which calls itself is read once.
 */
export function runLooked(key: string, shell: Shell, body: (inner: Shell) => void): void {
  const { world } = shell;
  if (world.lookedUp.length >= nestedAtMost || world.lookedUp.includes(key)) return;
  // A long script must not use up what the rest of the action needs.
  const budget = new Budget(Math.max(0, Math.floor(world.budget.left / 2)));
  const before = budget.left;
  const effects: Effect[] = [];
  const inner: World = { ...world, budget, effects, problems: [], lookedUp: [...world.lookedUp, key] };
  body({ ...shell, world: inner });
  world.budget.take(before - Math.max(0, budget.left));
  for (const problem of inner.problems) if (problem.kind === "failed") world.problems.push(problem);
  for (const effect of effects) if (known(effect, world)) addEffect(world, effect);
}

function known(effect: Effect, { facts }: World): boolean {
  switch (effect.kind) {
    case "opaque":
      return false;
    case "execute":
    case "network":
      return true;
    case "git": {
      if (effect.cwd === undefined) return false;
      const forced = effect.args.some((arg) => arg !== undefined && forcing.test(arg));
      return forced || !effect.args.includes(undefined);
    }
    case "read":
      return effect.path !== undefined;
    case "delete":
      if (effect.path === undefined) return false;
      // A tool's own cache or settings in the home folder.
      if (facts.home !== undefined && /^\/\.[^/]+\/./.test(effect.path.slice(facts.home.length)))
        return !within(effect.path, facts.home);
      return effect.recursive || effect.glob === true || !installs(placeOf(effect, facts).kind, effect.path);
    case "write":
      return effect.path !== undefined && !installs(placeOf(effect, facts).kind, effect.path);
  }
}

const forcing = /^(--force.*|-\w*f\w*|--mirror|--delete|-D|--hard|clear|drop|\+.*)$/;

/** What `make install` and the caches of tools do outside the tree. */
function installs(kind: string, path: string): boolean {
  return (
    (kind === "outside" || kind === "system" || kind === "home") &&
    !/^\/etc\/|\/cron|\/\.(ssh|aws|gnupg|kube|docker|npmrc|netrc|gitconfig|bashrc|zshrc|profile|bash_profile|zprofile|claude|codex)/.test(
      path,
    )
  );
}
