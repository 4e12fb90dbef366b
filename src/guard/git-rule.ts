import { gitEffects } from "./git.ts";
import type { GitEffect } from "./git.ts";
import type { Example, Hit, Rule, Scene } from "./rule.ts";

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
    find: (scene) => inTree(scene, operations, (effect) => matches(effect, scene)),
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

/** A repository that the same command makes in a temporary folder holds nobody's work. */
function ownScratch(effect: GitEffect, scene: Scene): boolean {
  const { cwd } = effect;
  if (cwd === undefined) return false;
  const made = scene.effects.some(
    (other) =>
      other.kind === "git" &&
      (other.operation === "init" || other.operation === "clone") &&
      other.cwd === cwd,
  );
  const temporary = (scene.facts.tempDirs ?? []).some((folder) => cwd.startsWith(`${folder}/`));
  return made && temporary && cwd !== scene.facts.worktree;
}
