import { gitEffects, gitOptions } from "../git.ts";
import type { GitEffect } from "../git.ts";
import { resolvePath, temporary, within } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { runsValue } from "../shell/git.ts";
import { watching } from "../watching.ts";

const globalConfig: Rule = {
  id: "git/global-config",
  irreversible: false,
  verdict: "deny",
  says: "it changes git's settings for more than this repository",
  instead: "git config user.name",
  find: watching({ operations: (name) => name === "config" }, (scene) =>
    configs(scene, ({ global, writes }) => global && writes),
  ),
  mustBlock: [
    "git config --global user.email a@example.org",
    "git config --system core.editor vi",
    "git config --file ~/.gitconfig alias.x status",
    "git config --global --unset user.name",
    "git config --global --add safe.directory '*'",
    "git config set --global init.defaultBranch trunk",
    "git config --global -e",
  ],
  mustAllow: [
    "git config user.email a@example.org",
    "git config --global --get user.name",
    "git config --global user.name",
    "git config --list --show-origin",
    "git config get --global user.name",
    "git config --file /tmp/conf a.b c",
  ],
};

const hooksPath: Rule = {
  id: "git/executing-config",
  irreversible: false,
  verdict: "deny",
  says: "it makes git run another program, or other hooks, from now on",
  instead: "git config --list",
  find: watching({ effects: ["git"] }, (scene) => [
    ...configs(
      scene,
      ({ key, writes, value }) =>
        writes &&
        !harmless(value) &&
        (key === "core.hookspath" || runsValue(key) || (key.startsWith("alias.") && value.startsWith("!"))),
    ),
    ...gitEffects(scene.effects).flatMap((effect) =>
      Object.entries(effect.config ?? {}).some(
        ([key, value]) =>
          key === "core.hookspath" || (fileRunners.test(key) && value !== "" && !harmless(value)),
      )
        ? [at(effect)]
        : [],
    ),
  ]),
  mustBlock: [
    "git config core.hooksPath /dev/null",
    "git -c core.hooksPath=/dev/null commit -m x",
    "git config alias.st '!sh -c \"curl x | sh\"'",
    "git config core.sshCommand 'ssh -i /tmp/key'",
    "git config --unset core.hooksPath",
    "git config filter.x.clean 'sh x.sh'",
    "git -c core.fsmonitor=/tmp/fs.sh status",
    "env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/tmp git commit",
  ],
  mustAllow: [
    "git config core.hooksPath",
    "git config alias.st status",
    "git -c core.pager=cat log",
    "git config core.pager cat",
    "git -c user.name=x -c user.email=y commit -m z",
    "git config core.autocrlf input",
  ],
};

// Given for one call, these have no everyday use but to run a program.
const fileRunners =
  /^(core\.(fsmonitor|gitproxy|alternaterefscommand)|filter\..*\.(clean|smudge|process)|uploadpack\.packobjectshook)$/;

const redirecting: Rule = {
  id: "git/redirecting-config",
  irreversible: false,
  verdict: "deny",
  says: "it makes git read other settings, or push more than the current branch",
  instead: "git config --list",
  find: watching({ effects: ["git"] }, (scene) => [
    ...configs(scene, ({ key, writes, value }) => writes && redirects(key, value)),
    ...gitEffects(scene.effects).flatMap((effect) =>
      Object.entries(effect.config ?? {}).some(([key, value]) => redirects(key, value)) ? [at(effect)] : [],
    ),
  ]),
  mustBlock: [
    "git config push.default matching && git push",
    "git config remote.origin.push +HEAD:main",
    "git config remote.origin.mirror true",
    "git config include.path ~/more",
    "git --exec-path=/tmp/other status",
    "GIT_CONFIG_GLOBAL=/tmp/other git commit -m x",
    "git config core.worktree /home/dev/other",
  ],
  mustAllow: [
    "git config push.default current",
    "git config push.autoSetupRemote true",
    "GIT_CONFIG_GLOBAL=/dev/null git log",
    "git config --get remote.origin.push",
    "git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'",
    "git config branch.main.rebase true",
  ],
};

// Commands that run hooks.
const hooked = ["commit", "push", "merge", "am", "rebase", "cherry-pick"];

const skipHooks: Rule = {
  id: "git/skip-hooks",
  irreversible: false,
  verdict: "ask",
  says: "it skips the repository's hooks",
  instead: "git commit -m 'message'",
  find: watching({ operations: (name) => hooked.includes(name) }, (scene) =>
    gitEffects(scene.effects, ...hooked).flatMap((effect) => {
      const options = gitOptions(effect, {
        short: effect.operation === "commit" ? "mFCctuS" : "moxsX",
        long: [
          "message",
          "file",
          "author",
          "date",
          "fixup",
          "squash",
          "reuse-message",
          "template",
          "trailer",
          "onto",
          "exec",
          "strategy",
        ],
        flags: ["no-verify"],
      });
      const short = effect.operation === "commit" && options.flags.has("n");
      const skipped = effect.withoutHooks === true || options.flags.has("no-verify") || short;
      return skipped ? [at(effect)] : [];
    }),
  ),
  mustBlock: [
    "git commit --no-verify -m x",
    "git commit -nm x",
    "git commit -anm 'x'",
    "git push --no-verify origin fix/parser",
    "git merge --no-verify feature/x",
    "git commit -m x --no-veri",
    "HUSKY=0 git commit -m x",
    "export LEFTHOOK=0; git push origin fix/parser",
    "SKIP=mypy git commit -m x",
  ],
  mustAllow: [
    "git commit -m '--no-verify is not needed'",
    "git commit -am 'a change'",
    "git log -n 5",
    "git push -n origin fix/parser",
    "git commit --amend --no-edit",
    "git commit -m \"$(cat <<'EOF'\nfix: x\n\n--no-verify\nEOF\n)\"",
  ],
};

const otherRepository: Rule = {
  id: "git/other-repository",
  irreversible: false,
  verdict: "deny",
  says: "it changes a repository other than the one worked on",
  instead: "git status",
  find: watching({ effects: ["git"] }, (scene) =>
    gitEffects(scene.effects).flatMap((effect): readonly Hit[] => {
      if (!changes(effect)) return [];
      const { worktree } = scene.facts;
      const { cwd } = effect;
      if (cwd === undefined)
        return [
          {
            ...at(effect),
            verdict: "ask",
            says: "which repository it changes cannot be known from the text",
          },
        ];
      if (worktree === undefined || within(cwd, worktree)) return [];
      const guarded = (scene.facts.guarded ?? []).some((folder) => within(cwd, folder));
      return !guarded && temporary(cwd, scene.facts) ? [] : [at(effect)];
    }),
  ),
  mustBlock: [
    "git -C /home/dev/other commit -am x",
    "cd ~/other && git checkout main",
    "git --git-dir=/home/dev/other/.git stash drop",
    "GIT_DIR=/home/dev/other/.git git update-ref refs/heads/x HEAD",
    "cd .. && git add -A",
    "env GIT_WORK_TREE=/home/dev/other git reset HEAD~1",
    'cd "$SOMEWHERE" && git commit -am x',
    { command: "git -C /tmp/checkout add a", facts: { guarded: ["/tmp/checkout"] } },
  ],
  mustAllow: [
    "git -C /home/dev/other log --oneline",
    "git -C src add main.ts",
    "cd src && git add . && git commit -m x",
    "cd $(git rev-parse --show-toplevel) && git add -A",
    "cd /tmp/clone && git checkout main",
    "git --git-dir=.git status",
    "cd ~/other && git status && git diff",
  ],
};

export const rules: readonly Rule[] = [globalConfig, hooksPath, redirecting, skipHooks, otherRepository];

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly writes: boolean;
  readonly global: boolean;
}

function configs(scene: Scene, matches: (setting: Setting) => boolean): readonly Hit[] {
  return gitEffects(scene.effects, "config").flatMap((effect) =>
    matches(settingOf(effect, scene)) ? [at(effect)] : [],
  );
}

const readers = ["get", "get-all", "get-regexp", "get-urlmatch", "list", "get-color", "get-colorbool"];
const writers = [
  "unset",
  "unset-all",
  "add",
  "replace-all",
  "rename-section",
  "remove-section",
  "edit",
  "comment",
];

// git-config(1): the older form decides by options, the newer by a subcommand.
function settingOf(effect: GitEffect, scene: Scene): Setting {
  const options = gitOptions(effect, {
    short: "f",
    long: ["file", "blob", "type", "default", "value"],
    flags: [...readers, ...writers, "global", "system", "local", "worktree", "show-origin", "show-scope"],
  });
  const words = options.operands.map((arg) => arg.value);
  const sub = ["get", "set", "unset", "list", "edit", "rename-section", "remove-section"].includes(
    words[0] ?? "",
  )
    ? words[0]
    : undefined;
  const [key = "", value] = sub === undefined ? words : words.slice(1);
  const file = options.values.get("file")?.at(-1)?.value ?? options.values.get("f")?.at(-1)?.value;
  const path = file === undefined ? undefined : resolvePath(file, effect.cwd);
  const { worktree } = scene.facts;
  const elsewhere =
    path !== undefined && worktree !== undefined && !within(path, worktree) && !temporary(path, scene.facts);
  const reads =
    readers.some((name) => options.flags.has(name)) ||
    options.flags.has("l") ||
    sub === "get" ||
    sub === "list";
  const changing =
    writers.some((name) => options.flags.has(name)) ||
    options.flags.has("e") ||
    (sub !== undefined && sub !== "get" && sub !== "list");
  return {
    key: key.toLowerCase(),
    value: value ?? "",
    writes: !reads && (changing || value !== undefined),
    global: options.flags.has("global") || options.flags.has("system") || elsewhere,
  };
}

function redirects(key: string, value: string): boolean {
  if (key === "push.default") return value === "matching";
  return /^(core\.(execpath|worktree)|include\.path|includeif\..*\.path|remote\..*\.(push|mirror)|url\..*\.(push)?insteadof)$/.test(
    key,
  );
}

function harmless(value: string): boolean {
  return /^(cat|less|more|true|false|:|vi|vim|nano|emacs|code --wait|delta|store|cache|manager|osxkeychain)$/.test(
    value,
  );
}

// Commands that only look (git(1)); those that look or change by their arguments are decided below.
const looking: ReadonlySet<string> = new Set(
  `annotate blame bugreport cat-file check-attr check-ignore check-mailmap check-ref-format cherry clone count-objects
  describe diff diff-files diff-index diff-tree difftool for-each-ref format-patch fsck grep help init interpret-trailers
  log ls-files ls-remote ls-tree merge-base merge-tree name-rev patch-id range-diff rev-list rev-parse shortlog show
  show-branch show-index show-ref status stripspace var verify-commit verify-pack verify-tag version whatchanged archive
  diagnose fetch`
    .trim()
    .split(/\s+/),
);

function changes(effect: GitEffect): boolean {
  const { operation, args } = effect;
  if (looking.has(operation)) return false;
  const [first] = args;
  const lists =
    first === undefined || first === "list" || first === "-l" || first === "--list" || first === "show";
  if (
    [
      "branch",
      "tag",
      "remote",
      "stash",
      "worktree",
      "notes",
      "reflog",
      "submodule",
      "bundle",
      "lfs",
    ].includes(operation)
  ) {
    if (operation === "stash" && first === undefined) return true;
    return !(
      lists ||
      [
        "-v",
        "-vv",
        "-a",
        "-r",
        "--show-current",
        "--contains",
        "--merged",
        "--no-merged",
        "get-url",
        "status",
        "verify",
        "ls-files",
        "-av",
        "-avv",
      ].includes(first)
    );
  }
  if (operation === "config")
    return (
      args.filter((arg) => arg?.startsWith("-") !== true).length > 1 &&
      first !== "get" &&
      first !== "list" &&
      !args.includes("--get")
    );
  if (operation === "symbolic-ref") return args.filter((arg) => arg?.startsWith("-") !== true).length > 1;
  return true;
}

function at(effect: GitEffect): Hit {
  return effect.span === undefined ? {} : { span: effect.span };
}
