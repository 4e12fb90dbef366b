import { baseName } from "../paths.ts";
import type { Call } from "./command.ts";
import { has, plainText, readOptions, valueOf } from "./options.ts";
import type { OptionSpec, Options } from "./options.ts";
import { fetchedBy } from "./fetched.ts";
import { filtered } from "./output.ts";
import { patched } from "./patches.ts";
import { addEffect, contentOf, hole, putContent, target, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** What known programs do to files. Of a program that is not known here only its start is recorded. */
export function runProgram(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  const effect = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (effect !== undefined) effect({ name, args, shell, call });
  else if (/^mkfs(\.|$)|^(wipefs|sgdisk|parted|fdisk|sfdisk|mkswap|blkdiscard)$/.test(name))
    devices(name, args, shell);
  return fetchedBy(name, args) ?? filtered(name, args, shell, call.stdin);
}

interface Start {
  readonly name: string;
  readonly args: readonly Arg[];
  readonly shell: Shell;
  readonly call: Call;
}

type Program = (start: Start) => void;

const programs: Readonly<Record<string, Program>> = {
  rm: (start) => {
    const options = readOptions(start.args, {
      long: ["interactive"],
      flags: ["recursive", "force", "dir", "no-preserve-root"],
    });
    removes(start, options.operands, has(options, "r", "R", "recursive"));
  },
  rmdir: (start) => removes(start, readOptions(start.args, {}).operands, false),
  unlink: (start) => removes(start, readOptions(start.args, {}).operands, false),
  srm: (start) => removes(start, readOptions(start.args, {}).operands, true),
  trash: (start) => removes(start, readOptions(start.args, {}).operands, true),
  rimraf: (start) => removes(start, readOptions(start.args, {}).operands, true),
  del: (start) => removes(start, readOptions(start.args, {}).operands, true),
  "del-cli": (start) => removes(start, readOptions(start.args, {}).operands, true),
  wipe: (start) => removes(start, readOptions(start.args, { short: "QlS" }).operands, true),
  // PowerShell's own: `-Recurse` and its like are flags, or name the operand.
  "Remove-Item": (start) =>
    removes(
      start,
      start.args.filter((arg) => !arg.value.startsWith("-")),
      true,
    ),
  shred: (start) => {
    const { operands } = readOptions(start.args, { short: "ns", long: ["iterations", "size"] });
    const disks = operands.filter((arg) => arg.value.startsWith("/dev/"));
    writes(start, disks);
    removes(
      start,
      operands.filter((arg) => !disks.includes(arg)),
      false,
    );
  },
  mv: (start) => moves(start, true),
  cp: (start) => moves(start, false),
  gcp: (start) => moves(start, false),
  install: (start) => {
    const options = readOptions(start.args, {
      short: "mogtS",
      long: ["mode", "owner", "group", "target-directory", "suffix"],
    });
    if (has(options, "d", "directory")) return writes(start, options.operands);
    places(start, options, options.operands);
    const [from, to] = options.operands;
    if (from?.value === "/dev/stdin" && to !== undefined) putContent(start.shell, to.value, start.call.stdin);
  },
  ln: link,
  rsync: (start) => {
    const options = readOptions(start.args, {
      short: "efTBM",
      long: [
        "rsh",
        "filter",
        "exclude",
        "include",
        "exclude-from",
        "include-from",
        "files-from",
        "temp-dir",
        "log-file",
        "rsync-path",
        "bwlimit",
        "chmod",
        "compare-dest",
        "link-dest",
        "backup-dir",
        "out-format",
      ],
      flags: [
        "delete",
        "delete-before",
        "delete-during",
        "delete-after",
        "delete-excluded",
        "del",
        "dry-run",
        "remove-source-files",
      ],
    });
    const last = options.operands.at(-1);
    if (last === undefined || has(options, "n", "dry-run")) return;
    if (/^[^/]+:/.test(last.value)) return network(start, last);
    const deletes = [...options.flags].some((flag) => flag.startsWith("del"));
    if (deletes) touch(start.shell, last, { kind: "delete", by: "rsync", recursive: true });
    if (has(options, "remove-source-files")) removes(start, options.operands.slice(0, -1), true);
    writes(start, [last], !inTree(start.shell, last));
  },
  tar: (start) => {
    const [first, ...others] = start.args;
    // `tar xf a.tar`: the first word holds options even without a dash.
    const bare = first !== undefined && /^[A-Za-z]+$/.test(first.value);
    const args = bare ? [{ ...first, value: `-${first.value}` }, ...others] : start.args;
    const options = readOptions(args, {
      short: "fCTXbIgHKLNV",
      long: [
        "file",
        "directory",
        "files-from",
        "exclude",
        "exclude-from",
        "use-compress-program",
        "to-command",
        "transform",
        "strip-components",
        "owner",
        "group",
        "mode",
      ],
      flags: ["extract", "get", "create", "remove-files"],
    });
    const file = valueOf(options, "f", "file");
    const folder = valueOf(options, "C", "directory");
    const body = valueOf(options, "to-command", "I", "use-compress-program");
    if (body !== undefined) start.shell.world.runText(body.value, start.shell, body);
    if (has(options, "x", "extract", "get")) writes(start, [folder ?? here(start)], true);
    else if (has(options, "c", "create", "r", "u") && file !== undefined && file.value !== "-")
      writes(start, [file]);
    if (has(options, "remove-files")) removes(start, options.operands, true);
  },
  unzip: (start) => {
    const options = readOptions(start.args, { short: "dx" });
    if (!has(options, "l", "t", "p", "v", "Z")) writes(start, [valueOf(options, "d") ?? here(start)], true);
  },
  zip: (start) => {
    const options = readOptions(start.args, { short: "xibnt" });
    writes(start, options.operands.slice(0, 1));
    if (has(options, "m", "move")) removes(start, options.operands.slice(1), true);
  },
  "7z": (start) => {
    const [, archive, ...sources] = start.args.filter((arg) => !arg.value.startsWith("-"));
    const adds = start.args[0]?.value === "a";
    if (adds && archive !== undefined) writes(start, [archive]);
    if (start.args.some((arg) => arg.value === "-sdel")) removes(start, sources, true);
  },
  touch: (start) =>
    writes(start, readOptions(start.args, { short: "drt", long: ["date", "reference", "time"] }).operands),
  mkdir: (start) => writes(start, readOptions(start.args, { short: "mZ", long: ["mode"] }).operands),
  mkfifo: (start) => writes(start, readOptions(start.args, { short: "m", long: ["mode"] }).operands),
  tee: (start) => {
    const { operands, flags } = readOptions(start.args, { flags: ["append"] });
    writes(start, operands);
    for (const arg of operands)
      putContent(start.shell, arg.value, start.call.stdin, flags.has("a") || flags.has("append"));
  },
  sponge: (start) => writes(start, readOptions(start.args, {}).operands),
  truncate: (start) =>
    writes(start, readOptions(start.args, { short: "sr", long: ["size", "reference"] }).operands),
  fallocate: (start) =>
    writes(start, readOptions(start.args, { short: "lo", long: ["length", "offset"] }).operands),
  dd: (start) => {
    for (const arg of start.args) {
      if (arg.value.startsWith("of=")) {
        writes(start, [{ ...arg, value: arg.value.slice(3) }]);
        putContent(start.shell, arg.value.slice(3), start.call.stdin);
      }
      if (arg.value.startsWith("if="))
        touch(start.shell, { ...arg, value: arg.value.slice(3) }, { kind: "read", by: "dd" });
    }
  },
  chmod: (start) => changes(start),
  chown: (start) => changes(start),
  chgrp: (start) => changes(start),
  chattr: (start) => changes(start),
  setfacl: (start) => changes(start),
  sed: sed,
  gsed: sed,
  sort: (start) => {
    const output = valueOf(
      readOptions(start.args, { short: "okStT", long: ["output", "key"] }),
      "o",
      "output",
    );
    if (output !== undefined) writes(start, [output]);
  },
  split: (start) => {
    const { operands } = readOptions(start.args, { short: "abCln" });
    const prefix = operands[1];
    writes(start, [
      prefix === undefined
        ? { value: "xaa", span: start.call.span }
        : { ...prefix, value: `${prefix.value}aa` },
    ]);
  },
  patch: (start) => {
    const options = readOptions(start.args, {
      short: "pidorBDFVYz",
      long: ["input", "directory", "output", "strip", "reject-file"],
      flags: ["dry-run"],
    });
    if (has(options, "dry-run")) return;
    const named = valueOf(options, "o", "output") ?? options.operands[0];
    if (named !== undefined) return writes(start, [named]);
    const input = valueOf(options, "i", "input");
    const patch = input === undefined ? start.call.stdin : contentOf(start.shell, input.value);
    patched(patch, Number(valueOf(options, "p", "strip")?.value ?? 0), start.shell, start.call.span);
  },
  yq: (start) => {
    const options = readOptions(start.args, {
      short: "oIpf",
      long: ["output-format", "indent", "from-file"],
    });
    if (has(options, "i", "inplace", "in-place")) writes(start, options.operands.slice(1));
  },
  sd: (start) => writes(start, readOptions(start.args, { short: "nf" }).operands.slice(2)),
  gcc: compiles,
  cc: compiles,
  clang: compiles,
  "g++": compiles,
  "c++": compiles,
  "clang++": compiles,
  rustc: compiles,
  go: (start) => {
    if (start.args[0]?.value === "build") compiles({ ...start, args: start.args.slice(1) });
  },
  ed: (start) => writes(start, readOptions(start.args, { short: "p" }).operands.slice(0, 1)),
  ex: (start) => writes(start, readOptions(start.args, { short: "c" }).operands),
  vi: editor,
  vim: editor,
  nvim: editor,
  curl: (start) => {
    const options = readOptions(start.args, {
      short: "oHXdFuAbceTmrwxyYzDEKQUtCP",
      long: [
        "output",
        "output-dir",
        "header",
        "request",
        "data",
        "data-raw",
        "data-binary",
        "form",
        "user",
        "url",
        "max-time",
        "cookie",
        "cookie-jar",
        "proxy",
        "cacert",
        "write-out",
        "retry",
      ],
      flags: ["remote-name"],
    });
    for (const arg of [...(options.values.get("o") ?? []), ...(options.values.get("output") ?? [])])
      fetched(start, arg);
    const jar = valueOf(options, "c", "cookie-jar", "D");
    if (jar !== undefined && jar.value !== "-") writes(start, [jar]);
    for (const url of options.operands) {
      network(start, url);
      if (has(options, "O", "remote-name"))
        fetched(start, { ...url, value: baseName(url.value.replace(/[?#].*$/, "")) });
    }
  },
  wget: (start) => {
    const options = readOptions(start.args, {
      short: "oOaePUTtwQBADRIXl",
      long: [
        "output-document",
        "directory-prefix",
        "output-file",
        "header",
        "post-data",
        "user-agent",
        "timeout",
        "tries",
      ],
    });
    for (const url of options.operands) network(start, url);
    const file = valueOf(options, "O", "output-document");
    const folder = valueOf(options, "P", "directory-prefix");
    if (file !== undefined) fetched(start, file);
    else if (folder !== undefined) writes(start, [folder], true);
    else
      for (const url of options.operands) {
        const name = baseName(url.value.replace(/[?#].*$/, ""));
        if (name !== "" && name !== hole)
          putContent(start.shell, name, fetchedBy(start.name, start.args) ?? unknown);
      }
  },
  scp: (start) => {
    const last = readOptions(start.args, { short: "cFiJloPSD" }).operands.at(-1);
    if (last === undefined) return;
    if (last.value.includes(":")) network(start, last);
    else writes(start, [last]);
  },
  crontab: (start) => {
    const options = readOptions(start.args, { short: "u" });
    if (has(options, "l", "h", "V", "help")) return;
    touch(
      start.shell,
      { value: "/var/spool/cron", span: start.call.span },
      { kind: has(options, "r") ? "delete" : "write", by: "crontab" },
    );
  },
  cat: reads,
  less: reads,
  more: reads,
  head: reads,
  tail: reads,
  xxd: reads,
  od: reads,
  strings: reads,
  base64: reads,
  sqlite3: (start) => {
    const [file] = readOptions(start.args, { long: [] }).operands;
    if (file !== undefined) touch(start.shell, file, { kind: "read", by: start.name });
  },
};

function here(start: Start): Arg {
  return { value: start.shell.cwd ?? hole, span: start.call.span };
}

function inTree(shell: Shell, arg: Arg): boolean {
  const { path } = target(shell, arg.value);
  return path !== undefined && path === shell.world.facts.worktree;
}

function removes({ name, shell }: Start, operands: readonly Arg[], recursive: boolean): void {
  for (const arg of operands) touch(shell, arg, { kind: "delete", by: name, recursive });
}

function writes({ name, shell }: Start, operands: readonly Arg[], recursive = false): void {
  for (const arg of operands)
    if (arg.value !== "-") touch(shell, arg, { kind: "write", by: name, recursive });
}

function reads({ name, args, shell }: Start): void {
  const spec: OptionSpec =
    name === "head" || name === "tail" ? { short: "nc", long: ["lines", "bytes"] } : {};
  for (const arg of readOptions(args, spec).operands) touch(shell, arg, { kind: "read", by: name });
}

function changes(start: Start): void {
  const options = readOptions(start.args, { long: ["reference", "from"], flags: ["recursive"] });
  // `chmod -x file`: a mode that looks like an option leaves no operand.
  const dashed = start.args.some((arg) => /^-[rwxXst]+$/.test(arg.value));
  writes(start, options.operands.slice(dashed ? 0 : 1), has(options, "R", "recursive"));
}

function network({ shell, call }: Start, arg: Arg): void {
  addEffect(shell.world, { kind: "network", target: plainText(arg), span: call.span });
}

/** A file with content from the network. */
function fetched(start: Start, file: Arg): void {
  if (file.value === "-") return;
  writes(start, [file]);
  putContent(start.shell, file.value, fetchedBy(start.name, start.args) ?? unknown);
}

function moves(start: Start, takesAway: boolean): void {
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
  // A copy of a program is that program under another name.
  const source = target(start.shell, from.value).path;
  if (source !== undefined && /^(\/usr)?\/s?bin\/[^/]+$/.test(source)) copied(start.shell, source, to);
}

/** Files put at the last operand, or into it where it is a folder. */
function places(start: Start, options: Options, operands: readonly Arg[]): void {
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
      value: `${last.value}/${baseName(source.value.replace(/\/+$/, "")) || hole}`,
    })),
  );
}

function link(start: Start): void {
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

function sed(start: Start): void {
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

/** `vim -c ':!command'`: an editor that runs a shell command. */
function editor({ args, shell }: Start): void {
  const { values } = readOptions(args, { short: "cSTu", long: ["cmd"] });
  for (const arg of [...(values.get("c") ?? []), ...(values.get("cmd") ?? [])]) {
    const run = /^:?\s*(?:silent\s+)?!(.+)$/s.exec(arg.value)?.[1];
    if (run !== undefined) shell.world.runText(run, shell, arg);
  }
}

function compiles(start: Start): void {
  const at = start.args.findIndex((arg) => arg.value === "-o");
  const output = start.args[at + 1];
  if (at >= 0 && output !== undefined) writes(start, [output]);
}

function devices(name: string, args: readonly Arg[], shell: Shell): void {
  for (const arg of args) if (arg.value.startsWith("/")) touch(shell, arg, { kind: "write", by: name });
}
