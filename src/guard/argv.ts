import type { Effect, Span } from "../core/action.ts";
import type { Example, Hit, Rule, Scene } from "./rule.ts";
import { readOptions } from "./shell/options.ts";
import type { OptionSpec, Options } from "./shell/options.ts";
import { hole } from "./shell/shell.ts";

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
  return effects.flatMap((effect) =>
    effect.kind === "execute" && effect.program !== undefined && programs.has(effect.program)
      ? [
          {
            ...effect,
            program: effect.program,
            words: effect.words ?? effect.args.map((arg) => arg ?? hole),
          },
        ]
      : [],
  );
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
    find: (scene) =>
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
  };
}
