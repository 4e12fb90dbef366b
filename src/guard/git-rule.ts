import { gitEffects } from "./git.ts";
import type { GitEffect } from "./git.ts";
import { temporary, within } from "./paths.ts";
import type { Example, Hit, Rule, Scene } from "./rule.ts";
import { watching } from "./watching.ts";

export interface GitRule {
  readonly id: string;
  readonly irreversible: boolean;
  readonly says: string;
  readonly instead: string;
  readonly operations: readonly string[];
  readonly matches: (effect: GitEffect, scene: Scene) => boolean;
  readonly mustBlock: readonly Example[];
  readonly mustAllow: readonly Example[];
}

/** A rule about git commands that looks at one of them at a time. */
export function gitRule({ operations, matches, ...rule }: GitRule): Rule {
  return {
    ...rule,
    verdict: "deny",
    find: watching({ operations: (name) => operations.includes(name) }, (scene) =>
      inTree(scene, operations, (effect) => matches(effect, scene)),
    ),
  };
}

/** Fires for git commands that are not in a temporary repository of the agent's own. */
export function inTree(
  scene: Scene,
  operations: readonly string[],
  matches: (effect: GitEffect) => boolean,
): readonly Hit[] {
  return gitEffects(scene.effects, ...operations).flatMap((effect) => {
    if (ownScratch(effect, scene) || effect.args.some((arg) => arg === "-h" || arg === "--help")) return [];
    return matches(effect) ? [effect.span === undefined ? {} : { span: effect.span }] : [];
  });
}

/**
 * A repository in a temporary folder holds nobody's work, unless it is the worktree or named as guarded. Where the
 * worktree itself is temporary, only what this action makes is.
 */
function ownScratch({ cwd }: GitEffect, { effects, facts }: Scene): boolean {
  if (cwd === undefined || (facts.worktree !== undefined && within(cwd, facts.worktree))) return false;
  const made = gitEffects(effects, "init", "clone").length > 0;
  if (facts.worktree !== undefined && temporary(facts.worktree, facts) && !made) return false;
  return temporary(cwd, facts) && !(facts.guarded ?? []).some((folder) => within(cwd, folder));
}
