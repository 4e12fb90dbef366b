import type { Effect, Facts, Span, Unfolding } from "../../core/action.ts";
import { normalize, resolvePath } from "../paths.ts";
import type { Problem } from "../reading.ts";
import type { Budget, Node } from "./ir.ts";

/** What a program writes to its standard output, as far as it can be known. */
export type Output =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  /** Names of files, as words: for instance what `find` prints. */
  | { readonly kind: "paths"; readonly words: readonly string[] }
  /**
   * `fetched` where it comes from the network: the address, empty where that is not known. `file`: the file that it
   * comes from, by its absolute path.
   */
  | { readonly kind: "unknown"; readonly fetched?: string; readonly file?: Arg };

export const none: Output = { kind: "none" };
export const unknown: Output = { kind: "unknown" };

/** One expanded argument. `value` may hold the marks below. */
export interface Arg {
  readonly value: string;
  readonly span: Span;
}

// Expanded words are plain strings in which a few private-use characters stand for what is not text. The same
// characters in a command become holes, so that nobody can forge a mark.
/** Text that cannot be known. */
export const hole = "\uE000";
/** Stands before a character that the shell would treat as a pattern. */
export const glob = "\uE001";
const marks = /[\uE000\uE001]/g;

/** Longer than any value of a real command, in UTF-16 units; doubling a variable a few times is longer. */
export const valueAtMost = 100_000;

export function unmark(source: string): string {
  return source.includes(hole) || source.includes(glob) ? source.replace(marks, hole) : source;
}

export function isKnown(value: string): boolean {
  return !value.includes(hole);
}

/** The text of an argument; `undefined` where some of it cannot be known. */
export function known(value: string): string | undefined {
  if (!isKnown(value)) return undefined;
  return value.includes(glob) ? value.replaceAll(glob, "") : value;
}

/** What is shared by everything that one action runs. */
export interface World {
  readonly facts: Facts;
  readonly budget: Budget;
  readonly effects: Effect[];
  readonly problems: Problem[];
  readonly aliases: Set<string>;
  /** Files that would be run, and whose text nobody looked up yet. */
  readonly unread: Set<string>;
  readonly unfolded: Unfolding[];
  /** Names of the commands that are being run, outermost first. */
  readonly callers: string[];
  /** Scripts that the action itself starts, and that it did not write. */
  readonly ran: Set<string>;
  /** Looked-up files that are being read, each with the part of it that runs: the innermost stands last. */
  readonly lookedUp: readonly string[];
  /** What files hold that this action wrote, by absolute path. */
  readonly files: Map<string, Output>;
  /** Symbolic links made by this action. */
  readonly links: Map<string, string>;
  /** Copies of programs made by this action, by the path of the copy. */
  readonly copies: Map<string, string>;
  /** git aliases defined by this action. */
  readonly gitAliases: Map<string, string>;
  processes: number;
  readonly runNode: (node: Node, shell: Shell) => Output;
  /** Runs shell text that stands inside the action, as `bash -c` or `eval` do. */
  readonly runText: (text: string, shell: Shell, at: Arg) => Output;
}

/** The state of one shell. A subshell works on a copy. */
export interface Shell {
  readonly world: World;
  cwd: string | undefined;
  /** Values of variables set by this action; more than one field for arrays. */
  vars: Map<string, Variable>;
  functions: Map<string, Node>;
  aliases: Map<string, string>;
  args: readonly string[] | undefined;
  /** Whether what is being run may also not run. */
  conditional: boolean;
  /** Whether the last command left the shell. */
  ended: boolean;
  depth: number;
  /** Standard input of the commands that bring none of their own. */
  stdin: Output;
}

export interface Variable {
  readonly fields: readonly string[];
  /** Where one of a few values holds, and which one is not known: those values. */
  readonly alternatives?: readonly string[];
  readonly array: boolean;
  readonly exported: boolean;
}

/** Nested interpretation deeper than this is not followed: real commands stay below five. */
export const depthAtMost = 24;

// An action with more effects than this is no single step that a person could review.
const effectsAtMost = 1000;

export function subshell(shell: Shell, stdin: Output = shell.stdin): Shell {
  shell.world.budget.take((shell.vars.size + shell.functions.size + shell.aliases.size) / 64);
  return {
    ...shell,
    vars: new Map(shell.vars),
    functions: new Map(shell.functions),
    aliases: new Map(shell.aliases),
    stdin,
    ended: false,
  };
}

/** A new shell process: it inherits the folder and what is exported, functions too. */
export function freshShell(shell: Shell, env: ReadonlyMap<string, string>, args: readonly string[]): Shell {
  const vars = new Map([...shell.vars].filter(([, variable]) => variable.exported));
  for (const [name, value] of env) vars.set(name, { fields: [value], array: false, exported: true });
  const functions = new Map([...shell.functions].filter(([name]) => vars.has(`${name}()`)));
  return { ...subshell(shell), vars, functions, aliases: new Map(), args };
}

export function addEffect(world: World, effect: Effect): void {
  if (world.effects.length < effectsAtMost) world.effects.push(effect);
  else world.budget.spent = true;
}

const problemsAtMost = 20;

export function addProblem(
  world: World,
  kind: Problem["kind"],
  says: string,
  span: Span,
  fetched?: string,
): void {
  if (world.problems.length < problemsAtMost)
    world.problems.push({ kind, says, span, ...(fetched === undefined ? {} : { fetched }) });
}

export interface Touch {
  readonly kind: "read" | "write" | "delete";
  readonly by: string;
  readonly recursive?: boolean;
}

/** Records that a file is read, written or deleted. */
export function touch(shell: Shell, arg: Arg, { kind, by, recursive = false }: Touch): void {
  addEffect(shell.world, { kind, ...target(shell, arg.value), recursive, by, span: arg.span });
}

interface Target {
  readonly path: string | undefined;
  readonly glob?: boolean;
  readonly under?: string;
}

/** The file that a word names. A hole after the start of a file name acts as a pattern; one that could be anything does not. */
export function target(shell: Shell, value: string): Target {
  const at = value.indexOf(hole);
  if (at < 0) {
    const plain = value.replaceAll(glob, "");
    const path = plain === "" ? undefined : resolvePath(plain, shell.cwd);
    const followed = path === undefined ? undefined : follow(shell.world.links, path);
    return value.includes(glob) ? { path: followed, glob: true } : { path: followed };
  }
  const prefix = value.slice(0, at).replaceAll(glob, "");
  if (prefix === "") return { path: undefined };
  const cut = prefix.lastIndexOf("/");
  const folder = resolvePath(prefix.slice(0, cut + 1) || ".", shell.cwd);
  if (folder === undefined) return { path: undefined };
  const start = prefix.slice(cut + 1);
  if (start === "") return { path: undefined, under: follow(shell.world.links, folder) };
  if (start === "." || start === "..") return { path: undefined };
  return { path: normalize(`${follow(shell.world.links, folder)}/${start}*`), glob: true };
}

/** What a file holds as far as this action wrote it; `undefined` for every other file. */
export function contentOf(shell: Shell, value: string): Output | undefined {
  const { path } = target(shell, value);
  return path === undefined ? undefined : shell.world.files.get(path);
}

/** Texts one after the other, as far as anybody could still read them. */
export function joinedText(texts: readonly string[]): Output {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length > valueAtMost ? unknown : { kind: "text", text: texts.join("") };
}

/** Remembers what a file holds, in whole or added to what it held. */
export function putContent(shell: Shell, value: string, content: Output, adds = false): void {
  const { path } = target(shell, value);
  if (path === undefined) return;
  const before = adds ? (shell.world.files.get(path) ?? { kind: "text", text: "" }) : undefined;
  const whole: Output =
    before?.kind === "text" && content.kind === "text"
      ? joinedText([before.text, content.text])
      : before === undefined
        ? content
        : unknown;
  shell.world.files.set(path, whole);
}

function follow(links: ReadonlyMap<string, string>, path: string): string {
  let current = path;
  // Links made by one command can form a chain, and a loop of them must end.
  for (let hops = 0; hops < 8; hops++) {
    const link = [...links].find(([from]) => current === from || current.startsWith(`${from}/`));
    if (link === undefined) return current;
    current = normalize(`${link[1]}${current.slice(link[0].length)}`);
  }
  return current;
}

/** Value of a variable as fields; `undefined` where nothing is known about it. */
export function lookup(shell: Shell, name: string): Variable | undefined {
  const set = shell.vars.get(name);
  if (set !== undefined) return set;
  const value = inherited(shell, name);
  return value === undefined ? undefined : { fields: [value], array: false, exported: true };
}

function inherited(shell: Shell, name: string): string | undefined {
  const { facts } = shell.world;
  switch (name) {
    case "HOME":
      return facts.home;
    case "PWD":
      return shell.cwd;
    case "TMPDIR":
    case "TMP":
    case "TEMP":
      return facts.tempDirs?.[0] ?? "/tmp";
    case "USER":
    case "LOGNAME":
      return /^\/(?:home|Users)\/([^/]+)$/.exec(facts.home ?? "")?.[1];
    case "GITHUB_ENV":
    case "GITHUB_OUTPUT":
    case "GITHUB_PATH":
    case "GITHUB_STATE":
    case "GITHUB_STEP_SUMMARY":
      // The runner's own files, in its folder for temporary ones.
      return `${facts.tempDirs?.[0] ?? "/tmp"}/${name}`;
    case "IFS":
      return " \t\n";
    case "PPID":
      return "PPID";
    case "SHELL":
    case "BASH":
      return "/bin/bash";
    default:
      return undefined;
  }
}

const alternativesAtMost = 4;

/** Sets a variable. Where it may or may not be set anew, its value is not known afterwards. */
export function setVariable(
  shell: Shell,
  name: string,
  fields: readonly string[],
  { array = false, exported = false }: { array?: boolean; exported?: boolean } = {},
): void {
  const before = shell.vars.get(name);
  const unsure =
    before !== undefined &&
    shell.conditional &&
    (before.fields.length !== fields.length || before.fields.some((field, i) => field !== fields[i]));
  const values = [...(before?.alternatives ?? before?.fields ?? []), ...fields];
  const few =
    unsure && !array && values.length <= alternativesAtMost && values.every((value) => isKnown(value));
  shell.vars.set(name, {
    fields: unsure ? [hole] : fields,
    ...(few ? { alternatives: values } : {}),
    array,
    exported: exported || before?.exported === true,
  });
}
