import type { Judges } from "../checks/change-check.ts";
import { succeeded } from "../core/exit.ts";
import type { GateCheck } from "../core/policy.ts";
import type { RunContext } from "./context.ts";
import { recordOptions } from "./workspace.ts";

const read = new WeakMap<RunContext["workspace"], ReadonlyMap<string, string>>();

/** Scripts call scripts; deeper than so no project goes. */
const deepest = 6;

/** What the commands of a gate run of the base: the scripts of package.json by name, and the files that they name. */
export async function judgesOf(context: RunContext, checks: readonly GateCheck[]): Promise<Judges> {
  // The base does not change while a run lasts.
  const known = read.get(context.workspace);
  const scripts = known ?? (await scriptsOf(context));
  if (known === undefined) read.set(context.workspace, scripts);
  const found = new Map<string, string>();
  let commands = checks.map((check) => check.run);
  const files = new Set<string>();
  for (let depth = 0; depth < deepest && commands.length > 0; depth += 1) {
    const called = commands.flatMap((command) => {
      const words = wordsOf(command);
      for (const file of startedBy(words)) files.add(file.replace(/^\.\//, ""));
      const names = words.filter((word) => scripts.has(word) && !found.has(word));
      return isScriptCall(words) ? names.flatMap((name) => [name, `pre${name}`, `post${name}`]) : [];
    });
    for (const name of called) {
      const body = scripts.get(name);
      if (body !== undefined) found.set(name, body);
    }
    commands = called.flatMap((name) => scripts.get(name) ?? []);
  }
  return { scripts: [...found.keys()], files: [...files].filter((file) => !product.test(file)) };
}

const interpreters =
  /^(?:node|nodejs|deno|bun|tsx|ts-node|python[\d.]*|ruby|perl|php|bash|sh|zsh|source|pwsh|Rscript|lua)$/;
const takesSettings = /^(?:--config|-c|--require|-r|--import|--loader|--rcfile|--configuration|-f|--file)$/;
/** What is started to be tried out is what the task is about, not what judges it. */
const product = /^(?:src|lib|bin|app|apps|packages|pkg|cmd|internal|dist|build|out)\//;

/** Files that a command runs or takes its settings from, and those in which its program keeps its commands. */
function startedBy(words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    const next = words.slice(at + 1).find((later) => !later.startsWith("-"));
    const given = interpreters.test(word) || takesSettings.test(word) ? next : undefined;
    const itself = word.startsWith("./") && /\.(?:sh|bash|py|rb|pl|[cm]?[jt]s)$/.test(word) ? [word] : [];
    return [...itself, ...(given === undefined ? [] : [given]), ...(recipes.get(word) ?? [])];
  });
}

/** Programs whose commands stand in a file that the command line does not name. */
const recipes: ReadonlyMap<string, readonly string[]> = new Map([
  ["make", ["Makefile", "makefile", "GNUmakefile"]],
  ["just", ["justfile", ".justfile"]],
  ["task", ["Taskfile.yml", "Taskfile.yaml"]],
  ["tox", ["tox.ini"]],
  ["nox", ["noxfile.py"]],
  ["rake", ["Rakefile"]],
]);

function isScriptCall(words: readonly string[]): boolean {
  return words.some((word) => /^(?:npm|pnpm|yarn|bun|npm-run-all|run-s|run-p|nr|--run|turbo)$/.test(word));
}

function wordsOf(command: string): readonly string[] {
  return command.split(/[\s;&|()<>"'`=]+/).filter((word) => word !== "");
}

async function scriptsOf({ host, workspace }: RunContext): Promise<ReadonlyMap<string, string>> {
  const options = recordOptions(workspace);
  const shown = await host.git.run(["cat-file", "blob", `${workspace.base}:package.json`], options);
  if (!succeeded(shown.exit)) return new Map();
  const parsed = parse(shown.stdout);
  const scripts: unknown = parsed.get("scripts");
  return new Map(
    Object.entries(typeof scripts === "object" && scripts !== null ? scripts : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    ),
  );
}

function parse(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return new Map(Object.entries(typeof value === "object" && value !== null ? value : {}));
  } catch (error) {
    // Then npm cannot read it either, and the gate says so.
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}
