import type { Call } from "./command.ts";
import { plainText } from "./options.ts";
import { addOpaqueBody } from "./fetched.ts";
import { runInterpreter } from "./interpreters.ts";
import { lookUpScript, runLooked } from "./lookup.ts";
import { contentOf, freshShell, hole, none, subshell, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

const shells: ReadonlySet<string> = new Set([
  "sh",
  "bash",
  "zsh",
  "dash",
  "ksh",
  "ksh93",
  "mksh",
  "ash",
  "rbash",
  "fish",
  "csh",
  "tcsh",
  "yash",
  "osh",
  "elvish",
  "nu",
  "xonsh",
  "pwsh",
  "powershell",
]);

/** A shell as a program: its script is `-c` text, a file that this action wrote, or its standard input. */
export function runShell(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  // `at` gives its standard input to a shell later on.
  if (name === "at" || name === "batch") return runInput(call.stdin, [], shell, call);
  if (!shells.has(name)) return undefined;
  if (checksOnly(name, args)) return none;
  const { body, operands, fromInput } = readArguments(args);
  if (body !== undefined) return runBody(body, operands.slice(1), shell, call);
  const [script, ...rest] = operands;
  if (script !== undefined && !fromInput && !/^(-|\/dev\/(stdin|fd\/0))$/.test(script.value))
    return runFile(script, rest, shell, call);
  return runInput(call.stdin, operands, shell, call);
}

/** `bash -n script`: the text is parsed and nothing of it runs. An interactive shell ignores the option. */
function checksOnly(name: string, args: readonly Arg[]): boolean {
  if (!/^((ba|da|z|k|a)?sh|fish)$/.test(name)) return false;
  const end = args.findIndex((arg) => !/^-\w/.test(arg.value));
  const letters = args.slice(0, end < 0 ? undefined : end).map((arg) => arg.value.slice(1));
  return letters.some((text) => text.includes("n")) && !letters.some((text) => text.includes("i"));
}

interface ShellArguments {
  readonly body: Arg | undefined;
  readonly operands: readonly Arg[];
  readonly fromInput: boolean;
}

function readArguments(args: readonly Arg[]): ShellArguments {
  let takesBody = false;
  let fromInput = false;
  const attached = args.find((arg) => arg.value.startsWith("--command="));
  if (attached !== undefined)
    return { body: { ...attached, value: attached.value.slice(10) }, operands: [attached], fromInput };
  let i = 0;
  for (; i < args.length; i++) {
    const text = plainText(args[i]) ?? "";
    if (text === "--" || text === "-") {
      i += 1;
      break;
    }
    if (!/^[-+]./.test(text)) break;
    if (text.startsWith("--")) {
      if (/^--(rcfile|init-file)$/.test(text)) i += 1;
      if (text === "--command") takesBody = true;
      continue;
    }
    // PowerShell spells its options out, and takes any start of them.
    if (/^-(Command|EncodedCommand|NoProfile|NonInteractive|NoLogo|ExecutionPolicy|File)$/i.test(text)) {
      if (/^-Command$/i.test(text)) takesBody = true;
      if (/^-ExecutionPolicy$/i.test(text)) i += 1;
      continue;
    }
    if (text.startsWith("-") && text.includes("c")) takesBody = true;
    if (text.includes("s")) fromInput = true;
    if (/[oO]$/.test(text)) i += 1;
  }
  const operands = args.slice(i);
  return takesBody
    ? { body: operands[0] ?? { value: "", span: { start: 0, end: 0 } }, operands, fromInput }
    : { body: undefined, operands, fromInput };
}

/** `-c` text. What follows it are `$0`, `$1` and so on. */
export function runBody(body: Arg, operands: readonly Arg[], shell: Shell, call: Call): Output {
  if (body.value === hole) {
    addOpaqueBody(shell.world, "the text that a shell runs cannot be known", body.span);
    return unknown;
  }
  const fresh = freshShell(
    shell,
    call.env,
    operands.slice(1).map((arg) => arg.value),
  );
  const [name] = operands;
  if (name !== undefined) fresh.vars.set("0", { fields: [name.value], array: false, exported: false });
  fresh.stdin = call.stdin;
  return shell.world.runText(body.value, fresh, body);
}

function runFile(script: Arg, rest: readonly Arg[], shell: Shell, call: Call): Output {
  const content = contentOf(shell, script.value);
  const args = rest.map((arg) => arg.value);
  if (content?.kind === "text") {
    const fresh = freshShell(shell, call.env, args);
    fresh.vars.set("0", { fields: [script.value], array: false, exported: false });
    return shell.world.runText(content.text, fresh, script);
  }
  if (script.value === hole || content?.kind === "unknown" || script.value.startsWith("/dev/fd/"))
    addOpaqueBody(shell.world, "the script that a shell runs cannot be known", script.span, content);
  if (content === undefined) runLookedUp(script, args, shell, call);
  return unknown;
}

/** A script of the repository, as far as it was looked up. */
function runLookedUp(script: Arg, args: readonly string[], shell: Shell, call: Call): void {
  const found = lookUpScript(script.value, shell);
  if (found === undefined) return;
  runLooked(found.path, shell, (inner) => {
    const fresh = freshShell(inner, call.env, args);
    fresh.vars.set("0", { fields: [script.value], array: false, exported: false });
    fresh.vars.set("BASH_SOURCE", { fields: [found.path], array: false, exported: false });
    inner.world.runText(found.text, fresh, script);
  });
}

/** `./script`: its first line says what reads it. */
export function runProgramFile(script: Arg, rest: readonly Arg[], shell: Shell, call: Call): void {
  const found = lookUpScript(script.value, shell);
  if (found === undefined) return;
  const args = rest.map((arg) => arg.value);
  const [, reader = "sh"] = /^#!\s*\S*?(?:env\s+(?:-\S+\s+)*)?([\w.+-]+)(?:\s|$)/.exec(found.text) ?? [];
  if (shells.has(reader)) return runLookedUp(script, args, shell, call);
  runLooked(found.path, shell, (inner) => {
    runInterpreter(reader, [script, ...rest], inner, { ...call, stdin: none });
  });
}

function runInput(stdin: Output, operands: readonly Arg[], shell: Shell, call: Call): Output {
  const at: Arg = { value: "", span: call.span };
  switch (stdin.kind) {
    case "none":
      return unknown;
    case "text":
      if (stdin.text.trim() !== hole)
        return shell.world.runText(
          stdin.text,
          freshShell(
            shell,
            call.env,
            operands.map((arg) => arg.value),
          ),
          at,
        );
      break;
    case "paths":
    case "unknown":
      break;
  }
  addOpaqueBody(shell.world, "a shell runs text that cannot be known beforehand", call.span, stdin);
  return unknown;
}

/** `source` and `.`: the same shell goes on with another text. */
export function runSourced(args: readonly Arg[], shell: Shell, call: Call): Output {
  const [script] = args;
  if (script === undefined) return unknown;
  const content = contentOf(shell, script.value);
  if (content?.kind === "text") return shell.world.runText(content.text, shell, script);
  const input = /^\/dev\/(stdin|fd\/0)$/.test(script.value);
  if (input && call.stdin.kind === "text")
    return shell.world.runText(call.stdin.text, subshell(shell), script);
  if (script.value === hole || content?.kind === "unknown" || script.value.startsWith("/dev/"))
    addOpaqueBody(
      shell.world,
      "the text that is sourced cannot be known",
      script.span,
      content ?? call.stdin,
    );
  const found = content === undefined ? lookUpScript(script.value, shell) : undefined;
  if (found !== undefined)
    runLooked(found.path, shell, (inner) => {
      if (args.length > 1) inner.args = args.slice(1).map((arg) => arg.value);
      inner.world.runText(found.text, inner, script);
      // What the text set stays set.
      shell.vars = inner.vars;
      shell.functions = inner.functions;
    });
  return unknown;
}
