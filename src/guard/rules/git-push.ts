import {
  checkedOut,
  currentIsProtected,
  gitEffects,
  isPush,
  isProtected,
  readPush,
  upstreamIsProtected,
} from "../git.ts";
import type { GitEffect, Push } from "../git.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const protectedPush: Rule = {
  id: "git/protected-branch",
  irreversible: false,
  verdict: "deny",
  says: "it pushes to a protected branch",
  instead: "git push origin HEAD:refs/heads/proposed-change",
  find: watching({ operations: isPush }, (scene) =>
    pushes(scene).flatMap(([effect, push]) => protectedTargets(effect, push, scene)),
  ),
  mustBlock: [
    "/USR/BIN/GIT push --force origin main",
    "git push origin main",
    "git push origin HEAD:main",
    "git push origin fix/parser:refs/heads/main",
    "git push origin release/2.1",
    "git push --all origin",
    "git push origin :",
    { command: "git push", facts: { currentBranch: "main", upstream: "origin/main" } },
    { command: "git push origin HEAD", facts: { currentBranch: "main" } },
    "git -C /work/repo push -u origin master",
    "git push https://example.org/x.git HEAD:heads/main",
    "git -c push.default=matching push",
    "git subtree push --prefix docs origin main",
    "git checkout main\ngit merge fix/parser\ngit push",
    "git switch main && git push origin HEAD",
  ],
  mustAllow: [
    "git push origin fix/parser",
    "git push -u origin HEAD",
    "git push",
    "git push origin HEAD:refs/heads/fix/main-menu",
    "git push --dry-run origin main",
    "git push origin v1.2.0",
    { command: "git checkout -b fix/new && git push -u origin HEAD", facts: { currentBranch: "main" } },
    'git commit -m "never git push origin main by hand"',
    "git log origin/main..HEAD",
  ],
};

const forcePush: Rule = {
  id: "git/force-push",
  irreversible: true,
  verdict: "deny",
  says: "it overwrites what is on the remote",
  instead: "git push origin HEAD:refs/heads/proposed-change",
  find: watching({ operations: isPush }, (scene) =>
    pushes(scene).flatMap(([effect, push]) => {
      const leased = push.leased && !push.forced && leaseIsHarmless(push, scene);
      const forced =
        push.forced || push.mirror || push.specs.some((spec) => spec.forced) || (push.leased && !leased);
      return forced ? [at(effect)] : [];
    }),
  ),
  mustBlock: [
    "git push --force",
    "git push -f origin fix/parser",
    "git push origin +fix/parser",
    "git push origin +HEAD:main",
    "git push -uf origin fix/parser",
    "git push origin fix/parser --forc",
    "git push --mirror backup",
    "git push --force-with-lease origin main",
    "git push --force-with-lease=main:abc123 origin HEAD:main",
    "git -c alias.up='push --force' up origin fix/parser",
    "git send-pack --force origin.git fix/parser",
    "git -c remote.origin.push=+HEAD:main push origin",
    "git config alias.yolo 'push -f' && git yolo",
  ],
  mustAllow: [
    "git push origin fix/parser",
    "git push --set-upstream origin fix/parser",
    "git push --tags",
    "git push --follow-tags origin fix/parser",
    "git push --force --dry-run origin fix/parser",
    "echo 'git push --force is forbidden' >> NOTES.md",
    "git log --grep='git push -f'",
    "git fetch origin +refs/heads/*:refs/remotes/origin/*",
  ],
};

const leasePush: Rule = {
  id: "git/force-push-lease",
  irreversible: false,
  verdict: "ask",
  says: "it overwrites a branch on the remote that nobody else has changed since",
  instead: "git push origin HEAD:refs/heads/proposed-change",
  find: watching({ operations: isPush }, (scene) =>
    pushes(scene).flatMap(([effect, push]) =>
      push.leased && !push.forced && leaseIsHarmless(push, scene) ? [at(effect)] : [],
    ),
  ),
  mustBlock: [
    "git push --force-with-lease origin fix/parser",
    "git push --force-with-lease",
    "git push --force-with-lease --force-if-includes origin HEAD",
    "git push --force-with-lease=fix/parser origin fix/parser",
    "git fetch && git push --force-w origin fix/parser",
  ],
  mustAllow: [
    "git push origin fix/parser",
    "git push --force-with-lease --dry-run origin fix/parser",
    "git pull --rebase origin main",
    "git rebase origin/main",
    "grep -rn 'force-with-lease' docs",
  ],
};

const remoteDelete: Rule = {
  id: "git/remote-delete",
  irreversible: true,
  verdict: "deny",
  says: "it deletes a branch or tag on the remote",
  find: watching({ operations: isPush }, (scene) =>
    pushes(scene).flatMap(([effect, push]) =>
      push.deletes || push.specs.some((spec) => spec.source === "" && spec.target !== "") ? [at(effect)] : [],
    ),
  ),
  mustBlock: [
    "git push origin --delete fix/old",
    "git push -d origin fix/old",
    "git push origin :fix/old",
    "git push origin :refs/tags/v1.0",
    "git push --del origin fix/old",
    "for b in a b; do git push origin --delete $b; done",
    "git branch -r | grep old | sed s,origin/,, | xargs git push origin --delete",
  ],
  mustAllow: [
    "git push origin fix/parser:fix/parser",
    "git branch -d fix/old",
    "git fetch --prune origin",
    "git remote prune origin --dry-run",
    'git commit -m "docs: git push origin --delete removes a branch"',
  ],
};

const opaquePush: Rule = {
  id: "git/opaque-push",
  irreversible: false,
  verdict: "ask",
  says: "what it pushes cannot be known from the text",
  instead: "git push origin HEAD",
  find: watching({ operations: isPush }, (scene) =>
    pushes(scene).flatMap(([effect, push]) => (push.opaque ? [at(effect)] : [])),
  ),
  mustBlock: [
    'git push origin "$BRANCH"',
    "git push $ARGS",
    "git push origin HEAD:$TARGET",
    "git push origin $(cat branch.txt)",
    "cat branches | xargs git push origin",
  ],
  mustAllow: [
    "git push origin $(git branch --show-current)",
    'B=fix/parser; git push origin "$B"',
    "git push -u origin $(git rev-parse --abbrev-ref HEAD)",
    'git push "$REMOTE" fix/parser',
    'git log "$BRANCH"',
  ],
};

export const rules: readonly Rule[] = [protectedPush, forcePush, leasePush, remoteDelete, opaquePush];

function pushes(scene: Scene): readonly (readonly [GitEffect, Push])[] {
  return gitEffects(scene.effects).flatMap((effect) => {
    const push = readPush(effect);
    return push === undefined || push.dryRun ? [] : [[effect, push] as const];
  });
}

function at(effect: GitEffect, says?: string): Hit {
  return {
    ...(effect.span === undefined ? {} : { span: effect.span }),
    ...(says === undefined ? {} : { says }),
  };
}

function protectedTargets(effect: GitEffect, push: Push, scene: Scene): readonly Hit[] {
  const { facts, policy } = scene;
  if (push.all) return [at(effect, "it pushes every branch, the protected ones with them")];
  if (push.specs.length === 0) {
    if (push.mirror || push.deletes || effect.args.includes("--tags")) return [];
    const other = checkedOut(scene.effects, effect);
    if (other !== undefined && other !== facts.currentBranch)
      return isProtected(other, policy) ? [at(effect, `it pushes to the protected branch ${other}`)] : [];
    const { upstream } = facts;
    const goes = upstream === undefined || upstream === "unknown" || upstreamIsProtected(upstream, policy);
    return goes || (upstream === "" && currentIsProtected(facts, policy))
      ? [at(effect, "a plain push updates a protected branch here, or a branch that nobody could determine")]
      : [];
  }
  return push.specs.flatMap((spec) => {
    const current = checkedOut(scene.effects, effect) ?? facts.currentBranch;
    const target = spec.target === "HEAD" || spec.target === "@" ? current : spec.target;
    if (target === "") return [at(effect, "it pushes all matching branches, the protected ones with them")];
    if (target === undefined || target === "unknown")
      return [at(effect, "it pushes a branch that nobody could determine")];
    if (/^refs\/heads\/.*\*/.test(target))
      return [at(effect, "it pushes every branch, the protected ones with them")];
    return isProtected(target, policy) ? [at(effect, `it pushes to the protected branch ${target}`)] : [];
  });
}

/** A leased push to a branch that is known not to be protected. */
function leaseIsHarmless(push: Push, scene: Scene): boolean {
  const { facts, policy } = scene;
  if (push.all || push.mirror || push.opaque) return false;
  const named = push.specs.map((spec) =>
    spec.target === "HEAD" ? (facts.currentBranch ?? "unknown") : spec.target,
  );
  const targets = named.length > 0 ? named : [facts.upstream ?? "unknown"];
  return targets.every(
    (name) =>
      name !== "unknown" && name !== "" && !isProtected(name, policy) && !upstreamIsProtected(name, policy),
  );
}
