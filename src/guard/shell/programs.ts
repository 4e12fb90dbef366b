import { baseName } from "../paths.ts";
import type { Call } from "./command.ts";
import { fetchedBy } from "./fetched.ts";
import { has, readOptions, valueOf } from "./options.ts";
import { filtered } from "./output.ts";
import { patched } from "./patches.ts";
import { contentOf, hole, putContent, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";
import {
  here,
  inTree,
  removes,
  writes,
  reads,
  changes,
  network,
  fetched,
  moves,
  places,
  link,
  sed,
  copiesOut,
  editor,
  compiles,
  devices,
} from "./file-effects.ts";
import type { Start } from "./file-effects.ts";

/** What known programs do to files. Of a program that is not known here only its start is recorded. */
export function runProgram(name: string, args: readonly Arg[], shell: Shell, call: Call): Output {
  const effect = Object.hasOwn(programs, name) ? programs[name] : undefined;
  if (effect !== undefined) effect({ name, args, shell, call });
  else if (/^mkfs(\.|$)|^(wipefs|sgdisk|parted|fdisk|sfdisk|mkswap|blkdiscard)$/.test(name))
    devices(name, args, shell);
  return fetchedBy(name, args) ?? filtered(name, args, shell, call.stdin);
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
    if (has(options, "x", "extract", "get")) {
      writes(start, [folder ?? here(start)], true);
      // Only these come out of it.
      if (folder === undefined) writes(start, options.operands);
    } else if (has(options, "c", "create", "r", "u") && file !== undefined && file.value !== "-")
      writes(start, [file]);
    if (has(options, "remove-files")) removes(start, options.operands, true);
  },
  unzip: (start) => {
    const options = readOptions(start.args, { short: "dx" });
    if (has(options, "l", "t", "p", "v", "Z")) return;
    const folder = valueOf(options, "d");
    writes(start, [folder ?? here(start)], true);
    if (folder === undefined) writes(start, options.operands.slice(1));
  },
  zip: (start) => {
    const options = readOptions(start.args, { short: "xibnt" });
    writes(start, options.operands.slice(0, 1));
    if (has(options, "m", "move")) removes(start, options.operands.slice(1), true);
  },
  "7z": (start) => {
    const [, archive, ...sources] = start.args.filter((arg) => !arg.value.startsWith("-"));
    const does = start.args[0]?.value ?? "";
    const adds = does === "a";
    const folder = start.args.find((arg) => /^-o./.test(arg.value));
    if (/^[xe]$/.test(does) && folder !== undefined)
      writes(start, [{ ...folder, value: folder.value.slice(2) }], true);
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
  docker: copiesOut,
  podman: copiesOut,
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
    const folder = valueOf(options, "d", "directory");
    if (folder !== undefined && patch?.kind !== "text") writes(start, [folder]);
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
    const content = fetchedBy(start.name, start.args) ?? unknown;
    for (const arg of [...(options.values.get("o") ?? []), ...(options.values.get("output") ?? [])])
      fetched(start, arg, content);
    const jar = valueOf(options, "c", "cookie-jar", "D");
    if (jar !== undefined && jar.value !== "-") writes(start, [jar]);
    for (const url of options.operands) {
      network(start, url);
      if (has(options, "O", "remote-name"))
        fetched(start, { ...url, value: baseName(url.value.replace(/[?#].*$/, "")) }, content);
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
    const content = fetchedBy(start.name, start.args) ?? unknown;
    if (file !== undefined) fetched(start, file, content);
    else if (folder !== undefined) writes(start, [folder], true);
    else
      for (const url of options.operands) {
        const name = baseName(url.value.replace(/[?#].*$/, ""));
        if (name !== "" && name !== hole) putContent(start.shell, name, content);
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
