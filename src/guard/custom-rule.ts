import type { Effect, Facts, Span } from "../core/action.ts";
import type { CustomRule, Policy } from "../core/policy.ts";
import { commandPattern, contains, equals } from "./command-pattern.ts";
import type { Argv, CommandPattern } from "./command-pattern.ts";
import { onHost } from "./host-pattern.ts";
import { coversPath, inFolders, touches } from "./path-pattern.ts";
import { resolvePath } from "./paths.ts";
import type { Problem } from "./reading.ts";
import type { Hit, Rule, Scene } from "./rule.ts";
import { matchesWildcard } from "./wildcard.ts";

/** The rules that a policy brings along, ready to be used. Making them costs more than using them: once a policy. */
export interface CustomRules {
  /** `deny` and `ask`. */
  readonly rules: readonly Rule[];
  readonly allows: readonly Allow[];
}

/** An exception from the built-in rules. */
export interface Allow {
  readonly id: string;
  /** Whether it also lifts rules about what cannot be undone. */
  readonly irreversible: boolean;
  covers(scene: Scene): Covered;
}

/** What of a scene an exception is for. */
export interface Covered {
  readonly effects: readonly Effect[];
  readonly problems: readonly Problem[];
}

export function customRules({ guard }: Policy): CustomRules {
  return {
    rules: guard.custom.flatMap((rule) => (rule.verdict === "allow" ? [] : [stopping(rule, rule.verdict)])),
    allows: guard.custom.flatMap((rule) => (rule.verdict === "allow" ? [allowing(rule)] : [])),
  };
}

type Seen = "yes" | "perhaps" | "no";

function stopping(rule: CustomRule, verdict: Rule["verdict"]): Rule {
  const sees = seeing(rule);
  return {
    id: rule.id,
    irreversible: false,
    verdict,
    says: rule.says,
    ...(rule.instead === undefined ? {} : { instead: rule.instead }),
    find: (scene) => {
      const hits: Hit[] = [];
      if (!inMode(rule, scene.facts)) return hits;
      if (isTool(rule, scene) && inPaths(rule, scene.facts.worktree, scene.facts, true)) hits.push({});
      // A loop: a policy may hold hundreds of rules, and each of them looks at each effect.
      for (const effect of scene.effects) {
        const seen = sees(effect, scene);
        if (seen === "no" || !inPaths(rule, folderOf(effect, scene), scene.facts, true)) continue;
        const span = effect.span === undefined ? {} : { span: effect.span };
        const says = `a word of it cannot be known, and with some words ${rule.says}`;
        hits.push(seen === "yes" ? span : { ...span, verdict: "ask", says });
      }
      return hits;
    },
    mustBlock: [],
    mustAllow: [],
  };
}

/** What the rule says about one effect. */
function seeing(rule: CustomRule): (effect: Effect, scene: Scene) => Seen {
  const commands = rule.match.command.map((text) => commandPattern(text));
  const { match } = rule;
  return (effect, scene) => {
    switch (effect.kind) {
      case "execute":
      case "git":
        return commandSeen(commands, effect);
      case "read":
      case "write":
      case "delete": {
        const globs = globsFor(rule, effect, scene);
        return globs.length > 0 && touches(effect, globs, scene.facts) ? "yes" : "no";
      }
      case "network":
        return match.network.length > 0 && onHost(effect.target, match.network) ? "yes" : "no";
      case "opaque":
        return "no";
    }
  };
}

function commandSeen(commands: readonly CommandPattern[], effect: Start): Seen {
  const program = programOf(effect);
  let best: Seen = "no";
  for (const pattern of commands) {
    if (program === undefined || !matchesWildcard(program, pattern.program)) continue;
    const seen = contains(pattern, argvOf(effect));
    if (seen === "yes") return seen;
    if (seen === "perhaps") best = seen;
  }
  return best;
}

function allowing(rule: CustomRule): Allow {
  const commands = rule.match.command.map((text) => commandPattern(text));
  const here = (effect: Effect, scene: Scene): boolean =>
    inPaths(rule, folderOf(effect, scene), scene.facts, false);
  const meant = (effect: Effect, scene: Scene): boolean => {
    switch (effect.kind) {
      case "execute":
      case "git":
        return commands.some((pattern) => isMeant(pattern, effect));
      case "read":
      case "write":
      case "delete":
        return coversPath(effect, globsFor(rule, effect, scene), scene.facts);
      case "network":
        return onHost(effect.target, rule.match.network);
      case "opaque":
        return false;
    }
  };
  return {
    id: rule.id,
    irreversible: rule.irreversible,
    covers: (scene) => {
      const { effects, facts, reading } = scene;
      if (!inMode(rule, facts)) return nothing;
      if (isTool(rule, scene) && inPaths(rule, facts.worktree, facts, false))
        return { effects, problems: reading.problems.filter(isOpaqueBody) };
      const direct = effects.filter((effect) => meant(effect, scene) && here(effect, scene));
      const spans = direct.flatMap((effect) => (isStart(effect) ? ownWords(effect, direct, scene) : []));
      return {
        effects: [...direct, ...effects.filter((effect) => spans.some((words) => follows(effect, words)))],
        problems: reading.problems.filter(
          (problem) => isOpaqueBody(problem) && spans.some(({ span }) => inside(problem.span, span)),
        ),
      };
    },
  };
}

const nothing: Covered = { effects: [], problems: [] };

// Code that a meant command is given and that cannot be known is meant with it; text that cannot be read is not.
function isOpaqueBody({ kind }: Problem): boolean {
  return kind === "opaque-body";
}

interface OwnWords {
  readonly program: string;
  readonly span: Span;
}

/**
 * The words of a command that is meant, where they are its own: whatever else starts in them (a substitution, a
 * wrapper, text for a shell) must be meant as well.
 */
function ownWords(start: Start, meant: readonly Effect[], { action, effects }: Scene): readonly OwnWords[] {
  const { span } = start;
  const program = programOf(start);
  if (span === undefined || program === undefined || action.kind !== "exec") return [];
  // Inside text for a shell all effects have that text's place, so nothing tells them apart.
  const first = action.command.slice(span.start, span.end).split(/\s/, 1).join("");
  if (first.slice(first.lastIndexOf("/") + 1) !== program) return [];
  const strange = effects.some(
    (effect) => isStart(effect) && inside(effect.span, span) && !meant.includes(effect),
  );
  return strange ? [] : [{ program, span }];
}

/** Files and hosts among a command's own words; a redirect is not its doing. */
function follows(effect: Effect, { program, span }: OwnWords): boolean {
  return (
    inside(effect.span, span) && (effect.kind === "network" || ("by" in effect && effect.by === program))
  );
}

function inside(inner: Span | undefined, outer: Span): boolean {
  return inner !== undefined && inner.start >= outer.start && inner.end <= outer.end;
}

function isMeant(pattern: CommandPattern, effect: Start): boolean {
  // A variable, a setting or an input that the pattern does not show may change what the words mean.
  const more =
    effect.kind === "git"
      ? Object.keys(effect.config ?? {}).length > 0
      : Object.keys(effect.env ?? {}).length > 0 || (effect.input !== undefined && !pattern.open);
  return !more && equals(pattern, argvOf(effect));
}

type Start = Extract<Effect, { kind: "execute" | "git" }>;

function isStart(effect: Effect): effect is Start {
  return effect.kind === "execute" || effect.kind === "git";
}

function programOf(effect: Start): string | undefined {
  return effect.kind === "git" ? "git" : effect.program;
}

function argvOf(effect: Start): Argv {
  return effect.kind === "git" ? ["git", effect.operation, ...effect.args] : [effect.program, ...effect.args];
}

function globsFor(
  { match }: CustomRule,
  effect: Extract<Effect, { kind: "read" | "write" | "delete" }>,
  { action }: Scene,
): readonly string[] {
  const own = effect.kind === "read" ? match.reads : effect.kind === "write" ? match.writes : match.deletes;
  return action.kind === "edit" && effect.kind !== "read" && match.edits.length > 0
    ? [...own, ...match.edits]
    : own;
}

function isTool({ match }: CustomRule, { action }: Scene): boolean {
  return (
    action.kind === "tool" &&
    match.tool.some((pattern) => matchesWildcard(`${action.server}/${action.name}`, pattern))
  );
}

function inMode({ modes }: CustomRule, { mode = "implement" }: Facts): boolean {
  return modes.length === 0 || modes.includes(mode);
}

/** Where a folder cannot be known, what stops holds and what allows does not. */
function inPaths({ paths }: CustomRule, folder: string | undefined, facts: Facts, unknown: boolean): boolean {
  if (paths.length === 0) return true;
  return folder === undefined ? unknown : inFolders(folder, paths, facts);
}

/** The folder that a command runs in, or that the file of another tool lies in. */
function folderOf(effect: Effect, { action, facts }: Scene): string | undefined {
  if (isStart(effect)) return effect.cwd;
  switch (action.kind) {
    case "exec":
      return action.cwd;
    case "edit":
    case "read":
    case "search":
      return resolvePath(`${action.path}/..`, facts.worktree);
    case "fetch":
    case "tool":
      return facts.worktree;
  }
}
