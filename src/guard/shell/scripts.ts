import { matchesAny } from "../../core/glob.ts";
import type { Call } from "./command.ts";
import { quote } from "./command.ts";
import { isAbsent, lookUp, runLooked } from "./lookup.ts";
import { runMake } from "./make.ts";
import { readOptions, valueOf } from "./options.ts";
import { freshShell, glob, hole, isKnown, target } from "./shell.ts";
import type { Arg, Shell } from "./shell.ts";
import { readJustfile, readTaskfile } from "./task-files.ts";
import type { Recipe, RecipeFile } from "./task-files.ts";

/** Programs that run what a file of the repository says: package scripts, Makefiles, justfiles and their like. */
export function runScripts(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  switch (name) {
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
      return runPackageScript(name, args, shell, call);
    case "node":
      return runNodeScript(args, shell, call);
    case "deno":
      return args[0]?.value === "task"
        ? runPackageScript("npm", [runVerb, ...args.slice(1)], shell, call)
        : undefined;
    case "run-s":
    case "run-p":
    case "npm-run-all":
    case "npm-run-all2":
      return runSeveral(args, shell, call);
    case "composer":
      return runComposer(args, shell, call);
    case "make":
    case "gmake":
      return runMake(args, shell, call);
    case "just":
      return runRecipes(["justfile", "Justfile", ".justfile"], readJustfile, args, shell, call);
    case "task":
    case "go-task":
      return runRecipes(["Taskfile.yml", "Taskfile.yaml", "taskfile.yml"], readTaskfile, args, shell, call);
  }
}

const managerOptions = {
  short: "CFw",
  long: [
    "prefix",
    "dir",
    "cwd",
    "filter",
    "workspace",
    "loglevel",
    "reporter",
    "registry",
    "userconfig",
    "cache",
  ],
  stops: true,
};

// Their own commands: everything else that stands first is a script, for those that allow it.
const own: ReadonlySet<string> = new Set(
  `access add adduser approve-builds audit bin bugs build cache ci clean-install completion config constraints create
  dedupe deploy deprecate dist-tag dlx docs doctor env exec explain explore fetch find-dupes fund get global help
  hook i import in info init install install-ci-test install-test it link list ll ln login logout ls node org outdated
  owner pack patch patch-commit ping pkg plugin pm policies prefix profile prune publish query rb rebuild remove repl
  repo rm root sbom search self-update set setup set-script shrinkwrap star stage stars store tag team token
  types un unlink unplug unpublish uninstall unstar up update upgrade upgrade-interactive version versions view
  whoami why workspace workspaces x`
    .trim()
    .split(/\s+/),
);

const usual = /^(test|tst|t|start|stop|restart)$/;

function runPackageScript(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  const { operands, values, flags } = readOptions(args, managerOptions);
  // Which of several packages is meant is not known from the text.
  if (
    ["filter", "F", "workspace", "w", "workspaces", "r", "recursive", "g", "global"].some((flag) =>
      flags.has(flag),
    )
  )
    return;
  const [verb, ...rest] = operands;
  const word = verb?.value ?? "";
  const runs = /^(run|run-script|rum|urn)$/.test(word);
  const direct = usual.test(word) || (name !== "npm" && name !== "bun" && word !== "" && !own.has(word));
  if (!runs && !direct) return;
  const named = runs ? readOptions(rest, { ...managerOptions, stops: true }).operands : operands;
  const [scriptArg, ...given] = named;
  const script = /^(t|tst)$/.test(scriptArg?.value ?? "") ? "test" : (scriptArg?.value ?? "");
  if (script === "" || !isKnown(script)) return;
  const folder = (values.get("prefix") ?? values.get("C") ?? values.get("dir") ?? values.get("cwd"))?.[0];
  const inner = folder === undefined ? shell : { ...shell, cwd: target(shell, folder.value).path };
  const found = nearest("package.json", inner);
  if (found === undefined) return;
  const scripts = scriptsOf(found.text);
  const words = given.filter((arg) => arg.value !== "--").map((arg) => quote(arg.value));
  for (const part of [`pre${script}`, script, `post${script}`]) {
    const [text] = scripts.get(part) ?? [];
    if (text === undefined) continue;
    const line = part === script ? [text, ...words].join(" ") : text;
    runLooked(`${found.path}#${part}`, { ...inner, cwd: found.folder }, (there) => {
      there.world.runText(line, freshShell(there, call.env, []), { value: line, span: call.span });
    });
  }
}

const runVerb: Arg = { value: "run", span: { start: 0, end: 0 } };

/** `node --run name` runs a script of the package without its `pre` and `post`. */
function runNodeScript(args: readonly Arg[], shell: Shell, call: Call): void {
  const at = args.findIndex((arg) => /^--run(=|$)/.test(arg.value));
  const option = args[at];
  if (option === undefined) return;
  const attached = option.value.startsWith("--run=") ? [{ ...option, value: option.value.slice(6) }] : [];
  runPackageScript("npm", [runVerb, ...attached, ...args.slice(at + 1)], shell, call);
}

const scriptsAtMost = 20;

/** `run-s a "b --flag" 'c:*'`: several scripts of the package. */
function runSeveral(args: readonly Arg[], shell: Shell, call: Call): void {
  const scripts = scriptsOf(nearest("package.json", shell)?.text ?? "");
  for (const arg of args.slice(0, scriptsAtMost)) {
    if (arg.value.startsWith("-")) continue;
    const [wanted = "", ...given] = arg.value
      .replaceAll(glob, "")
      .split(/\s+/)
      .map((value) => ({ ...arg, value }));
    if (wanted === "") continue;
    const names = wanted.value.includes("*")
      ? [...scripts.keys()].filter((item) => matchesAny(item, [wanted.value]))
      : [wanted.value];
    for (const value of names.slice(0, scriptsAtMost))
      runPackageScript("npm", [runVerb, { ...arg, value }, ...given], shell, call);
  }
}

interface Found {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

/** The file in the working folder or, where it is known not to be there, in a folder above it. */
function nearest(name: string, shell: Shell): Found | undefined {
  let folder = shell.cwd;
  for (let up = 0; up < 8 && folder !== undefined; up++) {
    const path = `${folder}/${name}`;
    const found = lookUp(path, shell);
    if (found !== undefined) return { path: found.path, folder, text: found.text };
    if (!isAbsent(path, shell)) return undefined;
    folder = folder.slice(0, folder.lastIndexOf("/")) || undefined;
  }
  return undefined;
}

/** The member `scripts` of a package.json or composer.json; empty where the text is no such thing. */
function scriptsOf(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const scripts = member(parsed(text), "scripts");
  if (typeof scripts !== "object" || scripts === null) return found;
  for (const [name, value] of Object.entries(scripts)) {
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    found.set(
      name,
      texts.filter((line) => typeof line === "string"),
    );
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A broken package.json runs nothing: the package manager stops at it as well.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}

function runComposer(args: readonly Arg[], shell: Shell, call: Call): void {
  const { operands } = readOptions(args, { short: "d", long: ["working-dir"] });
  const [verb, name] = operands;
  const script = /^(run|run-script)$/.test(verb?.value ?? "") ? name?.value : verb?.value;
  if (
    script === undefined ||
    /^(install|update|require|remove|dump-autoload|show|validate|outdated|init)$/.test(script)
  )
    return;
  const found = nearest("composer.json", shell);
  if (found === undefined) return;
  runComposerScript(script, found, shell, call);
}

function runComposerScript(script: string, found: Found, shell: Shell, call: Call): void {
  const scripts = scriptsOf(found.text);
  runLooked(`${found.path}#${script}`, { ...shell, cwd: found.folder }, (there) => {
    for (const line of scripts.get(script) ?? []) {
      const value = line.replace(/^@(php|composer)\b/, "$1");
      if (line.startsWith("@") && scripts.has(line.slice(1)))
        runComposerScript(line.slice(1), found, there, call);
      else if (!line.includes("::"))
        there.world.runText(value, freshShell(there, call.env, []), { value, span: call.span });
    }
  });
}

function runRecipes(
  files: readonly string[],
  read: (text: string) => RecipeFile,
  args: readonly Arg[],
  shell: Shell,
  call: Call,
): void {
  const options = readOptions(args, {
    short: "fdt",
    long: ["justfile", "working-directory", "taskfile", "dir"],
    flags: ["list", "dry-run", "dry", "show", "summary", "version", "help", "list-all", "evaluate"],
    stops: true,
  });
  if (
    ["l", "n", "list", "dry-run", "dry", "show", "summary", "version", "help", "list-all", "evaluate"].some(
      (flag) => options.flags.has(flag),
    )
  )
    return;
  const named = valueOf(options, "f", "justfile", "t", "taskfile");
  const folder = valueOf(options, "d", "dir", "working-directory");
  const inner = folder === undefined ? shell : { ...shell, cwd: target(shell, folder.value).path };
  const names = named === undefined ? files : [named.value];
  const found = names.map((name) => nearest(name, inner)).find((item) => item !== undefined);
  if (found === undefined) return;
  const file = read(found.text);
  const [goal, ...given] = options.operands;
  const name =
    goal?.value ??
    (file.recipes.some((recipe) => recipe.name === "default") ? "default" : file.recipes[0]?.name);
  const made = new Set<string>();
  const run = (wanted: string, values: readonly Arg[]): void => {
    const recipe = file.recipes.find((item) => item.name === wanted);
    if (recipe === undefined || made.has(wanted)) return;
    made.add(wanted);
    for (const need of recipe.needs) run(need, []);
    runLooked(`${found.path}#${wanted}`, { ...inner, cwd: found.folder }, (there) => {
      for (const text of lines(recipe, file, values))
        there.world.runText(text, freshShell(there, call.env, []), { value: text, span: call.span });
    });
  };
  if (name !== undefined) run(name, given);
}

/** The commands of a recipe; one that begins with `#!` is a script as a whole. */
function lines(recipe: Recipe, { variables }: RecipeFile, given: readonly Arg[]): readonly string[] {
  const values = new Map([
    ...variables,
    ...recipe.parameters.map((name, at) => [name, given[at]?.value ?? hole] as const),
  ]);
  const filled = recipe.lines.map((line) =>
    line
      .replace(/^@?-?/, "")
      .replace(/\{\{\s*([^}]*?)\s*\}\}/g, (_, name: string) => values.get(name) ?? hole),
  );
  return recipe.lines[0]?.startsWith("#!") === true ? [filled.slice(1).join("\n")] : filled;
}
