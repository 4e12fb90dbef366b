import type { Call } from "./command.ts";
import { isAbsent, lookUp, runLooked } from "./lookup.ts";
import type { Looked } from "./lookup.ts";
import { expandMake, readMakefile } from "./makefile.ts";
import type { Makefile } from "./makefile.ts";
import { has, readOptions, valueOf } from "./options.ts";
import { freshShell, isKnown, target } from "./shell.ts";
import type { Arg, Shell } from "./shell.ts";

const options = {
  short: "CfIjloWE",
  long: [
    "directory",
    "file",
    "makefile",
    "include-dir",
    "jobs",
    "load-average",
    "eval",
    "old-file",
    "what-if",
  ],
  flags: [
    "environment-overrides",
    "dry-run",
    "just-print",
    "recon",
    "question",
    "print-data-base",
    "version",
    "help",
  ],
};

/** `make goal`: the recipes of the goal and of what it needs are read from the Makefile. */
export function runMake(args: readonly Arg[], shell: Shell, call: Call): void {
  const given = readOptions(args, options);
  if (has(given, "n", "q", "p", "v", "h", "dry-run", "just-print", "recon", "question", "version", "help"))
    return;
  const folder = valueOf(given, "C", "directory");
  const cwd = folder === undefined ? shell.cwd : target(shell, folder.value).path;
  if (cwd === undefined) return;
  const inner: Shell = { ...shell, cwd };
  const evaluated = [...(given.values.get("eval") ?? []), ...(given.values.get("E") ?? [])];
  const file = makefile(valueOf(given, "f", "file", "makefile"), inner, call);
  const text = [...evaluated.map((arg) => arg.value), withIncludes(file?.text ?? "", inner)].join("\n");
  if (text.trim() === "") return;
  const variables = new Map<string, string>();
  const goals: string[] = [];
  for (const arg of given.operands) {
    const set = /^([\w.-]+)\s*[:?+]?=(.*)$/s.exec(arg.value);
    if (set !== null) variables.set(set[1] ?? "", set[2] ?? "");
    else if (isKnown(arg.value)) goals.push(arg.value);
  }
  const parsed = readMakefile(text, new Map(environment(shell, call)));
  const all: Makefile = {
    rules: parsed.rules,
    variables: new Map([
      ["MAKE", "make"],
      ["CURDIR", cwd],
      ["RM", "rm -f"],
      ...parsed.variables,
      ...(has(given, "e", "environment-overrides") ? environment(shell, call) : []),
      ...variables,
    ]),
  };
  const path = file?.path ?? `${cwd}/Makefile`;
  const wanted = goals.length > 0 ? goals : firstGoal(all);
  runLooked(`${path}#${wanted.join(" ")}`, inner, (there) => {
    const made = new Set<string>();
    for (const goal of wanted) make(goal, all, { shell: there, call, made });
  });
}

/** Variables of make's environment that are known. */
function environment(shell: Shell, { env }: Call): readonly (readonly [string, string])[] {
  const exported = [...shell.vars].flatMap(([name, { fields, exported: is }]) =>
    is && fields[0] !== undefined ? [[name, fields[0]] as const] : [],
  );
  const { home } = shell.world.facts;
  return [...(home === undefined ? [] : [["HOME", home] as const]), ...exported, ...env];
}

const includesAtMost = 8;

/** The text of a Makefile with those of the files that it includes. */
function withIncludes(text: string, shell: Shell, depth = 0): string {
  const included = [...text.matchAll(/^(?:-include|sinclude|include)[ \t]+([^#\n]*)/gm)]
    .slice(0, includesAtMost)
    .flatMap((match) => (match[1] ?? "").trim().split(/\s+/))
    .filter((name) => name !== "" && !name.includes("$") && depth < 3)
    .map((name) => lookUp(name, shell)?.text ?? "");
  return [text, ...included.map((more) => withIncludes(more, shell, depth + 1))].join("\n");
}

function makefile(named: Arg | undefined, shell: Shell, { stdin }: Call): Looked | undefined {
  if (named?.value === "-") return stdin.kind === "text" ? { path: "-", text: stdin.text } : undefined;
  if (named !== undefined) return lookUp(named.value, shell);
  const usual = lookUp("Makefile", shell);
  if (usual !== undefined || !isAbsent("Makefile", shell)) return usual;
  return lookUp("makefile", shell) ?? lookUp("GNUmakefile", shell);
}

function firstGoal({ rules, variables }: Makefile): readonly string[] {
  const named = variables.get(".DEFAULT_GOAL");
  if (named !== undefined) return [expandMake(named, variables)];
  const first = rules
    .flatMap((rule) => rule.targets)
    .find((name) => !name.startsWith(".") && !name.includes("%"));
  return first === undefined ? [] : [expandMake(first, variables)];
}

interface Making {
  readonly shell: Shell;
  readonly call: Call;
  readonly made: Set<string>;
}

function make(goal: string, file: Makefile, making: Making): void {
  const { shell, made, call } = making;
  if (made.has(goal) || !shell.world.budget.take(4)) return;
  made.add(goal);
  for (const rule of file.rules) {
    const stem = stemOf(goal, rule.targets, file);
    if (stem === undefined) continue;
    const needs = rule.needs.flatMap((need) =>
      expandMake(need, file.variables).replace("%", stem).split(/\s+/),
    );
    for (const need of needs) if (isKnown(need)) make(need, file, making);
    const variables = new Map([
      ...file.variables,
      ["@", goal],
      ["<", needs[0] ?? ""],
      ["^", needs.join(" ")],
      ["*", stem],
    ]);
    for (const line of rule.recipe) {
      const text = expandMake(line.replace(/^[@+\s-]+/, ""), variables);
      // Each line of a recipe has a shell of its own.
      shell.world.runText(text, freshShell(shell, call.env, []), { value: text, span: call.span });
    }
  }
}

/** What the percent sign of a rule stands for; empty for a rule that names the goal itself. */
function stemOf(goal: string, targets: readonly string[], { variables }: Makefile): string | undefined {
  for (const name of targets.flatMap((item) => expandMake(item, variables).split(/\s+/))) {
    if (name === goal) return "";
    const cut = name.indexOf("%");
    if (cut < 0) continue;
    const [head, tail] = [name.slice(0, cut), name.slice(cut + 1)];
    if (goal.length >= name.length && goal.startsWith(head) && goal.endsWith(tail))
      return goal.slice(head.length, goal.length - tail.length);
  }
  return undefined;
}
