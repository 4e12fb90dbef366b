import { argvRule } from "../argv.ts";
import { checkedOut, currentIsProtected, gitOptions, isProtected } from "../git.ts";
import { gitRule } from "../git-rule.ts";
import type { Rule } from "../rule.ts";

const stash: Rule = gitRule({
  id: "git/stash-drop",
  irreversible: true,
  says: "it deletes stashed work",
  instead: "git stash list",
  operations: ["stash"],
  matches: (effect) => effect.args[0] === "drop" || effect.args[0] === "clear",
  mustBlock: [
    "git stash drop",
    "git stash clear",
    "git stash drop stash@{2}",
    "git stash && git stash clear",
    "git -C src stash drop -q",
  ],
  mustAllow: [
    "git stash",
    "git stash pop",
    "git stash list",
    "git stash push -m 'drop later'",
    "git stash apply stash@{1}",
  ],
});

const branch: Rule = gitRule({
  id: "git/branch-delete",
  irreversible: true,
  says: "it deletes or overwrites a branch whether it is merged or not",
  instead: "git branch --list",
  operations: ["branch"],
  matches: (effect, { policy }) => {
    const { flags, operands } = gitOptions(effect, {
      short: "ut",
      long: ["set-upstream-to", "contains", "sort", "format", "points-at"],
      flags: ["delete", "force", "move", "copy", "list", "merged", "no-merged", "all", "remotes"],
    });
    const deletes = flags.has("d") || flags.has("delete");
    const forced = flags.has("f") || flags.has("force");
    if (flags.has("D") || flags.has("M") || flags.has("C") || forced) return true;
    const touched = deletes || flags.has("m") || flags.has("move");
    return touched && operands.some((arg) => isProtected(arg.value, policy));
  },
  mustBlock: [
    "git branch -D feature/old",
    "git branch -d -f feature/old",
    "git branch -f main HEAD~5",
    "git branch --delete --force x",
    "git branch -M main",
    "git branch -d main",
    "git branch | grep -v main | xargs git branch -D",
  ],
  mustAllow: [
    "git branch",
    "git branch -d feature/merged",
    "git branch -vv",
    "git branch feature/new",
    "git branch --show-current",
    "git branch -m better-name",
    "git branch -a --contains HEAD",
  ],
});

const updateRef: Rule = gitRule({
  id: "git/update-ref",
  irreversible: true,
  says: "it moves or deletes a reference behind git's back",
  instead: "git show-ref",
  operations: ["update-ref", "symbolic-ref", "fetch", "pull", "checkout", "switch"],
  matches: (effect, { facts, policy }) => {
    const { flags, operands } = gitOptions(effect, {
      short: effect.operation === "update-ref" ? "m" : "bBcC",
      flags: ["delete", "stdin", "force"],
    });
    switch (effect.operation) {
      case "update-ref":
        return true;
      case "symbolic-ref":
        return flags.has("d") || flags.has("delete") || operands.length > 1;
      case "checkout":
      case "switch": {
        const named = gitOptions(effect, { short: "bBcC", long: ["force-create"] }).values;
        const names = [
          ...(named.get("B") ?? []),
          ...(effect.operation === "switch" ? (named.get("C") ?? []) : []),
          ...(named.get("force-create") ?? []),
        ];
        // With a starting point, it throws away the commits of the branch that is worked on.
        const own = names.some((arg) => arg.value === facts.currentBranch);
        const from = gitOptions(effect, { short: "bBcC", long: ["force-create"] }).operands;
        return (own && from.length > 0) || names.some((arg) => isProtected(arg.value, policy));
      }
      default: {
        // A forced fetch into a local branch overwrites it.
        const forced = flags.has("f") || flags.has("force");
        return operands.slice(1).some(({ value }) => {
          const [, target = ""] = value.split(":");
          const local = target !== "" && !/^refs\/(remotes|tags)\//.test(target);
          return local && (forced || value.startsWith("+") || isProtected(target, policy));
        });
      }
    }
  },
  mustBlock: [
    "git update-ref -d refs/heads/feature/old",
    "git update-ref refs/heads/main HEAD~3",
    "git update-ref --stdin < refs.txt",
    "git fetch origin +main:main",
    "git fetch -f origin x:y",
    "git checkout -B main origin/main",
    "git checkout -B fix/parser origin/main",
    "git symbolic-ref -d HEAD",
  ],
  mustAllow: [
    "git fetch origin",
    "git fetch --all --prune",
    "git fetch origin pull/12/head:pr-12",
    "git fetch -f origin main",
    "git symbolic-ref --short HEAD",
    "git checkout -B scratch",
    "git show-ref --heads",
  ],
});

const expire: Rule = gitRule({
  id: "git/expire",
  irreversible: true,
  says: "it destroys what could still bring lost commits back",
  instead: "git reflog",
  operations: ["reflog", "gc", "prune", "repack", "config"],
  matches: (effect) => {
    const words = effect.args.map((arg) => arg ?? "");
    const config = Object.entries(effect.config ?? {});
    if (effect.operation === "reflog")
      return (
        ["expire", "delete", "drop"].includes(words[0] ?? "") &&
        !words.includes("--dry-run") &&
        !words.includes("-n")
      );
    if (effect.operation === "config")
      return /\bgc\.\S*(prune|expire)\S*\s+['"]?(now|0|all|.*(second|minute))/i.test(words.join(" "));
    if (effect.operation === "prune") return !words.includes("-n") && !words.includes("--dry-run");
    if (effect.operation === "repack")
      return (
        /^-\w*a/.test(words.join(" ")) &&
        words.some((word) => /^-\w*d/.test(word)) &&
        words.some((word) => word.includes("f") || word.startsWith("--expire"))
      );
    return (
      words.some((word) => /^--prune(=(now|all|0.*|.*second.*))?$/.test(word) && word !== "--prune") ||
      config.some(([key]) => /^gc\..*(prune|expire)/.test(key))
    );
  },
  mustBlock: [
    "git reflog expire --expire=now --all",
    "git gc --prune=now",
    "git reflog delete HEAD@{1}",
    "git prune",
    "git -c gc.pruneExpire=now gc",
    "git config gc.reflogExpire now && git gc",
    "git reflog expire --expire-unreachable=0 --all && git gc --prune=all --aggressive",
  ],
  mustAllow: [
    "git reflog",
    "git gc",
    "git gc --auto",
    "git reflog show main",
    "git prune --dry-run",
    "git remote prune origin",
  ],
});

const rewrite: Rule = gitRule({
  id: "git/rewrite-history",
  irreversible: true,
  says: "it rewrites history that others may have",
  instead: "git log --oneline",
  operations: ["filter-branch", "filter-repo", "fast-import", "rebase", "replace"],
  matches: (effect, { effects, facts, policy }) => {
    const { flags, operands } = gitOptions(effect, {
      short: "xsXCSr",
      long: ["onto", "exec", "strategy", "strategy-option"],
      flags: [
        "abort",
        "continue",
        "skip",
        "quit",
        "interactive",
        "force",
        "analyze",
        "list",
        "edit-todo",
        "show-current-patch",
        "root",
      ],
    });
    if (effect.operation === "filter-branch") return true;
    if (effect.operation === "filter-repo") return !flags.has("analyze");
    if (effect.operation === "fast-import") return flags.has("force");
    if (effect.operation === "replace") return operands.length > 0 && !flags.has("l") && !flags.has("list");
    if (
      ["abort", "continue", "skip", "quit", "edit-todo", "show-current-patch"].some((flag) => flags.has(flag))
    )
      return false;
    // From the first commit on: the history that everybody shares.
    if (flags.has("root")) return true;
    const named = operands[1]?.value ?? checkedOut(effects, effect);
    return named === undefined ? currentIsProtected(facts, policy) : isProtected(named, policy);
  },
  mustBlock: [
    "git filter-branch --tree-filter 'rm -f secret' HEAD",
    "git filter-repo --path src --force",
    { command: "git rebase -i HEAD~3", facts: { currentBranch: "main" } },
    "git rebase origin/dev main",
    "git rebase -i --root",
    "git checkout main && git rebase fix/parser",
    "git switch main; git rebase fix/parser",
    { command: "git rebase feature/x", facts: { currentBranch: "unknown" } },
    "git fast-import --force < dump",
  ],
  mustAllow: [
    "git rebase main",
    "git rebase -i HEAD~3",
    "git rebase --continue",
    "git rebase --abort",
    "git commit --amend --no-edit",
    "git cherry-pick abc123",
    "git filter-repo --analyze",
    "git pull --rebase",
    "git checkout fix/other && git rebase main",
  ],
});

const rewriter: Rule = argvRule({
  id: "git/history-tool",
  irreversible: true,
  verdict: "deny",
  says: "it rewrites the history of every branch",
  instead: "git log --oneline",
  programs: ["bfg", "git-filter-repo", "git-filter-branch", "git-replace"],
  matches: ({ args }) =>
    args.length > 0 && !args.some((arg) => arg === "--help" || arg === "--version" || arg === "--analyze"),
  mustBlock: [
    "bfg --delete-files id_rsa",
    "bfg --strip-blobs-bigger-than 10M .",
    "git-filter-repo --path src",
    "java -version; bfg --replace-text secrets.txt",
    "cd /work/repo && bfg --delete-folders .secrets",
  ],
  mustAllow: ["bfg --help", "bfg --version", "git-filter-repo --analyze", "grep bfg notes.md", "bfg"],
});

const worktreeRemove: Rule = gitRule({
  id: "git/worktree-remove",
  irreversible: true,
  says: "it deletes another worktree with the changes in it",
  instead: "git worktree list",
  operations: ["worktree", "submodule"],
  matches: (effect) => {
    const { flags } = gitOptions(effect, { short: "bB", flags: ["force"] });
    const forced = flags.has("f") || flags.has("force");
    return effect.operation === "worktree"
      ? effect.args[0] === "remove" && forced
      : effect.args[0] === "deinit" && forced;
  },
  mustBlock: [
    "git worktree remove --force ../other",
    "git worktree remove -f /tmp/wt",
    "git worktree remove ../other -ff",
    "git submodule deinit -f --all",
    "git worktree remove --forc wt",
  ],
  mustAllow: [
    "git worktree list",
    "git worktree add /tmp/wt feature/x",
    "git worktree prune",
    "git submodule update --init",
    "git worktree remove /tmp/wt",
  ],
});

const tag: Rule = {
  ...gitRule({
    id: "git/tag-overwrite",
    irreversible: false,
    says: "it moves or deletes a tag",
    instead: "git tag --list",
    operations: ["tag", "fetch"],
    matches: (effect) => {
      if (effect.operation === "fetch") {
        const { flags } = gitOptions(effect, { flags: ["tags", "force"] });
        return (flags.has("t") || flags.has("tags")) && (flags.has("f") || flags.has("force"));
      }
      const { flags } = gitOptions(effect, {
        short: "muFn",
        long: ["message", "local-user", "file", "sort", "contains", "format"],
        flags: ["delete", "force", "list"],
      });
      return flags.has("d") || flags.has("delete") || flags.has("f") || flags.has("force");
    },
    mustBlock: [
      "git tag -f v1.0",
      "git tag -d v1.0",
      "git tag --force v1.0 HEAD",
      "git tag -fa v1.0 -m x",
      "git fetch --tags --force origin",
      "git tag -l 'v*' | xargs git tag -d",
    ],
    mustAllow: [
      "git tag",
      "git tag v1.2.0",
      "git tag -a v1.2.0 -m 'delete -f'",
      "git tag -l 'v*'",
      "git tag --contains HEAD",
      "git fetch --tags",
    ],
  }),
  verdict: "ask",
};

export const rules: readonly Rule[] = [
  stash,
  branch,
  updateRef,
  expire,
  rewrite,
  rewriter,
  worktreeRemove,
  tag,
];
