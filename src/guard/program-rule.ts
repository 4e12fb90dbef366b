import { argvRule } from "./argv.ts";
import type { ArgvRule, Invocation } from "./argv.ts";
import { asksHelp, commandLine } from "./command-line.ts";
import type { CommandLine } from "./command-line.ts";
import type { Hit, Rule, Scene } from "./rule.ts";

/** Whether one program's arguments are what a rule is about: true, or a better sentence. */
export type Matcher = (
  line: CommandLine,
  invocation: Invocation,
  scene: Scene,
) => boolean | Omit<Hit, "span">;

export interface ProgramRule extends Omit<ArgvRule, "programs" | "matches"> {
  /** By the program's name. */
  readonly matchers: Readonly<Record<string, Matcher>>;
  /** Options that take the next word. */
  readonly valued?: ReadonlySet<string>;
}

/** A rule that looks at each of its programs in its own way. Who only asks for help does nothing. */
export function programRule({ matchers, valued = new Set(), ...rule }: ProgramRule): Rule {
  const table = new Map(Object.entries(matchers));
  return argvRule({
    ...rule,
    programs: [...table.keys()],
    matches(invocation, scene) {
      const line = commandLine(invocation, valued);
      const matcher = table.get(invocation.program);
      return matcher === undefined || asksHelp(line) ? false : matcher(line, invocation, scene);
    },
  });
}

/** The same matcher for several programs. */
export function each(programs: string, matcher: Matcher): Readonly<Record<string, Matcher>> {
  return Object.fromEntries(programs.split(" ").map((program) => [program, matcher]));
}

export const always: Matcher = () => true;

/** Whether the first word is one of these. */
export function verb(...verbs: readonly string[]): Matcher {
  return ({ words }) => words[0] !== undefined && verbs.includes(words[0]);
}
