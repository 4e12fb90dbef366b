import { trimEnd } from "../../core/trim-end.ts";
import { baseName } from "../paths.ts";
import type { Call } from "./command.ts";
import { has, plainText, readOptions, valueOf } from "./options.ts";
import type { OptionSpec, Options } from "./options.ts";
import { lookUp } from "./lookup.ts";
import { addEffect, contentOf, hole, putContent, target, touch } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** One start of a program. */
export interface Start {
  readonly name: string;
  readonly args: readonly Arg[];
  readonly shell: Shell;
  readonly call: Call;
}

export function here(start: Start): Arg {
  return { value: start.shell.cwd ?? hole, span: start.call.span };
}

export function inTree(shell: Shell, arg: Arg): boolean {
  const { path } = target(shell, arg.value);
  return path !== undefined && path === shell.world.facts.worktree;
}

export function removes({ name, shell }: Start, operands: readonly Arg[], recursive: boolean): void {
  for (const arg of operands) touch(shell, arg, { kind: "delete", by: name, recursive });
}

export function writes({ name, shell }: Start, operands: readonly Arg[], recursive = false): void {
  for (const arg of operands)
    if (arg.value !== "-") touch(shell, arg, { kind: "write", by: name, recursive });
}

export function reads({ name, args, shell }: Start): void {
  const spec: OptionSpec =
    name === "head" || name === "tail" ? { short: "nc", long: ["lines", "bytes"] } : {};
  for (const arg of readOptions(args, spec).operands) touch(shell, arg, { kind: "read", by: name });
}

export function changes(start: Start): void {
  const options = readOptions(start.args, { long: ["reference", "from"], flags: ["recursive"] });
  // `chmod -x file`: a mode that looks like an option leaves no operand.
  const dashed = start.args.some((arg) => /^-[rwxXst]+$/.test(arg.value));
  writes(start, options.operands.slice(dashed ? 0 : 1), has(options, "R", "recursive"));
}

export function network({ shell, call }: Start, arg: Arg): void {
  addEffect(shell.world, { kind: "network", target: plainText(arg), span: call.span });
}

/** A file with content from the network. */
export function fetched(start: Start, file: Arg, content: Output): void {
  if (file.value === "-") return;
  writes(start, [file]);
  putContent(start.shell, file.value, content);
}

export function moves(start: Start, takesAway: boolean): void {
  const options = readOptions(start.args, { short: "tS", long: ["target-directory", "suffix"] });
  const folder = valueOf(options, "t", "target-directory");
  const sources = folder === undefined ? options.operands.slice(0, -1) : options.operands;
  // A whole folder goes where it is moved to, so taking it away is like deleting it there.
  if (takesAway) removes(start, sources, true);
  const [from, to] = options.operands;
  if (from?.value === "/dev/null" && to !== undefined && options.operands.length === 2)
    return writes({ ...start, name: "truncate" }, [to]);
  places(start, options, options.operands);
  if (options.operands.length !== 2 || folder !== undefined) return;
  if (from === undefined || to === undefined) return;
  const content = contentOf(start.shell, from.value);
  if (content !== undefined) putContent(start.shell, to.value, content);
  // A shell script of the repository is the same under another name.
  const script =
    content === undefined && /\.(ba|z)?sh$/.test(from.value) ? lookUp(from.value, start.shell) : undefined;
  if (script !== undefined) putContent(start.shell, to.value, { kind: "text", text: script.text });
  // A copy of a program is that program under another name.
  const source = target(start.shell, from.value).path;
  if (source !== undefined && /^(\/usr)?\/s?bin\/[^/]+$/.test(source)) copied(start.shell, source, to);
}

/** Files put at the last operand, or into it where it is a folder. */
export function places(start: Start, options: Options, operands: readonly Arg[]): void {
  const folder = valueOf(options, "t", "target-directory");
  const last = folder ?? operands.at(-1);
  const sources = folder === undefined ? operands.slice(0, -1) : operands;
  if (last === undefined || sources.length === 0) return;
  const into = folder !== undefined || sources.length > 1 || /(^|\/)\.{0,2}$/.test(last.value);
  if (!into) return writes(start, [last]);
  writes(
    start,
    sources.map((source) => ({
      ...source,
      value: `${last.value}/${baseName(trimEnd(source.value, "/")) || hole}`,
    })),
  );
}

export function link(start: Start): void {
  const options = readOptions(start.args, {
    short: "tS",
    long: ["target-directory", "suffix"],
    flags: ["symbolic", "force"],
  });
  places(start, options, options.operands);
  const [from, to] = options.operands;
  if (from === undefined || to === undefined || options.operands.length !== 2) return;
  const made = target(start.shell, to.value).path;
  const end = target(start.shell, from.value).path;
  if (made !== undefined && end !== undefined && made !== end) start.shell.world.links.set(made, end);
}

/** `to` stands for `source` from now on. */
function copied(shell: Shell, source: string, to: Arg): void {
  const made = target(shell, to.value).path;
  if (made !== undefined) shell.world.copies.set(made, source);
}

export function sed(start: Start): void {
  const options = readOptions(start.args, {
    short: "efl",
    long: ["expression", "file", "line-length"],
    flags: ["in-place"],
  });
  const scripted =
    options.values.has("e") ||
    options.values.has("f") ||
    options.values.has("expression") ||
    options.values.has("file");
  // BSD's `-i ''` leaves an empty operand.
  const operands = options.operands.filter((arg) => arg.value !== "");
  const [script] = operands;
  if (has(options, "i", "in-place")) writes(start, scripted ? operands : operands.slice(1));
  const texts = [
    ...(options.values.get("e") ?? []),
    ...(options.values.get("expression") ?? []),
    ...(scripted || script === undefined ? [] : [script]),
  ];
  for (const arg of texts) {
    // The commands `w file` and `e command` of a sed script.
    const written = /(?:^|[;\n/])\s*\d*w\s+([^\s;]+)/.exec(arg.value)?.[1];
    if (written !== undefined) writes(start, [{ ...arg, value: written }]);
    const run = /(?:^|;)\s*\d*e\s+(.+)$/.exec(arg.value)?.[1];
    if (run !== undefined) start.shell.world.runText(run, start.shell, arg);
  }
}

/** `vim -c ':!command' -c wq file`: an editor that runs a shell command, and writes where a command of its own says so. */
export function editor(start: Start): void {
  const { args, shell } = start;
  const { values, operands } = readOptions(args, { short: "cSTu", long: ["cmd"] });
  const commands = [...(values.get("c") ?? []), ...(values.get("cmd") ?? [])];
  const plus = operands.filter((arg) => arg.value.startsWith("+"));
  for (const arg of commands) {
    const run = /^:?\s*(?:silent\s+)?!(.+)$/s.exec(arg.value)?.[1];
    if (run !== undefined) shell.world.runText(run, shell, arg);
  }
  const saves = [...commands, ...plus].some((arg) =>
    /(?:^|[:+|\s])(?:w|wq|wqa|wa|x|xa|up|update)!?\s*$/.test(arg.value),
  );
  if (saves)
    writes(
      start,
      operands.filter((arg) => !plus.includes(arg)),
    );
}

/** `gawk -i inplace program file`. */
export function awk(start: Start): void {
  const options = readOptions(start.args, { short: "iFvfl", long: ["include", "file", "assign"] });
  const included = [...(options.values.get("i") ?? []), ...(options.values.get("include") ?? [])];
  if (!included.some((arg) => arg.value.startsWith("inplace"))) return;
  const scripted = options.values.has("f") || options.values.has("file");
  const files = scripted ? options.operands : options.operands.slice(1);
  writes(
    start,
    files.filter((arg) => !/^\w+=/.test(arg.value)),
  );
}

/** `docker cp container:/file here`. */
export function copiesOut(start: Start): void {
  const [first, ...rest] = start.args;
  const words = first?.value === "container" ? rest : start.args;
  if (words[0]?.value !== "cp") return;
  const to = readOptions(words.slice(1), {}).operands[1];
  if (to !== undefined && to.value !== "-" && !/^[^/.]+:/.test(to.value)) writes(start, [to], true);
}

export function compiles(start: Start): void {
  const at = start.args.findIndex((arg) => arg.value === "-o");
  const output = start.args[at + 1];
  if (at >= 0 && output !== undefined) writes(start, [output]);
}

export function devices(name: string, args: readonly Arg[], shell: Shell): void {
  for (const arg of args) if (arg.value.startsWith("/")) touch(shell, arg, { kind: "write", by: name });
}
