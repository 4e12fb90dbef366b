import type { Effect, Facts } from "../core/action.ts";
import { matchesAny } from "../core/glob.ts";
import type { Policy } from "../core/policy.ts";
import { readOptions } from "./shell/options.ts";
import type { OptionSpec, Options } from "./shell/options.ts";
import { hole, isKnown } from "./shell/shell.ts";

export type GitEffect = Extract<Effect, { kind: "git" }>;

/** The git commands among the effects whose operation is one of the names. */
export function gitEffects(
  effects: readonly Effect[],
  ...operations: readonly string[]
): readonly GitEffect[] {
  return effects.filter(
    (effect): effect is GitEffect =>
      effect.kind === "git" && (operations.length === 0 || operations.includes(effect.operation)),
  );
}

/** Options of a git subcommand; an argument that cannot be known is a hole among the operands. */
export function gitOptions(effect: GitEffect, spec: OptionSpec = {}): Options {
  const span = effect.span ?? { start: 0, end: 0 };
  return readOptions(
    effect.args.map((value) => ({ value: value ?? hole, span })),
    spec,
  );
}

export interface Push {
  /** `undefined` where none is named. */
  readonly remote: string | undefined;
  readonly specs: readonly Refspec[];
  /** Whether something of what is pushed cannot be known. */
  readonly opaque: boolean;
  readonly forced: boolean;
  /** Forced only where nobody else has pushed since (`--force-with-lease`). */
  readonly leased: boolean;
  readonly mirror: boolean;
  readonly all: boolean;
  readonly deletes: boolean;
  readonly dryRun: boolean;
}

export interface Refspec {
  readonly forced: boolean;
  /** Empty where the reference is deleted. */
  readonly source: string;
  readonly target: string;
}

// git-push(1), options of git 2.50.
const pushSpec: OptionSpec = {
  short: "o",
  long: ["receive-pack", "exec", "repo", "push-option", "recurse-submodules"],
  flags: [
    "force",
    "force-with-lease",
    "force-if-includes",
    "all",
    "branches",
    "mirror",
    "delete",
    "dry-run",
    "tags",
    "follow-tags",
    "set-upstream",
    "prune",
    "porcelain",
    "progress",
    "no-verify",
  ],
};

/** Whether `readPush` looks at commands with this operation. */
export function isPush(operation: string): boolean {
  return /^(push|send-pack|http-push|subtree)$/.test(operation);
}

/** What a `git push`, `git send-pack` or `git subtree push` would update. */
export function readPush(effect: GitEffect): Push | undefined {
  if (effect.operation === "subtree") {
    if (effect.args[0] !== "push") return undefined;
    const options = gitOptions(
      { ...effect, args: effect.args.slice(1) },
      { short: "P", long: ["prefix"], flags: ["force"] },
    );
    return pushOf(options, effect, options.flags.has("force"));
  }
  if (effect.operation !== "push" && effect.operation !== "send-pack" && effect.operation !== "http-push")
    return undefined;
  const options = gitOptions(effect, pushSpec);
  return pushOf(options, effect, options.flags.has("f") || options.flags.has("force"));
}

function pushOf(options: Options, effect: GitEffect, forced: boolean): Push {
  const { flags } = options;
  const [remote, ...names] = options.operands.map((arg) => arg.value);
  const named = options.values.get("repo")?.at(-1)?.value;
  const targets = named === undefined ? names : [...(remote === undefined ? [] : [remote]), ...names];
  const configured = Object.entries(effect.config ?? {});
  const mapped = configured.filter(([key]) => /^remote\..*\.push$/.test(key)).map(([, value]) => value);
  const mirrors = configured.some(([key, value]) => /^remote\..*\.mirror$/.test(key) && value !== "false");
  const matching = configured.some(([key, value]) => key === "push.default" && value === "matching");
  // A lone unknown word may be options or a remote; before a remote and a branch it can only be options.
  const optionHole = remote !== undefined && !isKnown(remote) && names.length !== 1;
  const tags = targets.indexOf("tag");
  const refs =
    tags >= 0
      ? targets
          .filter((_, index) => index !== tags)
          .map((name) => (name === targets[tags + 1] ? `refs/tags/${name}` : name))
      : targets;
  const deletes = flags.has("d") || flags.has("delete");
  return {
    remote: named ?? remote,
    specs: [...refs, ...mapped].map((text) => refspec(text, deletes)),
    opaque: optionHole || [...refs, ...mapped].some((text) => !isKnown(text)),
    forced,
    leased: flags.has("force-with-lease") || flags.has("force-if-includes"),
    mirror: flags.has("mirror") || mirrors || flags.has("prune"),
    all: flags.has("all") || flags.has("branches") || matching,
    deletes,
    dryRun: flags.has("n") || flags.has("dry-run"),
  };
}

function refspec(text: string, deletes: boolean): Refspec {
  const forced = text.startsWith("+");
  const plain = forced ? text.slice(1) : text;
  if (deletes) return { forced, source: "", target: plain };
  const cut = plain.indexOf(":");
  return cut < 0
    ? { forced, source: plain, target: plain }
    : { forced, source: plain.slice(0, cut), target: plain.slice(cut + 1) };
}

/** A branch name without the ways in which git lets one write it. */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/heads\//, "").replace(/^heads\//, "");
}

export function isProtected(ref: string, policy: Policy): boolean {
  const name = branchName(ref);
  // Two names are one branch where the file system ignores case.
  return (
    matchesAny(name, policy.protectedBranches) || matchesAny(name.toLowerCase(), policy.protectedBranches)
  );
}

/** `origin/main` → `main`; a remote's name may hold slashes, so every way to cut counts. */
export function upstreamIsProtected(upstream: string, policy: Policy): boolean {
  const parts = upstream.split("/");
  return parts.some((_, index) => isProtected(parts.slice(index).join("/"), policy));
}

/** Whether the branch that HEAD names is protected; an unknown one counts as protected. */
export function currentIsProtected(facts: Facts, policy: Policy): boolean {
  const { currentBranch } = facts;
  if (currentBranch === undefined || currentBranch === "unknown") return true;
  return isProtected(currentBranch, policy);
}

/** The branch that an earlier command of the same action checks out; `undefined` where none does. */
export function checkedOut(effects: readonly Effect[], before: GitEffect): string | undefined {
  const earlier = gitEffects(effects.slice(0, Math.max(0, effects.indexOf(before))), "checkout", "switch");
  for (const effect of earlier.toReversed()) {
    const { operands, values, flags } = gitOptions(effect, { short: "bBcC", long: ["orphan", "create"] });
    const made = ["b", "B", "c", "C", "orphan", "create"]
      .flatMap((name) => values.get(name) ?? [])
      .at(-1)?.value;
    const [only] = operands;
    if (made !== undefined) return made;
    if (operands.length === 1 && only !== undefined && !effect.args.includes("--") && !flags.has("d"))
      return looksLikePath(only.value) || only.value === hole ? undefined : only.value;
  }
  return undefined;
}

/** The paths whose changes a checkout or restore throws away; `undefined` where it throws none away. */
export function discards(effect: GitEffect): { readonly paths: readonly string[] } | undefined {
  const marker = effect.args.indexOf("--");
  const after = marker < 0 ? [] : effect.args.slice(marker + 1).map((arg) => arg ?? hole);
  switch (effect.operation) {
    case "checkout": {
      const options = gitOptions(effect, {
        short: "bB",
        long: ["orphan", "conflict", "pathspec-from-file"],
        flags: ["force", "ours", "theirs", "patch", "detach", "track", "quiet", "merge"],
      });
      const { flags, operands } = options;
      if (flags.has("f") || flags.has("force")) return { paths: [] };
      if (flags.has("p") || flags.has("patch") || flags.has("ours") || flags.has("theirs")) return undefined;
      if (flags.has("pathspec-from-file")) return { paths: [hole] };
      if (after.length > 0) return { paths: after };
      if (flags.has("b") || flags.has("B") || flags.has("orphan") || flags.has("t") || flags.has("track"))
        return undefined;
      const names = operands.map((arg) => arg.value);
      if (names.length > 1) return { paths: names.slice(1) };
      return names[0] !== undefined && looksLikePath(names[0]) ? { paths: names } : undefined;
    }
    case "restore": {
      const options = gitOptions(effect, {
        short: "sU",
        long: ["source", "conflict", "pathspec-from-file"],
        flags: ["staged", "worktree", "patch"],
      });
      const { flags } = options;
      const onlyStaged = (flags.has("S") || flags.has("staged")) && !flags.has("W") && !flags.has("worktree");
      if (onlyStaged || flags.has("p") || flags.has("patch")) return undefined;
      return { paths: flags.has("pathspec-from-file") ? [hole] : options.operands.map((arg) => arg.value) };
    }
    case "switch": {
      const { flags } = gitOptions(effect, {
        short: "cC",
        long: ["create", "force-create", "orphan"],
        flags: ["force", "discard-changes", "detach"],
      });
      return flags.has("f") || flags.has("force") || flags.has("discard-changes") ? { paths: [] } : undefined;
    }
    case "rm": {
      const { flags, operands } = gitOptions(effect, {
        long: ["pathspec-from-file"],
        flags: ["force", "cached", "dry-run", "ignore-unmatch", "quiet"],
      });
      const forced = flags.has("f") || flags.has("force");
      const only = flags.has("cached") || flags.has("n") || flags.has("dry-run");
      return forced && !only ? { paths: operands.map((arg) => arg.value) } : undefined;
    }
    case "submodule": {
      const { flags, operands } = gitOptions(effect, {
        long: ["reference", "depth", "jobs"],
        flags: ["force", "init", "recursive", "remote"],
      });
      return operands[0]?.value === "update" && (flags.has("f") || flags.has("force"))
        ? { paths: [] }
        : undefined;
    }
    default:
      return undefined;
  }
}

/** A single argument of `git checkout` is a branch or a path; a path shows by its form. */
export function looksLikePath(name: string): boolean {
  return (
    name === "." ||
    name === "*" ||
    name.startsWith("./") ||
    name.startsWith(":/") ||
    name.startsWith("../") ||
    name.endsWith("/") ||
    /\.[A-Za-z]{1,6}$/.test(name)
  );
}
