import type { Effect, Span } from "../core/action.ts";
import { once } from "./once.ts";
import type { Example, Hit, Rule, Scene } from "./rule.ts";
import { readOptions } from "./shell/options.ts";
import type { OptionSpec, Options } from "./shell/options.ts";
import { hole } from "./shell/shell.ts";
import { watching } from "./watching.ts";

/** One start of a program, whatever wrapped it. */
export interface Invocation {
  /** Without its folder. */
  readonly program: string;
  /** `undefined` where a word cannot be known. */
  readonly args: readonly (string | undefined)[];
  /** The same with a `hole` for each part that cannot be known. */
  readonly words: readonly string[];
  readonly cwd: string | undefined;
  /** What stands on its standard input, as far as it is known. */
  readonly input?: string;
  /** Variables that choose what it works on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly span?: Span;
}

/** Every start of one of the programs. */
export function invocations(
  effects: readonly Effect[],
  programs: ReadonlySet<string>,
): readonly Invocation[] {
  const found: Invocation[] = [];
  for (const [program, starts] of startsIn(effects)) if (programs.has(program)) found.push(...starts);
  return found;
}

// Many rules ask about the same effects, and nearly all of them about programs that do not start there.
const startsIn = once((effects: readonly Effect[]): ReadonlyMap<string, readonly Invocation[]> => {
  const index = new Map<string, Invocation[]>();
  for (const effect of effects) {
    if (effect.kind !== "execute" || effect.program === undefined) continue;
    const { program } = effect;
    const start = { ...effect, program, words: effect.words ?? effect.args.map((arg) => arg ?? hole) };
    const before = index.get(program);
    if (before === undefined) index.set(program, [start]);
    else before.push(start);
  }
  return index;
});

/** Every start of any program, in the order of the programs' first starts. */
export function allInvocations(effects: readonly Effect[]): readonly Invocation[] {
  return [...startsIn(effects).values()].flat();
}

/** Options and operands of an invocation; what cannot be known of a word is a `hole` in it (see `isKnown`). */
export function optionsOf({ words, span }: Invocation, spec: OptionSpec = {}): Options {
  const at = span ?? { start: 0, end: 0 };
  return readOptions(
    words.map((value) => ({ value, span: at })),
    spec,
  );
}

export interface ArgvRule {
  readonly id: string;
  readonly irreversible: boolean;
  readonly verdict: Rule["verdict"];
  readonly says: string;
  readonly instead?: string;
  readonly programs: readonly string[];
  /** True, or a better sentence, where the rule fires. */
  readonly matches: (invocation: Invocation, scene: Scene) => boolean | Omit<Hit, "span">;
  readonly mustBlock: readonly Example[];
  readonly mustAllow: readonly Example[];
}

/** A rule about programs by their arguments: it looks at one start at a time. */
export function argvRule({ programs, matches, ...rule }: ArgvRule): Rule {
  const names = new Set(programs);
  return {
    ...rule,
    find: watching({ programs: (name) => names.has(name) }, (scene) =>
      invocations(scene.effects, names).flatMap((invocation) => {
        const found = matches(invocation, scene);
        if (found === false) return [];
        return [
          {
            ...(invocation.span === undefined ? {} : { span: invocation.span }),
            ...(found === true ? {} : found),
          },
        ];
      }),
    ),
  };
}
