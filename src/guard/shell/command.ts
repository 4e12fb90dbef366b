import type { Span } from "../../core/action.ts";
import { baseName } from "../paths.ts";
import { runBuiltin } from "./builtins.ts";
import { addOpaqueBody } from "./fetched.ts";
import { dashedCommand, runGit } from "./git.ts";
import { runContainer } from "./containers.ts";
import { runEscapes } from "./escapes.ts";
import { runInterpreter } from "./interpreters.ts";
import { runProgram } from "./programs.ts";
import {
  addEffect,
  addProblem,
  contentOf,
  depthAtMost,
  freshShell,
  glob,
  hole,
  known,
  target,
  unknown,
} from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import { runRemote } from "./remote.ts";
import { runScripts } from "./scripts.ts";
import { runProgramFile, runShell } from "./shells.ts";
import { withStatements } from "./statements.ts";
import { assigned } from "./variables.ts";
import { unfold } from "./unfold.ts";
import { runWrapper } from "./wrappers.ts";

/** How a command is started. */
export interface Call {
  /** Variables given to this command alone. */
  readonly env: ReadonlyMap<string, string>;
  readonly stdin: Output;
  readonly span: Span;
}

/** Records what one command with its arguments does, whatever wraps it. Gives what it prints. */
export function runCommand(args: readonly Arg[], shell: Shell, call: Call): Output {
  const { world } = shell;
  const [first, ...rest] = args;
  // Whatever runs it looks at its arguments, and a wrapper hands most of them on.
  if (first === undefined || !world.budget.take(1 + args.length / 4)) return unknown;
  if (shell.depth >= depthAtMost) {
    world.budget.spent = true;
    return unknown;
  }
  const named = programName(first.value);
  const own = named !== undefined && (shell.functions.has(named) || shell.aliases.has(named));
  const name = own ? named : foldedName(named);
  if (name === undefined) return opaque(first, rest, shell, call);
  const inner: Shell = shell;
  const outer = world.callers.at(-1);
  if (outer !== undefined) unfold(world.unfolded, outer, args, call.span);
  world.callers.push(name);
  inner.depth += 1;
  const output = dispatch(name, first, rest, inner, call);
  inner.depth -= 1;
  world.callers.pop();
  return output;
}

/** The program's name without its folder. A name that cannot be known is `undefined`. */
function programName(value: string): string | undefined {
  const base = baseName(value);
  if (base === "" || base.includes(hole) || base.includes(glob)) return undefined;
  return base;
}

// The disks of macOS and Windows find a program whatever the case of its name. Others have names of their own (`HEAD`).
const folded = new Set(
  "rm rmdir mv cp dd chmod chown shred truncate find xargs git gh curl wget ssh scp rsync bash sh zsh env sudo python python3 node npm npx docker kubectl helm terraform aws gcloud psql mysql kill pkill killall tar sed perl".split(
    " ",
  ),
);

function foldedName(name: string | undefined): string | undefined {
  if (name === undefined || !/[A-Z]/.test(name)) return name;
  const lower = name.toLowerCase();
  return folded.has(lower) ? lower : name;
}

function opaque(first: Arg, rest: readonly Arg[], shell: Shell, call: Call): Output {
  const { world } = shell;
  addProblem(world, "opaque-command", "which program runs cannot be known from the text", first.span);
  addEffect(world, { kind: "opaque", what: "command", span: first.span });
  // `$SUDO git …`: an empty or wrapping variable runs what follows, so that is judged too.
  const next = rest.findIndex((arg) => !arg.value.startsWith("-") && programName(arg.value) !== undefined);
  if (next >= 0 && first.value === hole) runCommand(rest.slice(next), shell, call);
  return unknown;
}

function dispatch(name: string, first: Arg, rest: readonly Arg[], shell: Shell, call: Call): Output {
  const { world } = shell;
  const plain = first.value === name;
  const body = plain ? shell.functions.get(name) : undefined;
  if (body !== undefined) {
    const before = shell.args;
    shell.args = rest.map((arg) => arg.value);
    const output = world.runNode(body, shell);
    shell.args = before;
    shell.ended = false;
    return output;
  }
  const alias = plain ? shell.aliases.get(name) : undefined;
  if (alias !== undefined) {
    // Taken out while it is expanded, as the shell does, so that it cannot call itself.
    shell.aliases.delete(name);
    const output = world.runText([alias, ...rest.map((arg) => quote(arg.value))].join(" "), shell, first);
    shell.aliases.set(name, alias);
    return output;
  }
  for (const [variable, value] of call.env) assigned(variable, value, shell, call.span);
  const linked = first.value.includes("/") ? linkedName(first, shell) : undefined;
  if (linked !== undefined && linked !== name)
    return runCommand([{ ...first, value: linked }, ...rest], shell, call);
  const written = first.value.includes("/") ? contentOf(shell, first.value) : undefined;
  if (written !== undefined) {
    addEffect(world, execution(name, rest, shell, call));
    if (written.kind === "text") {
      const fresh = freshShell(shell, call.env, values(rest));
      fresh.vars.set("0", { fields: [first.value], array: false, exported: false });
      return world.runText(written.text, fresh, first);
    }
    if (written.kind === "unknown")
      addOpaqueBody(world, "it runs a file that this very command writes", first.span, written);
    return unknown;
  }
  const built = plain ? runBuiltin(name, rest, shell, call) : undefined;
  if (built !== undefined) return built;
  const wrapped = runWrapper(name, rest, shell, call);
  if (wrapped !== undefined) return wrapped;
  if (name === "git") return runGit(rest, shell, call);
  const dashed = dashedCommand(name);
  if (dashed !== undefined) return runGit([{ ...first, value: dashed }, ...rest], shell, call);
  addEffect(world, execution(name, rest, shell, withStatements(name, rest, shell, call)));
  runEscapes(name, rest, shell, call);
  runRemote(name, rest, shell, call);
  runContainer(name, rest, shell, call);
  runScripts(name, rest, shell, call);
  if (first.value.includes("/")) runProgramFile(first, rest, shell, call);
  return (
    runShell(name, rest, shell, call) ??
    runInterpreter(name, rest, shell, call) ??
    runProgram(name, rest, shell, call)
  );
}

/** The program that a link or a copy made by this action stands for. */
function linkedName({ value }: Arg, shell: Shell): string | undefined {
  const { links, copies } = shell.world;
  if (links.size === 0 && copies.size === 0) return undefined;
  const { path = "" } = target(shell, value);
  const source = copies.get(path) ?? path;
  return /^(\/usr)?(\/local)?\/s?bin\//.test(source) ? baseName(source) : undefined;
}

// Statements for a database, an answer to a prompt: what matters stands at the start.
const inputAtMost = 4096;

function execution(
  name: string,
  rest: readonly Arg[],
  shell: Shell,
  { env, stdin, span }: Call,
): Parameters<typeof addEffect>[1] {
  const args = rest.map((arg) => known(arg.value));
  const chosen = choices(shell, env);
  return {
    kind: "execute",
    program: name,
    args,
    ...(args.includes(undefined) ? { words: rest.map((arg) => arg.value.replaceAll(glob, "")) } : {}),
    cwd: shell.cwd,
    ...(stdin.kind === "text" && stdin.text !== ""
      ? { input: stdin.text.slice(0, inputAtMost).replaceAll(glob, "") }
      : {}),
    ...(chosen.length === 0 ? {} : { env: Object.fromEntries(chosen) }),
    span,
  };
}

// Variables by which programs are told where to work. Others, passwords among them, are nobody's business.
const choosing =
  /^([A-Z][A-Z0-9_]*_)?(ENV|ENVIRONMENT|PROFILE|HOST|CONTEXT|WORKSPACE|PROJECT|DATABASE_URL|DATABASE)$|^(PG(HOST|HOSTADDR|DATABASE|SERVICE)|KUBECONFIG|TF_CLI_ARGS(_[a-z]+)?|DJANGO_SETTINGS_MODULE|GH_REPO)$|^(GO(PROXY|SUMDB|NOSUMDB|NOSUMCHECK|INSECURE|FLAGS)|(PIP|UV)_(EXTRA_)?INDEX(_URL)?|UV_DEFAULT_INDEX|PIP_TRUSTED_HOST|(NPM_CONFIG|npm_config)_(REGISTRY|registry)|YARN_(REGISTRY|NPM_REGISTRY_SERVER))$/;

function choices(shell: Shell, env: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  if (shell.vars.size === 0 && env.size === 0) return [];
  const exported = [...shell.vars].flatMap(([name, { fields, exported: is }]) =>
    is && choosing.test(name) && fields[0] !== undefined ? [[name, fields[0]] as const] : [],
  );
  const given = [...env].filter(([name]) => choosing.test(name));
  return [...exported, ...given].map(([name, value]) => [name, value.replaceAll(glob, "")]);
}

function values(args: readonly Arg[]): readonly string[] {
  return args.map((arg) => arg.value);
}

/** An argument as shell text again; marks stay, as they are no shell syntax. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
