import { within } from "../paths.ts";
import { quote } from "./command.ts";
import type { Call } from "./command.ts";
import { readOptions, valueOf } from "./options.ts";
import { everything, listed } from "./output.ts";
import { runBody } from "./shells.ts";
import { searchedNames } from "./selection.ts";
import { addProblem, glob, hole, isKnown, none, touch, unknown } from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** Commands that git starts on behalf of its own. */
export function starts(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  const bodies: Arg[] = [];
  const after = (word: string): readonly Arg[] => args.slice(args.findIndex((arg) => arg.value === word) + 1);
  if (name === "submodule" && args.some((arg) => arg.value === "foreach")) {
    const command = after("foreach").filter((arg) => arg.value !== "--recursive" && arg.value !== "--quiet");
    if (command[0] !== undefined)
      bodies.push({ ...command[0], value: command.map((arg) => arg.value).join(" ") });
  }
  if (name === "for-each-repo") {
    const { operands } = readOptions(args, { long: ["config"], stops: true });
    const [first] = operands;
    if (first !== undefined)
      bodies.push({ ...first, value: ["git", ...operands.map((arg) => quote(arg.value))].join(" ") });
  }
  if (name === "instaweb")
    bodies.push(
      ...(readOptions(args, { short: "dbp", long: ["httpd", "browser", "port"] }).values.get("httpd") ?? []),
    );
  if (name === "bisect" && args[0]?.value === "run") {
    const [, first, ...others] = args;
    if (first !== undefined)
      bodies.push({ ...first, value: [first, ...others].map((arg) => quote(arg.value)).join(" ") });
  }
  if (name === "rebase") {
    const options = readOptions(args, {
      short: "xsXCS",
      long: ["exec", "onto", "strategy", "strategy-option"],
    });
    bodies.push(...(options.values.get("x") ?? []), ...(options.values.get("exec") ?? []));
  }
  if (name === "difftool" || name === "grep") {
    const options = readOptions(args, {
      short: name === "difftool" ? "xt" : "OefABCm",
      long: name === "difftool" ? ["extcmd", "tool"] : [],
    });
    bodies.push(...(options.values.get("x") ?? []), ...(options.values.get("extcmd") ?? []));
    for (const arg of args) {
      const pager = /^(?:-O|--open-files-in-pager=)(.+)$/.exec(arg.value)?.[1];
      if (name === "grep" && pager !== undefined) bodies.push({ ...arg, value: pager });
    }
  }
  if (remoteCommands.has(name))
    for (const [index, arg] of args.entries()) {
      const value = /^--(?:upload-pack|receive-pack|exec)(?:=(.*))?$/.exec(arg.value);
      const short = name === "clone" && arg.value === "-u" ? args[index + 1] : undefined;
      if (value !== null) bodies.push({ ...arg, value: value[1] ?? args[index + 1]?.value ?? hole });
      if (short !== undefined) bodies.push(short);
      if (arg.value.startsWith("ext::"))
        addProblem(
          shell.world,
          "opaque-body",
          "the transport ext:: runs a program that git builds itself",
          arg.span,
        );
    }
  for (const body of bodies) runBody(body, [], shell, { ...call, env: new Map(), stdin: none });
}

const remoteCommands: ReadonlySet<string> = new Set([
  "clone",
  "fetch",
  "pull",
  "push",
  "ls-remote",
  "fetch-pack",
  "send-pack",
  "archive",
]);

/** Files that git writes or deletes by name. */
export function files(name: string, args: readonly Arg[], shell: Shell): void {
  const write = (arg: Arg | undefined): void => {
    if (arg !== undefined) touch(shell, arg, { kind: "write", by: "git" });
  };
  switch (name) {
    case "clone": {
      const { operands } = readOptions(args, {
        short: "bcjou",
        long: [
          "branch",
          "config",
          "depth",
          "jobs",
          "origin",
          "upload-pack",
          "reference",
          "template",
          "separate-git-dir",
          "filter",
        ],
      });
      const [source, folder] = operands;
      const base = source?.value.replace(/\/$/, "").replace(/\.git$/, "");
      write(
        folder ??
          (source === undefined || base === undefined
            ? undefined
            : { ...source, value: base.slice(base.search(/[^/:]*$/)) }),
      );
      return;
    }
    case "init": {
      const { operands } = readOptions(args, {
        short: "b",
        long: ["initial-branch", "template", "separate-git-dir", "object-format"],
      });
      write(operands[0]);
      return;
    }
    case "mv": {
      const { operands } = readOptions(args, {});
      for (const arg of operands.slice(0, -1)) touch(shell, arg, { kind: "delete", by: "git" });
      write(operands.at(-1));
      return;
    }
    case "rm": {
      const options = readOptions(args, {
        long: ["pathspec-from-file"],
        flags: ["cached", "dry-run", "force"],
      });
      if (options.flags.has("cached") || options.flags.has("dry-run") || options.flags.has("n")) return;
      for (const arg of options.operands)
        touch(shell, arg, { kind: "delete", by: "git", recursive: options.flags.has("r") });
      return;
    }
    case "worktree":
      if (args[0]?.value === "add")
        write(readOptions(args.slice(1), { short: "bB", long: ["reason"] }).operands[0]);
      return;
    case "archive":
    case "diff":
    case "format-patch":
    case "log":
    case "show":
      write(
        valueOf(
          readOptions(args, {
            short: name === "archive" || name === "format-patch" ? "o" : "",
            long: ["output", "output-directory"],
          }),
          "o",
          "output",
          "output-directory",
        ),
      );
      return;
    default:
      return;
  }
}

/** What git prints, for the commands whose answer is used as an argument every day. */
export function prints(name: string, args: readonly Arg[], shell: Shell): Output {
  const words = args.map((arg) => arg.value);
  const { currentBranch, worktree } = shell.world.facts;
  const branch: Output =
    currentBranch === undefined || currentBranch === "unknown"
      ? unknown
      : { kind: "text", text: currentBranch };
  if (name === "branch" && words.includes("--show-current")) return branch;
  if (name === "symbolic-ref" && words.includes("--short") && words.at(-1) === "HEAD") return branch;
  if (name === "rev-parse") {
    if (words.includes("--abbrev-ref") && words.at(-1) === "HEAD") return branch;
    if (
      words.includes("--show-toplevel") &&
      worktree !== undefined &&
      shell.cwd !== undefined &&
      within(shell.cwd, worktree)
    )
      return { kind: "text", text: worktree };
  }
  if (
    name === "ls-files" &&
    words.every((word) => /^(-[zmco]+|--(cached|modified|others|exclude-standard|full-name))$/.test(word))
  )
    return everything(".");
  if (name === "ls-files") {
    const named = pathspecs(words);
    return named === undefined ? listed([], shell) : { kind: "paths", words: named };
  }
  if (name === "grep" && words.some((word) => /^-\w*l|^--(files-with|name-only)/.test(word)))
    return listed([], shell, searchedNames(args));
  return words.includes("--name-only") ? listed([], shell) : unknown;
}

/** What `git ls-files` is asked for by name; `undefined` where it is asked for files in some state, or by magic. */
function pathspecs(words: readonly string[]): readonly string[] | undefined {
  const named = words.filter((word) => !word.startsWith("-"));
  const plain = words.every(
    (word) => !word.startsWith("-") || /^-z?c?z?$|^--(cached|full-name|)$/.test(word),
  );
  if (!plain || named.length === 0 || named.some((word) => !isKnown(word) || /^:[^/]|^$/.test(word)))
    return undefined;
  return named.map((word) => {
    const pattern = word.replaceAll(glob, "");
    if (/[*?[]/.test(pattern)) return pattern.replace(/[*?[]/, `${glob}$&`);
    // A name without an ending is most likely a folder.
    return /\.\w+$/.test(pattern) ? pattern : `${pattern.replace(/\/$/, "")}/${glob}**`;
  });
}
