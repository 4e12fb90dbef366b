import type { Effect, Judgement, Reason } from "../core/action.ts";
import { isIrreversible } from "./all-rules.ts";
import type { Allow } from "./custom-rule.ts";
import type { Problem } from "./reading.ts";
import type { Scene } from "./rule.ts";

export interface Lifted {
  readonly reasons: readonly Reason[];
  readonly lifted: NonNullable<Judgement["lifted"]>;
}

/** What the named rules say about a scene. */
type Ask = (scene: Scene, rules: ReadonlySet<string>) => readonly Reason[];

/**
 * Takes away the reasons that built-in rules have only because of what an `allow` covers: the rules look again at the
 * scene without it, and what they no longer say is lifted. Rules that guard surefoot itself are never lifted this way.
 */
export function lift(reasons: readonly Reason[], scene: Scene, allows: readonly Allow[], ask: Ask): Lifted {
  const liftable = reasons.filter(({ rule }) => !fixed.test(rule));
  const plain = liftAll(
    liftable.filter(({ rule }) => !isIrreversible(rule)),
    scene,
    allows,
    ask,
  );
  const grave = liftAll(
    liftable.filter(({ rule }) => isIrreversible(rule)),
    scene,
    allows.filter((allow) => allow.irreversible),
    ask,
  );
  return {
    reasons: [...reasons.filter(({ rule }) => fixed.test(rule)), ...plain.reasons, ...grave.reasons],
    lifted: [...plain.lifted, ...grave.lifted],
  };
}

const fixed = /^(self|custom)\//;

function liftAll(reasons: readonly Reason[], scene: Scene, allows: readonly Allow[], ask: Ask): Lifted {
  if (reasons.length === 0) return { reasons, lifted: [] };
  const rules = new Set(reasons.map(({ rule }) => rule));
  const effects = new Set<Effect>();
  const problems = new Set<Problem>();
  const lifted: { readonly reason: Reason; readonly by: string }[] = [];
  let left = reasons;
  for (const allow of allows) {
    const covered = allow.covers(scene);
    if (covered.effects.every((effect) => effects.has(effect))) continue;
    for (const effect of covered.effects) effects.add(effect);
    for (const problem of covered.problems) problems.add(problem);
    // What the rules say now, and not what they said before less something: a rule names only its first few places.
    const now = ask(without(scene, effects, problems), rules);
    const names = new Set(now.map(nameOf));
    for (const reason of left) if (!names.has(nameOf(reason))) lifted.push({ reason, by: allow.id });
    left = now;
    if (left.length === 0) break;
  }
  return { reasons: left, lifted };
}

function nameOf({ rule, verdict, says }: Reason): string {
  return `${rule} ${verdict} ${says}`;
}

function without(scene: Scene, effects: ReadonlySet<Effect>, problems: ReadonlySet<Problem>): Scene {
  const { reading } = scene;
  const rest = scene.effects.filter((effect) => !effects.has(effect));
  return {
    ...scene,
    effects: rest,
    reading: {
      ...reading,
      effects: rest,
      problems: reading.problems.filter((problem) => !problems.has(problem)),
    },
  };
}
