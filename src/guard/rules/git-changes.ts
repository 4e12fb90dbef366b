import { discards, gitOptions } from "../git.ts";
import type { GitEffect } from "../git.ts";
import { inTree } from "../git-rule.ts";
import { below, resolvePath, within } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { isKnown } from "../shell/shell.ts";
import { watching } from "../watching.ts";

const resetting = ["reset", "read-tree", "checkout-index"];
const discarding = ["checkout", "restore", "switch", "rm", "submodule"];

const resetHard: Rule = {
  id: "git/reset-hard",
  irreversible: true,
  verdict: "deny",
  says: "it throws away changes that are not committed",
  instead: "git stash push --include-untracked",
  find: watching({ operations: (name) => resetting.includes(name) }, (scene) =>
    unlessClean(scene, resetting, (effect) => {
      const { flags } = gitOptions(effect, {
        flags: ["hard", "merge", "reset", "soft", "mixed", "keep", "force", "all"],
      });
      if (effect.operation === "reset") return flags.has("hard") || flags.has("merge");
      if (effect.operation === "read-tree") return flags.has("u") && flags.has("reset");
      return flags.has("f") || flags.has("force");
    }),
  ),
  mustBlock: [
    "git reset --hard",
    "git reset --hard HEAD~3",
    "bash -c 'git reset --hard'",
    "cd src && env A=1 git reset --har origin/main",
    "git fetch && git reset --hard origin/main",
    "git read-tree -u --reset HEAD",
    "git checkout-index -f -a",
    { command: "git reset --hard", facts: { dirty: "unknown" } },
    { command: "git -C /home/dev/other reset --hard", facts: { dirty: false } },
    { command: "cd ../b && git reset --hard", cwd: "/tmp/a", facts: { worktree: "/tmp/a", dirty: false } },
  ],
  mustAllow: [
    "git reset HEAD~1",
    "git reset --soft HEAD~1",
    "git reset src/main.ts",
    { command: "git reset --hard origin/main", facts: { dirty: false } },
    "git commit -m 'no more git reset --hard'",
    "cd $(mktemp -d) && git init && git reset --hard",
  ],
};

const discard: Rule = {
  id: "git/discard-changes",
  irreversible: true,
  verdict: "deny",
  says: "it throws away changes that are not committed",
  instead: "git stash push",
  find: watching({ operations: (name) => discarding.includes(name) }, (scene) =>
    unlessClean(scene, discarding, (effect) => {
      const found = discards(effect);
      if (found === undefined) return false;
      return found.paths.length === 0 || !found.paths.every((path) => unmodified(path, effect, scene));
    }),
  ),
  mustBlock: [
    "git checkout -- src/main.ts",
    "git checkout .",
    "git checkout -f",
    "git checkout HEAD -- src",
    "git restore src/main.ts",
    "git restore --staged --worktree .",
    "git switch --discard-changes main",
    "git checkout src/main.ts",
    "git diff --name-only | xargs git checkout --",
    "git rm -rf src",
    "git rm --force src/main.ts",
    "git submodule update --force --recursive",
    ...["git checkout -- .", "git restore .", "git restore ':/'", "git checkout -- 'src/*.ts'"].map(
      (command) => ({
        command,
        // What git says of the tree itself and of a pattern is nothing.
        facts: {
          paths: Object.fromEntries(
            ["", "/:", "/src/*.ts"].map((rest) => [
              `/work/repo${rest}`,
              { exists: rest === "", tracked: false, ignored: false, modified: false },
            ]),
          ),
        },
      }),
    ),
  ],
  mustAllow: [
    "git checkout main",
    "git checkout -b feature/x",
    "git restore --staged src/main.ts",
    "git checkout --ours src/main.ts",
    "git rm -r --cached dist",
    "git rm src/old.ts",
    "git switch -c feature/y",
    { command: "git checkout -- src/main.ts", facts: { dirty: false } },
    {
      command: "git restore src/clean.ts",
      facts: {
        paths: {
          "/work/repo/src/clean.ts": { exists: true, tracked: true, ignored: false, modified: false },
        },
      },
    },
  ],
};

const clean: Rule = {
  id: "git/clean",
  irreversible: true,
  verdict: "deny",
  says: "it deletes files that git does not know, for good",
  instead: "git clean --dry-run -d",
  find: watching({ operations: (name) => name === "clean" }, (scene) =>
    inTree(scene, ["clean"], (effect) => {
      const { flags, operands } = gitOptions(effect, {
        short: "e",
        long: ["exclude"],
        flags: ["force", "dry-run", "interactive", "quiet"],
      });
      if (flags.has("n") || flags.has("dry-run") || flags.has("i") || flags.has("interactive")) return false;
      return !(operands.length > 0 && operands.every((arg) => ignored(arg.value, effect, scene)));
    }),
  ),
  mustBlock: [
    "git clean -fd",
    "git clean -fdx",
    "git clean -f",
    "git -c clean.requireForce=false clean -d",
    "git clean --force -d src",
    "git clean -xdf .",
    "sudo git clean -ffdx",
  ],
  mustAllow: [
    "git clean -n",
    "git clean -nd",
    "git clean --dry-run -fdx",
    "npm run clean",
    {
      command: "git clean -fdx dist",
      facts: { paths: { "/work/repo/dist": { exists: true, tracked: false, ignored: true } } },
    },
    "echo 'git clean -fdx' >> notes.md",
  ],
};

export const rules: readonly Rule[] = [resetHard, discard, clean];

function unlessClean(
  scene: Scene,
  operations: readonly string[],
  matches: (effect: GitEffect) => boolean,
): readonly Hit[] {
  const { worktree, dirty } = scene.facts;
  // Whether the tree is modified says nothing about another repository.
  return inTree(scene, operations, (effect) => {
    const here = effect.cwd !== undefined && worktree !== undefined && within(effect.cwd, worktree);
    return (dirty !== false || !here) && matches(effect);
  });
}

function factOf(
  path: string,
  effect: GitEffect,
  scene: Scene,
): NonNullable<Scene["facts"]["paths"]>[string] | undefined {
  const full = isKnown(path) ? resolvePath(path, effect.cwd) : undefined;
  return full === undefined ? undefined : new Map(Object.entries(scene.facts.paths ?? {})).get(full);
}

/** Of one file or folder in the tree that is named as it is; patterns and `:/` reach further than any fact about them. */
function unmodified(path: string, effect: GitEffect, scene: Scene): boolean {
  const { worktree } = scene.facts;
  const full = /^:|[*?[\\]/.test(path) ? undefined : resolvePath(path, effect.cwd);
  if (full === undefined || worktree === undefined || !below(full, worktree)) return false;
  const fact = factOf(path, effect, scene);
  return fact?.exists === true && fact.modified === false;
}

function ignored(path: string, effect: GitEffect, scene: Scene): boolean {
  return factOf(path, effect, scene)?.ignored === true;
}
