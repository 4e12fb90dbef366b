import type { Invocation } from "./argv.ts";

/** The arguments of a program that takes subcommands, with options anywhere between them. */
export interface CommandLine {
  /** Subcommands and operands, in order. */
  readonly words: readonly string[];
  /** Options by name without dashes, with their values; an empty list for one that has none. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** What stands after `--`. */
  readonly rest: readonly string[];
}

/**
 * Reads arguments as the command-line libraries of Go and Python do: no abbreviations, `-name` as good as `--name`
 * where a program writes it so, single letters in a cluster. `valued` names the options that take the next word.
 */
export function commandLine({ words }: Pick<Invocation, "words">, valued: ReadonlySet<string>): CommandLine {
  const operands: string[] = [];
  const options = new Map<string, string[]>();
  const put = (name: string, value?: string): void => {
    const before = options.get(name);
    if (before === undefined) options.set(name, value === undefined ? [] : [value]);
    else if (value !== undefined) before.push(value);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--") return { words: operands, options, rest: words.slice(i + 1) };
    const [, dashes, name, value] = /^(--?)([A-Za-z][^=\s]*)(?:=(.*))?$/s.exec(word) ?? [];
    const letter = word[1] ?? "";
    // `-c'select 1'`: a letter with its value, unless the whole is a name of its own.
    const attached =
      /^-[A-Za-z]./s.test(word) && valued.has(letter) && (name === undefined || !valued.has(name));
    if (attached) put(letter, word.slice(2));
    else if (name === undefined) operands.push(word);
    else if (value !== undefined) put(name, value);
    else if (valued.has(name)) put(name, words[++i]);
    else {
      put(name);
      if (dashes === "-") cluster(name, valued, () => words[++i]).forEach((item) => put(...item));
    }
  }
  return { words: operands, options, rest: [] };
}

/** The letters of `-itv value`: the last one may take the next word. */
function cluster(
  name: string,
  valued: ReadonlySet<string>,
  next: () => string | undefined,
): readonly (readonly [string, string | undefined])[] {
  if (name.length === 1 || !/^[A-Za-z]{2,6}$/.test(name)) return [];
  const last = name.at(-1) ?? "";
  const takes = name.length <= 4 && valued.has(last);
  return [...name].map((letter, index) => [letter, takes && index === name.length - 1 ? next() : undefined]);
}

/** Whether one of the options is given and not turned off again, as in `--force=false`. */
export function given(line: CommandLine, ...names: readonly string[]): boolean {
  return names.some((name) => {
    const values = line.options.get(name);
    return values !== undefined && !/^(false|0|no|none|off)$/i.test(values.at(-1) ?? "");
  });
}

/** The last value of the first of the options that has one. */
export function optionValue(line: CommandLine, ...names: readonly string[]): string | undefined {
  return names.map((name) => line.options.get(name)?.at(-1)).find((value) => value !== undefined);
}

/** Every value of the options. */
export function optionValues(line: CommandLine, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => line.options.get(name) ?? []);
}

/** Whether the subcommands are these; `*` stands for any one word. */
export function startsWith(line: CommandLine, ...path: readonly string[]): boolean {
  return path.every(
    (part, index) => line.words[index] !== undefined && (part === "*" || line.words[index] === part),
  );
}

/** Whether only help is asked for. */
export function asksHelp(line: CommandLine): boolean {
  return given(line, "help") || line.words[0] === "help" || line.words.at(-1) === "help";
}

/** Whether nothing is changed: the program shows what it would do. */
export function triesOnly(line: CommandLine): boolean {
  return given(line, "dry-run", "dryrun", "what-if", "whatif", "noop", "plan-only") || asksHelp(line);
}

export function nameSet(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}
