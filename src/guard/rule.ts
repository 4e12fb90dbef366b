import type { Action, Effect, Facts, Span, TextChange, Verdict } from "../core/action.ts";
import type { Policy } from "../core/policy.ts";
import type { Reading } from "./reading.ts";
import type { Watched } from "./watching.ts";

/** One thing that the guard watches for: data and a pure function over what an action would do. */
export interface Rule {
  /** Follows the path of its subject, as in `git/force-push`. */
  readonly id: string;
  /** Whether what it stops cannot be undone; such a rule binds even in the preset `observe`. */
  readonly irreversible: boolean;
  readonly verdict: Exclude<Verdict, "allow">;
  /** One sentence: what is wrong with it. */
  readonly says: string;
  /** An allowed next step, judged by the guard's own test. */
  readonly instead?: string;
  readonly find: Find;
  readonly mustBlock: readonly Example[];
  readonly mustAllow: readonly Example[];
}

/** Every place where a rule fires. */
export interface Find {
  (scene: Scene): readonly Hit[];
  /** Without any of it, there is nothing to find (see `watching`); `undefined` where it must always be asked. */
  readonly watches?: readonly Watched[];
}

/** What a rule may look at. */
export interface Scene {
  readonly action: Action;
  readonly reading: Reading;
  readonly effects: readonly Effect[];
  readonly facts: Facts;
  readonly policy: Policy;
}

export interface Hit {
  readonly span?: Span;
  /** Replaces the rule's own sentence where the case can be named better. */
  readonly says?: string;
  readonly instead?: string;
  readonly verdict?: Exclude<Verdict, "allow">;
}

/** A command line, or an action with what must be known and set for it. The defaults are in `example.ts`. */
export type Example =
  | string
  | {
      readonly command?: string;
      readonly cwd?: string;
      readonly edit?: string;
      /** What the edit does; without it, it replaces some text. */
      readonly change?: TextChange;
      readonly read?: string;
      readonly facts?: Partial<Facts>;
      readonly scope?: Policy["scope"];
    };
