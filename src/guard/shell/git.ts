import type { Span } from "../../core/action.ts";
import { resolvePath, within } from "../paths.ts";
import type { Call } from "./command.ts";
import { quote } from "./command.ts";
import { readOptions, valueOf } from "./options.ts";
import { everything, listed } from "./output.ts";
import { patched } from "./patches.ts";
import { runBody } from "./shells.ts";
import {
  addEffect,
  addProblem,
  contentOf,
  glob,
  hole,
  isKnown,
  known,
  none,
  target,
  touch,
  unknown,
} from "./shell.ts";
import type { Arg, Output, Shell } from "./shell.ts";

/** Runs git: global options, aliases, the commands that it starts, and the files that it names. */
export function runGit(args: readonly Arg[], shell: Shell, call: Call): Output {
  const globals = readGlobals(args, shell, call);
  const [operation, ...rest] = args.slice(globals.at);
  if (operation?.value === "clone")
    for (const text of cloneSettings(rest)) {
      const cut = text.indexOf("=");
      globals.config.set(text.slice(0, Math.max(cut, 0)).toLowerCase(), text.slice(cut + 1));
    }
  for (const [key, value] of globals.config) executes(key, value, shell, call);
  for (const [name, value] of call.env) if (runningVariables.test(name)) runSetting(value, shell, call);
  if (operation === undefined) return unknown;
  const name = known(operation.value);
  if (name === undefined) {
    addProblem(shell.world, "opaque-command", "which git command runs cannot be known", operation.span);
    return unknown;
  }
  const alias = globals.config.get(`alias.${name.toLowerCase()}`) ?? aliasOf(name, shell, operation.span);
  if (alias !== undefined && !ownCommands.has(name))
    return runAlias(alias, rest, args.slice(0, globals.at), shell, call);
  addEffect(shell.world, {
    kind: "git",
    operation: name,
    args: rest.map((arg) => known(arg.value)),
    cwd: globals.cwd,
    ...(globals.config.size === 0 ? {} : { config: Object.fromEntries(globals.config) }),
    ...(skipsHooks(shell, call) ? { withoutHooks: true } : {}),
    span: call.span,
  });
  const inner: Shell = { ...shell, cwd: globals.cwd };
  starts(name, rest, inner, call);
  files(name, rest, inner);
  if (name === "apply" && !/--(check|stat|numstat|summary)/.test(rest.map((arg) => arg.value).join(" "))) {
    const { operands, values } = readOptions(rest, {
      short: "pC",
      long: ["directory", "exclude", "include"],
    });
    const [file] = operands;
    const patch = file === undefined || file.value === "-" ? call.stdin : contentOf(inner, file.value);
    patched(patch, Number(values.get("p")?.[0]?.value ?? 1), inner, call.span);
  }
  if (name === "config") rememberAlias(rest, shell);
  return prints(name, rest, inner);
}

/** Hook managers look at variables of their own: husky, lefthook, pre-commit, overcommit. */
function skipsHooks(shell: Shell, { env }: Call): boolean {
  const value = (name: string): string => {
    const variable = shell.vars.get(name);
    return env.get(name) ?? (variable?.exported === true ? variable.fields[0] : undefined) ?? "";
  };
  return (
    ["HUSKY", "LEFTHOOK"].some((name) => /^(0|false)$/.test(value(name))) ||
    ["HUSKY_SKIP_HOOKS", "OVERCOMMIT_DISABLE"].some((name) => /^(1|true)$/.test(value(name))) ||
    ["SKIP", "LEFTHOOK_EXCLUDE", "SKIP_SIMPLE_GIT_HOOKS"].some((name) => value(name) !== "")
  );
}

interface Globals {
  readonly at: number;
  readonly cwd: string | undefined;
  readonly config: Map<string, string>;
}

function readGlobals(args: readonly Arg[], shell: Shell, call: Call): Globals {
  const config = new Map<string, string>();
  let { cwd } = shell;
  const variable = (name: string): string | undefined =>
    call.env.get(name) ?? shell.vars.get(name)?.fields[0];
  const folder = (value: string): string | undefined =>
    isKnown(value) ? resolvePath(value.replaceAll(glob, ""), cwd) : undefined;
  // `X/.git` is the repository of X; a folder without that name is a bare one.
  const repository = (value: string): string | undefined => folder(value)?.replace(/\/\.git$/, "");
  const setting = (text: string): void => {
    const cut = text.indexOf("=");
    const key = (cut < 0 ? text : text.slice(0, cut)).toLowerCase();
    config.set(key, cut < 0 ? "true" : text.slice(cut + 1));
  };
  for (const name of ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG"]) {
    const file = variable(name);
    if (file !== undefined && file !== "" && file !== "/dev/null") setting(`include.path=${file}`);
  }
  const programs = variable("GIT_EXEC_PATH");
  if (programs !== undefined) setting(`core.execpath=${programs}`);
  const work = variable("GIT_WORK_TREE");
  const repo = variable("GIT_DIR");
  let placed: string | undefined | "none" = "none";
  if (repo !== undefined) placed = repository(repo);
  if (work !== undefined) placed = folder(work);
  for (let n = 0; n < 8; n++) {
    const key = variable(`GIT_CONFIG_KEY_${n}`);
    if (key !== undefined) setting(`${key}=${variable(`GIT_CONFIG_VALUE_${n}`) ?? ""}`);
  }
  for (const match of (variable("GIT_CONFIG_PARAMETERS") ?? "").matchAll(/'([^'=]+)'?='?([^']*)'/g))
    setting(`${match[1] ?? ""}=${match[2] ?? ""}`);
  let i = 0;
  for (; i < args.length; i++) {
    const text = args[i]?.value ?? "";
    const next = args[i + 1]?.value ?? "";
    if (text === "-C") {
      cwd = next === "" ? cwd : target({ ...shell, cwd }, next).path;
      i += 1;
    } else if (text === "-c") {
      setting(next);
      i += 1;
    } else if (text.startsWith("--git-dir=")) placed = repository(text.slice(10));
    else if (text === "--git-dir") {
      placed = repository(next);
      i += 1;
    } else if (text.startsWith("--work-tree=")) placed = folder(text.slice(12));
    else if (text === "--work-tree") {
      placed = folder(next);
      i += 1;
    } else if (text.startsWith("--config-env=")) setting(`${text.slice(13).split("=", 1).join("")}=${hole}`);
    else if (text === "--config-env" || text === "--namespace" || text === "--super-prefix") i += 1;
    else if (text.startsWith("--exec-path=")) setting(`core.execpath=${text.slice(12)}`);
    else if (!text.startsWith("-") || text === "--") break;
  }
  return { at: i, cwd: placed === "none" ? cwd : placed, config };
}

function cloneSettings(args: readonly Arg[]): readonly string[] {
  const { values } = readOptions(args, { short: "bcjou", long: ["config"] });
  return [...(values.get("c") ?? []), ...(values.get("config") ?? [])].map((arg) => arg.value);
}

// Settings and variables whose value git runs as a command (git-config(1), git(1)).
const runningSettings =
  /^(core\.(pager|editor|sshcommand|askpass|fsmonitor|gitproxy|alternaterefscommand)|sequence\.editor|diff\.external|diff\..*\.(command|textconv)|difftool\..*\.cmd|mergetool\..*\.cmd|merge\..*\.driver|filter\..*\.(clean|smudge|process)|pager\..*|gpg\.program|gpg\..*\.program|credential\.helper|credential\..*\.helper|interactive\.difffilter|uploadpack\.packobjectshook|trailer\..*\.(command|cmd)|remote\..*\.(uploadpack|receivepack)|web\.browser|browser\..*\.cmd|man\..*\.cmd|sendemail\..*cmd)$/;

const runningVariables =
  /^(GIT_(EXTERNAL_DIFF|PAGER|EDITOR|SEQUENCE_EDITOR|SSH_COMMAND|SSH|ASKPASS|PROXY_COMMAND)|PAGER|EDITOR|VISUAL|SSH_ASKPASS)$/;

/** Whether a git setting makes git run its value. */
export function runsValue(key: string): boolean {
  return runningSettings.test(key.toLowerCase());
}

function executes(key: string, value: string, shell: Shell, call: Call): void {
  if (runsValue(key) && value !== "" && value !== "true" && value !== "false") runSetting(value, shell, call);
}

function runSetting(value: string, shell: Shell, call: Call): void {
  if (value === "") return;
  runBody({ value: value.replace(/^!/, ""), span: call.span }, [], shell, {
    ...call,
    env: new Map(),
    stdin: none,
  });
}

function aliasOf(name: string, shell: Shell, span: Span): string | undefined {
  if (ownCommands.has(name)) return undefined;
  const defined = shell.world.gitAliases.get(name.toLowerCase());
  if (defined !== undefined) return defined;
  shell.world.aliases.add(name);
  const { aliases } = shell.world.facts;
  const text = aliases === undefined ? undefined : new Map(Object.entries(aliases)).get(name);
  if (text === undefined) {
    const says = `git ${name} may be an alias, and nobody looked up what it stands for`;
    addProblem(shell.world, "opaque-command", says, span);
  }
  return text === "" ? undefined : text;
}

function runAlias(
  alias: string,
  rest: readonly Arg[],
  globals: readonly Arg[],
  shell: Shell,
  call: Call,
): Output {
  if (!shell.world.budget.take(10)) return unknown;
  const at: Arg = { value: alias, span: call.span };
  const given = rest.map((arg) => quote(arg.value)).join(" ");
  if (alias.startsWith("!"))
    return shell.world.runText(`${alias.slice(1)} ${given}`, { ...shell, depth: shell.depth + 1 }, at);
  const before = globals.map((arg) => quote(arg.value)).join(" ");
  return shell.world.runText(`git ${before} ${alias} ${given}`, { ...shell, depth: shell.depth + 1 }, at);
}

function rememberAlias(args: readonly Arg[], shell: Shell): void {
  const index = args.findIndex((arg) => arg.value.toLowerCase().startsWith("alias."));
  const value = args[index + 1];
  if (index >= 0 && value !== undefined)
    shell.world.gitAliases.set((args[index]?.value ?? "").slice(6).toLowerCase(), value.value);
}

/** Commands that git starts on behalf of its own. */
function starts(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
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
function files(name: string, args: readonly Arg[], shell: Shell): void {
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
function prints(name: string, args: readonly Arg[], shell: Shell): Output {
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
  if (
    name === "ls-files" ||
    words.includes("--name-only") ||
    (name === "grep" && words.some((word) => /^-\w*l/.test(word)))
  )
    return listed([], shell);
  return unknown;
}

/** Commands that come with git or are common additions; any other name may be an alias. */
const ownCommands: ReadonlySet<string> = new Set(
  `add am annotate apply archive bisect blame branch bugreport bundle cat-file check-attr check-ignore check-mailmap
  check-ref-format checkout checkout-index cherry cherry-pick citool clean clone column commit commit-graph commit-tree
  config count-objects credential credential-cache credential-store describe diff diff-files diff-index diff-tree
  difftool fast-export fast-import fetch fetch-pack filter-branch filter-repo fmt-merge-msg for-each-ref for-each-repo
  format-patch fsck fsmonitor--daemon gc get-tar-commit-id grep gui hash-object help hook http-backend http-push
  index-pack init init-db instaweb interpret-trailers lfs log ls-files ls-remote ls-tree mailinfo mailsplit maintenance
  merge merge-base merge-file merge-index merge-one-file merge-tree mergetool mktag mktree multi-pack-index mv name-rev
  notes pack-objects pack-redundant pack-refs patch-id prune prune-packed pull push quiltimport range-diff read-tree
  rebase receive-pack reflog refs remote repack replace replay request-pull rerere reset restore rev-list rev-parse
  revert rm send-email send-pack shell shortlog show show-branch show-index show-ref sparse-checkout stage stash status
  stripspace submodule subtree svn switch symbolic-ref tag unpack-file unpack-objects update-index update-ref
  update-server-info upload-archive upload-pack var verify-commit verify-pack verify-tag version web--browse whatchanged
  worktree write-tree absorb annex branchless clang-format cliff crypt delete-merged-branches extras flow imerge machete
  secret secrets standup town`
    .trim()
    .split(/\s+/),
);
