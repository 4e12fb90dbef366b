import { matchesWildcard } from "./wildcard.ts";

/** `kubectl delete --all *`: a program, options in any order, operands in this order. */
export interface CommandPattern {
  readonly program: string;
  readonly options: readonly string[];
  readonly operands: readonly string[];
  /** Whether it ends with `**`: whatever else is given is meant as well. */
  readonly open: boolean;
}

/** A program and its arguments; `undefined` where a word cannot be known. */
export type Argv = readonly (string | undefined)[];

export function commandPattern(text: string): CommandPattern {
  const [program = "", ...words] = text.trim().split(/\s+/);
  const open = words.at(-1) === "**";
  const named = open ? words.slice(0, -1) : words;
  return {
    program,
    options: named.filter(isOption),
    operands: named.filter((word) => !isOption(word)),
    open,
  };
}

/**
 * Whether the pattern's words are there, whatever else is. `perhaps` where that hangs on a word that cannot be known
 * and that stands just where an operand of the pattern would.
 */
export function contains(pattern: CommandPattern, argv: Argv): "yes" | "perhaps" | "no" {
  const { options, operands } = taken(pattern, argv);
  if (options === undefined) return "no";
  const given = options.filter((word) => word !== undefined);
  if (!pattern.options.every((wanted) => given.some((option) => includesOption(option, wanted)))) return "no";
  let next = 0;
  for (const word of operands)
    if (word !== undefined && next < pattern.operands.length && matchesOperand(word, pattern, next)) next++;
  return next === pattern.operands.length ? "yes" : couldBe(pattern, argv);
}

/** Whether the words are those of the pattern and no others: what an exception is for must be spelled out. */
export function equals(pattern: CommandPattern, argv: Argv): boolean {
  const { options, operands } = taken(pattern, argv);
  if (options === undefined) return false;
  const matching = (word: string | undefined, wanted: string): boolean =>
    word !== undefined && matchesWildcard(word, wanted);
  if (!pattern.options.every((wanted) => options.some((word) => matching(word, wanted)))) return false;
  if (!pattern.operands.every((wanted, index) => matching(operands[index], wanted))) return false;
  return (
    pattern.open ||
    (operands.length === pattern.operands.length &&
      options.every((word) => pattern.options.some((wanted) => matching(word, wanted))))
  );
}

function isOption(word: string): boolean {
  return word.startsWith("-") && word.length > 1;
}

interface Taken {
  /** `undefined` where it is another program. */
  readonly options: Argv | undefined;
  readonly operands: Argv;
}

function taken(pattern: CommandPattern, [program, ...args]: Argv): Taken {
  if (program === undefined || !matchesWildcard(program, pattern.program))
    return { options: undefined, operands: [] };
  const cut = args.indexOf("--");
  const before = cut < 0 ? args : args.slice(0, cut);
  const after = cut < 0 ? [] : args.slice(cut + 1);
  return {
    options: before.filter((word) => word !== undefined && isOption(word)),
    operands: [...before.filter((word) => word === undefined || !isOption(word)), ...after],
  };
}

function matchesOperand(word: string, { operands }: CommandPattern, index: number): boolean {
  const wanted = operands[index];
  return wanted !== undefined && matchesWildcard(word, wanted);
}

function includesOption(given: string, wanted: string): boolean {
  const name = given.split("=", 1).join("");
  if (matchesWildcard(given, wanted) || matchesWildcard(name, wanted)) return true;
  // `-xvf` holds `-f`; a longer word is rather a letter with its value, or a long name after one dash.
  return /^-[A-Za-z]$/.test(wanted) && /^-[A-Za-z]{1,5}$/.test(given) && given.includes(wanted.slice(1));
}

function couldBe(pattern: CommandPattern, [, ...args]: Argv): "perhaps" | "no" {
  let next = 0;
  let unsure = false;
  let afterOption = false;
  for (const word of args) {
    if (next === pattern.operands.length) break;
    if (word !== undefined && isOption(word)) {
      afterOption = true;
      continue;
    }
    // What follows an option may be its value.
    if (word !== undefined && matchesOperand(word, pattern, next)) next++;
    else if (word === undefined && !afterOption) {
      next++;
      unsure = true;
    } else if (word !== undefined && !afterOption) return "no";
    afterOption = false;
  }
  return unsure && next === pattern.operands.length ? "perhaps" : "no";
}
