import type { Effect } from "../core/action.ts";
import type { Problem } from "./reading.ts";
import type { Find, Hit, Rule, Scene } from "./rule.ts";

/** What must be in a scene for a rule to find anything there: one of these is enough to ask it. */
export interface Watched {
  readonly effects?: readonly Effect["kind"][];
  /** Starts of programs with such names. */
  readonly programs?: (name: string) => boolean;
  /** git commands with such operations. */
  readonly operations?: (name: string) => boolean;
  readonly problems?: readonly Problem["kind"][];
}

/** A `find` that is asked only where something is that it watches. What it watches goes with it, not with its rule. */
export function watching(watches: Watched, find: (scene: Scene) => readonly Hit[]): Find {
  return Object.assign((scene: Scene) => find(scene), { watches: [watches] });
}

/** What each of them finds, asked where one of them would be. */
export function together(...finds: readonly Find[]): Find {
  const find = (scene: Scene): readonly Hit[] => finds.flatMap((one) => one(scene));
  if (finds.some(({ watches }) => watches === undefined)) return find;
  return Object.assign(find, { watches: finds.flatMap(({ watches = [] }) => watches) });
}

/**
 * The rules, in their order, that may find anything in a scene. Most rules are about a few programs that an action does
 * not start: asking them all takes longer than everything else in a judgement.
 */
export function watchers(rules: readonly Rule[]): (scene: Scene) => readonly Rule[] {
  const always = Uint8Array.from(rules, ({ find }) => (find.watches === undefined ? 1 : 0));
  const seen = places(rules, (kind: Effect["kind"], { effects }) => effects?.includes(kind));
  const started = places(rules, (name: string, { programs }) => programs?.(name));
  const ran = places(rules, (name: string, { operations }) => operations?.(name));
  const stopped = places(rules, (kind: Problem["kind"], { problems }) => problems?.includes(kind));
  return ({ effects, reading }) => {
    const asked = always.slice();
    const ask = (some: readonly number[]): void => {
      for (const place of some) asked[place] = 1;
    };
    for (const effect of effects) {
      ask(seen(effect.kind));
      if (effect.kind === "execute" && effect.program !== undefined) ask(started(effect.program));
      if (effect.kind === "git") ask(ran(effect.operation));
    }
    for (const { kind } of reading.problems) ask(stopped(kind));
    return rules.filter((_, place) => asked[place] === 1);
  };
}

// Names of programs come from commands, so there is no end of them.
const keysAtMost = 1000;

/** By a key: the places of the rules that watch it, found when it is first met. */
function places<K extends string>(
  rules: readonly Rule[],
  isWatched: (key: K, watched: Watched) => boolean | undefined,
): (key: K) => readonly number[] {
  const known = new Map<K, readonly number[]>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = rules.flatMap(({ find: { watches = [] } }, place) =>
      watches.some((watched) => isWatched(key, watched) === true) ? [place] : [],
    );
    if (known.size >= keysAtMost) known.clear();
    known.set(key, found);
    return found;
  };
}
