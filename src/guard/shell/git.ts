import type { Span } from "../../core/action.ts";
import { resolvePath } from "../paths.ts";
import { quote } from "./command.ts";
import type { Call } from "./command.ts";
import { readOptions } from "./options.ts";
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
import { starts, files, prints } from "./git-effects.ts";

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
    const folder = values.get("directory")?.[0];
    if (folder !== undefined && patch?.kind !== "text") touch(inner, folder, { kind: "write", by: "git" });
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

/** The command of git that a program such as `git-push` is; `undefined` for other programs with such a name. */
export function dashedCommand(program: string): string | undefined {
  const name = /^git-(\w[\w-]*)$/.exec(program)?.[1];
  // Rules know git-filter-repo by its own name.
  return name !== undefined && name !== "filter-repo" && ownCommands.has(name) ? name : undefined;
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
