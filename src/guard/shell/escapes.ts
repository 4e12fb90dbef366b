import type { Call } from "./command.ts";
import { awk } from "./file-effects.ts";
import { readOptions } from "./options.ts";
import { runBody } from "./shells.ts";
import { none, touch } from "./shell.ts";
import type { Arg, Shell } from "./shell.ts";

/** Ways in which programs with another purpose start a command. Each gives the commands that stand in the arguments. */
type Escape = (args: readonly Arg[], input: string) => readonly Arg[];

/** Follows the commands that a program starts beside its own work: pagers, filters, remote shells, editors. */
export function runEscapes(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  if (name === "cmake") removeWithCmake(args, shell);
  if (name === "awk" || name === "gawk") awk({ name, args, shell, call });
  const escape = Object.hasOwn(escapes, name) ? escapes[name] : undefined;
  if (escape === undefined) return;
  const input = call.stdin.kind === "text" ? call.stdin.text : "";
  for (const body of escape(args, input))
    runBody({ ...body, span: call.span }, [], shell, { ...call, stdin: none });
}

const escapes: Readonly<Record<string, Escape>> = {
  tar: (args) => matches(args, /^--checkpoint-action=exec=(.+)$/s),
  bsdtar: (args) => matches(args, /^--checkpoint-action=exec=(.+)$/s),
  zip: (args) => values(args, "-TT", "--unzip-command"),
  rsync: (args) => values(args, "-e", "--rsh"),
  ssh: sshOptions,
  scp: (args) => [...sshOptions(args), ...values(args, "-S")],
  sftp: (args, input) => [...sshOptions(args), ...values(args, "-S"), ...shouted(input)],
  man: (args) => values(args, "-P", "--pager"),
  less: (args) => matches(args, /^\+!(.+)$/s),
  more: (args) => matches(args, /^\+!(.+)$/s),
  vi: vim,
  vim,
  nvim: vim,
  view: vim,
  ex: vim,
  ed: (_, input) => shouted(input),
  ftp: (_, input) => shouted(input),
  gdb: (args) =>
    [...values(args, "-ex", "-iex", "--eval-command"), ...after(args, "--args")].flatMap(debugged),
  lldb: (args) =>
    values(args, "-o", "--one-line").flatMap((arg) => picked(arg, /^(?:platform )?shell\s+(.+)$/s)),
  psql: (args, input) =>
    [...values(args, "-c", "--command"), texted(input)].flatMap((arg) => picked(arg, /\\!\s*([^\n]+)/)),
  mysql: (args, input) =>
    [...values(args, "-e", "--execute"), texted(input)].flatMap((arg) =>
      picked(arg, /(?:^|[;\n])[^\S\n]*(?:\\!|system\s)\s*([^\n;]+)/),
    ),
  sqlite3: (args, input) =>
    [...args, texted(input)].flatMap((arg) => picked(arg, /(?:^|\n)\s*\.(?:shell|system)\s+([^\n]+)/)),
  tcpdump: (args) => values(args, "-z"),
  wget: (args) => values(args, "--use-askpass"),
  expect: (args) => values(args, "-c").flatMap((arg) => picked(arg, /\bspawn\s+([^;\n]+)/)),
  sed: (args) => args.flatMap((arg) => picked(arg, /^s(.)(?:(?!\1).)*\1((?:(?!\1).)+)\1[gpIi0-9]*e/s, 2)),
  cmake: (args) => {
    const at = args.findIndex((arg) => arg.value === "-E");
    const verb = args[at + 1]?.value ?? "";
    const words =
      at < 0
        ? []
        : /^(env|time)$/.test(verb)
          ? args.slice(at + 2)
          : verb === "chdir"
            ? args.slice(at + 3)
            : [];
    const text = words.map((arg) => arg.value).join(" ");
    if (text === "") return [];
    const place = verb === "chdir" ? `cd ${args[at + 2]?.value ?? "."} && ` : "";
    return [texted(place + text)];
  },
};

function texted(value: string): Arg {
  return { value, span: { start: 0, end: 0 } };
}

function values(args: readonly Arg[], ...names: readonly string[]): readonly Arg[] {
  return args.flatMap((arg, index) => {
    const next = args[index + 1];
    if (names.includes(arg.value)) return next === undefined ? [] : [next];
    const name = names.find((item) => item.startsWith("--") && arg.value.startsWith(`${item}=`));
    return name === undefined ? [] : [{ ...arg, value: arg.value.slice(name.length + 1) }];
  });
}

function after(args: readonly Arg[], name: string): readonly Arg[] {
  const at = args.findIndex((arg) => arg.value === name);
  return at < 0
    ? []
    : [
        texted(
          `shell ${args
            .slice(at + 1)
            .map((arg) => arg.value)
            .join(" ")}`,
        ),
      ];
}

function matches(args: readonly Arg[], pattern: RegExp): readonly Arg[] {
  return args.flatMap((arg) => picked(arg, pattern));
}

function picked(arg: Arg, pattern: RegExp, group = 1): readonly Arg[] {
  const value = pattern.exec(arg.value)?.[group];
  return value === undefined ? [] : [{ ...arg, value }];
}

/** Lines that begin with an exclamation mark are for the shell. */
function shouted(input: string): readonly Arg[] {
  return [...input.matchAll(/^!(.+)$/gm).take(20)].map((match) => texted(match[1] ?? ""));
}

function debugged(arg: Arg): readonly Arg[] {
  return picked(arg, /^(?:!|shell\s)\s*(.+)$/s);
}

function sshOptions(args: readonly Arg[]): readonly Arg[] {
  const given = args.flatMap((arg, index) => {
    const attached = /^-o(.+)$/.exec(arg.value)?.[1];
    const next = arg.value === "-o" ? args[index + 1]?.value : attached;
    return next === undefined ? [] : [{ ...arg, value: next }];
  });
  return given.flatMap((arg) => picked(arg, /^(?:proxycommand|localcommand|knownhostscommand)[= ]+(.+)$/is));
}

/** `vim +'!cmd'`, `-c ':!cmd'`, `-c 'call system("cmd")'`, and an ex script on standard input. */
function vim(args: readonly Arg[], input: string): readonly Arg[] {
  const { values: given } = readOptions(args, { short: "cSTu", long: ["cmd"] });
  const commands = [
    ...(given.get("c") ?? []),
    ...(given.get("cmd") ?? []),
    ...args.flatMap((arg) => picked(arg, /^\+(.+)$/s)),
  ];
  const bang = commands.flatMap((arg) =>
    picked(arg, /^:?\s*(?:sil(?:ent)?!?\s+)?(?:%|r|read|w|write)?\s*!(.+)$/s),
  );
  const calls = commands.flatMap((arg) => picked(arg, /\bsystem(?:list)?\(\s*(["'])(.*?)\1/s, 2));
  return [...bang, ...calls, ...shouted(input)];
}

/** `cmake -E rm`, `remove` and `remove_directory`. */
function removeWithCmake(args: readonly Arg[], shell: Shell): void {
  const at = args.findIndex((arg) => arg.value === "-E");
  const verb = args[at + 1]?.value ?? "";
  if (at < 0 || !/^(rm|remove|remove_directory)$/.test(verb)) return;
  const recursive = verb === "remove_directory" || args.some((arg) => /^-\w*[rR]/.test(arg.value));
  for (const arg of args.slice(at + 2))
    if (!arg.value.startsWith("-")) touch(shell, arg, { kind: "delete", by: "cmake", recursive });
}
