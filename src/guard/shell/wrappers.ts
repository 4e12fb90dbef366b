import { runCommand, quote } from "./command.ts";
import type { Call } from "./command.ts";
import { has, plainText, readOptions, valueOf } from "./options.ts";
import type { OptionSpec } from "./options.ts";
import { runBody } from "./shells.ts";
import { addEffect, glob, hole, known, none, target, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

interface Wrapper extends OptionSpec {
  /** Operands before the command. */
  readonly operands?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assigns?: boolean;
  /** Words before the command, as `run` in `uv run`; without them it is no wrapper. */
  readonly words?: readonly string[];
}

// Options with a value as each program's manual lists them.
const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: {
    short: "ugpCDRThrtcU",
    long: [
      "user",
      "group",
      "prompt",
      "close-from",
      "chdir",
      "chroot",
      "command-timeout",
      "host",
      "role",
      "type",
      "other-user",
    ],
    assigns: true,
  },
  doas: { short: "uC" },
  env: { short: "uCS", long: ["unset", "chdir", "split-string"], assigns: true },
  timeout: { short: "sk", long: ["signal", "kill-after"], operands: 1 },
  gtimeout: { short: "sk", long: ["signal", "kill-after"], operands: 1 },
  nice: { short: "n", long: ["adjustment"] },
  ionice: { short: "cnpPu", long: ["class", "classdata"] },
  nohup: {},
  unshare: { short: "SGRw", long: ["setuid", "setgid", "root", "wd"] },
  setsid: {},
  time: { short: "fo", long: ["format", "output"] },
  stdbuf: { short: "ioe", long: ["input", "output", "error"] },
  unbuffer: {},
  command: {},
  builtin: {},
  exec: { short: "a" },
  noglob: {},
  nocorrect: {},
  chronic: {},
  taskset: { operands: 1 },
  chrt: { short: "TPD", operands: 1 },
  caffeinate: { short: "tw" },
  strace: { short: "aeEIoOpPsSuUX" },
  ltrace: { short: "aeloOpsSuAFn" },
  chroot: { long: ["userspec", "groups"], operands: 1 },
  fakeroot: { short: "lsibu" },
  busybox: {},
  toybox: {},
  "cross-env": { assigns: true },
  dotenv: { short: "ecvp" },
  "xvfb-run": { short: "enfsp" },
  "systemd-run": {
    short: "pEuMHd",
    long: ["unit", "property", "setenv", "slice", "uid", "gid", "description"],
  },
  uv: {
    words: ["run"],
    long: ["with", "python", "project", "directory", "env-file", "extra", "group"],
    short: "p",
  },
  poetry: { words: ["run"] },
  pipenv: { words: ["run"] },
  pdm: { words: ["run"] },
  hatch: { words: ["run"] },
  bundle: { words: ["exec"] },
  conda: { words: ["run"], short: "np", long: ["name", "prefix", "cwd"] },
  direnv: { words: ["exec"], operands: 1 },
  npx: { short: "pc", long: ["package", "call"] },
  bunx: {},
  npm: { words: ["exec", "x"], long: ["package"] },
  pnpm: { words: ["exec", "dlx"] },
  yarn: { words: ["exec", "dlx"] },
  op: { words: ["run"], long: ["env-file"] },
};

/** Programs whose arguments are another command. `undefined`: not one of them, or used for something else. */
export function runWrapper(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  switch (name) {
    case "xargs":
    case "parallel":
      return runXargs(name, args, shell, call);
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
      return runCommandOption(name, args, shell, call);
    case "npx":
      return runCommandOption(name, args, shell, call) ?? runPlain(name, args, shell, call);
    default:
      return runPlain(name, args, shell, call);
  }
}

function note(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  addEffect(shell.world, {
    kind: "execute",
    program: name,
    args: args.map((arg) => known(arg.value)),
    cwd: shell.cwd,
    span: call.span,
  });
}

function runPlain(name: string, args: readonly Arg[], shell: Shell, call: Call): Output | undefined {
  const spec = Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
  if (spec === undefined) return undefined;
  let rest = args;
  if (spec.words !== undefined) {
    if (!spec.words.includes(args[0]?.value ?? "")) return undefined;
    rest = args.slice(1);
  }
  const options = readOptions(rest, { ...spec, stops: true });
  note(name, args, shell, call);
  if (name === "command" && has(options, "v", "V"))
    return { kind: "text", text: options.operands[0]?.value ?? "" };
  const output = valueOf(options, "o", "output");
  if (output !== undefined && (name === "time" || name === "strace" || name === "ltrace"))
    touch(shell, output, { kind: "write", by: name });
  const env = new Map(call.env);
  let command = options.operands;
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
  const result = runUnwrapped(name, options, command, shell, inner);
  shell.cwd = before;
  return result;
}

function runUnwrapped(
  name: string,
  options: ReturnType<typeof readOptions>,
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
  return command.length === 0 ? none : runCommand(command, shell, call);
}

/** `xargs cmd`: the command gets what standard input says, or something that cannot be known. */
function runXargs(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  const options = readOptions(args, {
    short: name === "xargs" ? "InPLsdaE" : "jIaSN",
    long: [
      "replace",
      "max-args",
      "max-procs",
      "max-lines",
      "max-chars",
      "delimiter",
      "arg-file",
      "jobs",
      "arg-sep",
    ],
    stops: true,
  });
  note(name, args, shell, call);
  const cut = options.operands.findIndex((arg) => /^:::+[+]?$/.test(arg.value));
  const command = cut < 0 ? options.operands : options.operands.slice(0, cut);
  const given = cut < 0 ? inputWords(call.stdin) : options.operands.slice(cut + 1).map((arg) => arg.value);
  if (command.length === 0) {
    if (name === "xargs") return call.stdin;
    // Without a command, parallel runs each input line as one.
    for (const line of given) shell.world.runText(line, shell, { value: line, span: call.span });
    return unknown;
  }
  const place =
    valueOf(options, "I", "replace")?.value ?? (name === "parallel" || has(options, "i") ? "{}" : undefined);
  const replaced = place !== undefined && command.some((arg) => arg.value.includes(place));
  const joined = name === "parallel" && command.length === 1;
  const words = given.length === 0 ? [hole] : given.slice(0, 24);
  const rounds =
    replaced && place !== undefined
      ? words.map((word) =>
          command.map((arg) => ({ ...arg, value: arg.value.replaceAll(place, () => word) })),
        )
      : [[...command, ...words.map((value) => ({ value, span: call.span }))]];
  for (const round of rounds) {
    if (joined)
      shell.world.runText(round.map((arg) => arg.value).join(" "), shell, { value: "", span: call.span });
    else runCommand(round, shell, { ...call, stdin: none });
  }
  return unknown;
}

function inputWords(stdin: Output): readonly string[] {
  switch (stdin.kind) {
    case "text":
      return stdin.text.split(/[\s\0]+/).filter((word) => word !== "");
    case "paths":
      return stdin.words;
    case "none":
    case "unknown":
      return [];
  }
}

const findActions = /^-(exec|execdir|ok|okdir)$/;

/** `find`: what it matches is what `-delete` and `-exec` act on. */
function runFind(args: readonly Arg[], shell: Shell, call: Call): Output {
  note("find", args, shell, call);
  let i = 0;
  while (/^-([HLPD]|O\d?)$/.test(args[i]?.value ?? "")) i += args[i]?.value === "-D" ? 2 : 1;
  const roots: Arg[] = [];
  for (; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined || /^[-(!),]/.test(arg.value)) break;
    roots.push(arg);
  }
  const expression = args.slice(i);
  const words = (roots.length === 0 ? [{ value: ".", span: call.span }] : roots).map((root) =>
    matched(root.value, expression),
  );
  expression.forEach((arg, index) => {
    const next = expression[index + 1];
    if (arg.value === "-delete")
      for (const value of words)
        touch(shell, { value, span: call.span }, { kind: "delete", by: "find", recursive: true });
    if (/^-(fprint|fprintf|fls|fprint0)$/.test(arg.value) && next !== undefined)
      touch(shell, next, { kind: "write", by: "find" });
    if (!findActions.test(arg.value)) return;
    const end = expression.findIndex((item, at) => at > index && (item.value === ";" || item.value === "+"));
    const command = expression.slice(index + 1, end < 0 ? undefined : end);
    for (const word of words.slice(0, 8))
      runCommand(
        command.map((item) => ({ ...item, value: item.value.replaceAll("{}", () => word) })),
        shell,
        { ...call, stdin: none },
      );
  });
  return { kind: "paths", words };
}

/** What `find` selects below a root. Without a test that narrows it, that is the root itself. */
function matched(root: string, expression: readonly Arg[]): string {
  const name = expression.findIndex((arg) => /^-i?(name|path|wholename)$/.test(arg.value));
  const turned = expression
    .slice(0, Math.max(name, 0))
    .some((arg) => arg.value === "!" || arg.value === "-not");
  const folder = root.replace(/\/$/, "") || "/";
  if (name >= 0 && !turned) {
    const pattern = expression[name + 1]?.value ?? hole;
    if (!/^(\.?\/?\*+|\*\.\*)$/.test(pattern)) {
      const last = pattern.slice(pattern.lastIndexOf("/") + 1) || "*";
      const shown = /^[*]+$/.test(last) ? "[listed]" : last;
      const marked = /[*?[]/.test(shown) ? `${glob}${shown}` : shown;
      return `${folder}/${glob}**/${pattern.includes(".git/") ? ".git/" : ""}${marked}`;
    }
  }
  const narrows = expression.some((arg) =>
    /^-(mtime|mmin|atime|ctime|newer.*|size|empty|regex|iregex|user|perm|samefile|inum|links|lname)$/.test(
      arg.value,
    ),
  );
  return narrows && !turned ? `${folder}/${glob}**/${glob}[listed]` : root;
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
    short: name === "nix-shell" ? "p" : name === "npx" ? "cp" : "csguTOomtEB",
    long: ["command", "call", "run", "package", "shell", "session-command"],
    stops: name !== "su" && name !== "script",
  });
  const body = valueOf(options, "c", "command", "call", "run", "session-command");
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
