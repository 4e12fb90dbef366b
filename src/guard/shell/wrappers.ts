import { runCommand, quote } from "./command.ts";
import type { Call } from "./command.ts";
import { runFd, runFind } from "./find.ts";
import { has, plainText, readOptions, valueOf } from "./options.ts";
import type { Options } from "./options.ts";
import { runBody } from "./shells.ts";
import { none, target, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import { note } from "./wrapper-note.ts";
import { wrapperOf } from "./wrapper-table.ts";
import type { Wrapper } from "./wrapper-table.ts";
import { runXargs } from "./xargs.ts";

/** Programs whose arguments are another command. `undefined`: not one of them, or used for something else. */
export function runWrapper(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  switch (name) {
    case "xargs":
    case "parallel":
    case "rush":
      return runXargs(name, args, shell, call);
    case "fd":
    case "fdfind":
      return runFd(args, shell, call);
    case "find":
    case "gfind":
      return runFind(args, shell, call);
    case "watch":
    case "entr":
      return runJoined(name, args, shell, call);
    case "flock":
      return runFlock(args, shell, call);
    case "su":
    case "runuser":
    case "script":
      return runCommandOption(name, args, shell, call);
    case "nix-shell":
    case "capsh":
      return runCommandOption(name, args, shell, call);
    case "npm":
      return /^(exec|x)$/.test(args[0]?.value ?? "")
        ? (runCommandOption(name, args.slice(1), shell, call) ?? runPlain(name, args, shell, call))
        : undefined;
    case "npx":
      return runCommandOption(name, args, shell, call) ?? runPlain(name, args, shell, call);
    case "concurrently":
    case "nodemon":
      return runTexts(name, args, shell, call);
    case "cargo":
      return args[0]?.value === "watch" ? runTexts(name, args.slice(1), shell, call) : undefined;
    case "tmux":
    case "screen":
      return runTerminal(name, args, shell, call);
    default:
      return runPlain(name, args, shell, call);
  }
}

function runPlain(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  const spec = wrapperOf(name);
  if (spec === undefined) return undefined;
  const rest = commandPart(args, spec);
  if (rest === undefined) return undefined;
  const options = readOptions(rest, { ...spec, stops: true });
  note(name, args, shell, call);
  if (name === "command" && has(options, "v", "V"))
    return { kind: "text", text: options.operands[0]?.value ?? "" };
  const output = valueOf(options, "o", "output");
  if (output !== undefined && (name === "time" || name === "strace" || name === "ltrace"))
    touch(shell, output, { kind: "write", by: name });
  const env = new Map(call.env);
  let command = options.operands;
  // `env - cmd`: the dash empties the environment.
  if (name === "env" && command[0]?.value === "-") command = command.slice(1);
  if (spec.assigns === true)
    while (/^[A-Za-z_]\w*=/.test(command[0]?.value ?? "")) {
      const text = command[0]?.value ?? "";
      env.set(text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1));
      command = command.slice(1);
    }
  command = command.slice(spec.operands ?? 0);
  if (command[0]?.value === "--") command = command.slice(1);
  const inner: Call = { ...call, env };
  const folder = name === "sudo" || name === "env" ? valueOf(options, "C", "D", "chdir") : undefined;
  const before = shell.cwd;
  if (folder !== undefined && !(name === "sudo" && options.values.has("C")))
    shell.cwd = target(shell, folder.value).path;
  const result =
    spec.text === true
      ? runTextual(spec, options, command, shell, inner)
      : runUnwrapped(name, options, command, shell, inner);
  shell.cwd = before;
  return result;
}

/** What stands before the command is taken away; `undefined` where there is no command. */
function commandPart(args: readonly Arg[], { words, to, pairs }: Wrapper): readonly Arg[] | undefined {
  if (words !== undefined && !words.includes(args[0]?.value ?? "")) return undefined;
  const rest = words === undefined ? args : args.slice(1);
  if (to !== undefined) {
    const ends = to.split("|");
    const at = rest.findIndex((arg) => ends.includes(arg.value));
    return at < 0 ? undefined : rest.slice(at + 1);
  }
  if (pairs === undefined) return rest;
  const twice = new Set(pairs.map((name) => `--${name}`));
  return rest.filter((_, index) => ![0, 1, 2].some((back) => twice.has(rest[index - back]?.value ?? "")));
}

/** Commands that are given as text for a shell: one in all operands, or one in each. */
function runTextual(
  spec: Wrapper,
  options: Options,
  command: readonly Arg[],
  shell: Shell,
  call: Call,
): Output {
  const texts = spec.each === true ? command : joinedText(command);
  const hooks = ["p", "c", "S", "prepare", "cleanup", "setup"].flatMap(
    (name) => options.values.get(name) ?? [],
  );
  for (const text of spec.each === true ? [...texts, ...hooks] : texts)
    runBody(text, [], shell, { ...call, stdin: none });
  return unknown;
}

function joinedText(command: readonly Arg[]): readonly Arg[] {
  const [first] = command;
  return first === undefined ? [] : [{ ...first, value: command.map((arg) => arg.value).join(" ") }];
}

/** `concurrently`, `nodemon` and `cargo watch`: commands as texts among options. */
function runTexts(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  const options = readOptions(args, {
    short: name === "concurrently" ? "nclspt" : "xweisd",
    long: ["exec", "names", "prefix", "prefix-colors", "shell", "watch", "ext", "ignore", "success"],
  });
  note(name, args, shell, call);
  const given = ["x", "s", "exec", "shell"].flatMap((option) => options.values.get(option) ?? []);
  for (const text of name === "concurrently" ? options.operands : given)
    // `npm:name` is short for a script of the package, or for several by a pattern.
    runBody(
      { ...text, value: text.value.replace(/^(npm|yarn|pnpm|bun|node|deno):(?=\S)/, "run-s ") },
      [],
      shell,
      {
        ...call,
        stdin: none,
      },
    );
  return unknown;
}

/** Terminals in the background: what they start, or what is typed into them. */
function runTerminal(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  note(name, args, shell, call);
  const verb = args.find((arg) => !arg.value.startsWith("-"));
  const typed = args.findIndex((arg) => /^(send-keys|send|stuff)$/.test(arg.value));
  if (typed >= 0) {
    const { operands } = readOptions(args.slice(typed + 1), { short: "tNcX" });
    const keys = operands.filter((arg) => !/^(Enter|C-[a-z]|KPEnter|Escape|Space)$/.test(arg.value));
    for (const text of joinedText(keys))
      runBody({ ...text, value: text.value.replace(/\\n|\^M/g, "\n") }, [], shell, { ...call, stdin: none });
    return unknown;
  }
  const starts =
    /^(new(-session|-window|w)?|split(-window|w)|splitw|respawn-(pane|window)|run(-shell)?|popup|display-popup|if(-shell)?)$/;
  if (name === "tmux" && !starts.test(verb?.value ?? "")) return unknown;
  const { operands } = readOptions(args, { short: name === "tmux" ? "stncFexyhwlLSf" : "SctpTshe" });
  for (const text of joinedText(name === "tmux" ? operands.slice(1) : operands))
    runBody(text, [], shell, { ...call, stdin: none });
  return unknown;
}

function runUnwrapped(
  name: string,
  options: Options,
  command: readonly Arg[],
  shell: Shell,
  call: Call,
): Output {
  const split = name === "env" ? valueOf(options, "S", "split-string") : undefined;
  if (split !== undefined) {
    const text = [split.value, ...command.map((arg) => quote(arg.value))].join(" ");
    return shell.world.runText(`env ${text}`, shell, split);
  }
  if (
    (name === "sudo" || name === "doas") &&
    has(options, "s", "i", "shell", "login") &&
    command.length > 0
  ) {
    const [first] = command;
    const text = command.map((arg) => arg.value).join(" ");
    return first === undefined ? none : runBody({ value: text, span: first.span }, [], shell, call);
  }
  // `env` alone prints the environment.
  if (command.length === 0) return name === "env" ? unknown : none;
  return runCommand(command, shell, call);
}

/** `watch` and `entr` hand their words to a shell as one text. */
function runJoined(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  const options = readOptions(args, { short: name === "watch" ? "nq" : "", long: ["interval"], stops: true });
  note(name, args, shell, call);
  const text = options.operands.map((arg) => arg.value).join(" ");
  if (text === "") return none;
  return runBody({ value: text, span: call.span }, [], shell, { ...call, stdin: none });
}

function runFlock(args: readonly Arg[], shell: Shell, call: Call): Output {
  const options = readOptions(args, { short: "wE", long: ["timeout", "wait"], stops: true });
  note("flock", args, shell, call);
  const [lock, ...command] = options.operands;
  if (lock !== undefined && plainText(lock)?.match(/^\d+$/) === null)
    touch(shell, lock, { kind: "write", by: "flock" });
  if (command[0]?.value === "-c" || command[0]?.value === "--command") {
    const body = command[1];
    return body === undefined ? none : runBody(body, [], shell, call);
  }
  return command.length === 0 ? none : runCommand(command, shell, call);
}

/** Programs with a `-c` command among their options. */
function runCommandOption(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  const options = readOptions(args, {
    short: name === "nix-shell" ? "p" : /^np[mx]$/.test(name) ? "cp" : "csguTOomtEB",
    long: ["command", "call", "run", "package", "shell", "session-command"],
    stops: name !== "su" && name !== "script",
  });
  // `su root -- -c text`: what follows the dashes goes to the shell.
  const later = options.operands.findIndex((arg) => arg.value === "-c");
  const body =
    valueOf(options, "c", "command", "call", "run", "session-command") ??
    (later < 0 || /^np[mx]$/.test(name) ? undefined : options.operands[later + 1]);
  if (body !== undefined) {
    note(name, args, shell, call);
    return runBody(body, [], shell, call);
  }
  if (name === "script" && options.operands[0] !== undefined) {
    touch(shell, options.operands[0], { kind: "write", by: name });
    note(name, args, shell, call);
    return unknown;
  }
  if (name === "runuser") {
    note(name, args, shell, call);
    return options.operands.length === 0 ? none : runCommand(options.operands, shell, call);
  }
  return undefined;
}
