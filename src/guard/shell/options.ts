import { known } from "./shell.ts";
import type { Arg } from "./shell.ts";

/** Which options of a program take a value. */
export interface OptionSpec {
  /** Letters of short options with a value, as in `-o file` or `-ofile`. */
  readonly short?: string;
  /** Names of long options with a value, as in `--output file` or `--output=file`. */
  readonly long?: readonly string[];
  /** Names of long options without a value that matter; they may be abbreviated. */
  readonly flags?: readonly string[];
  /** Options end at the first operand. */
  readonly stops?: boolean;
}

export interface Options {
  /** Letters and full long names that are given. */
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, readonly Arg[]>;
  readonly operands: readonly Arg[];
  /** Index, in the arguments given, of the first operand when options stop there. */
  readonly at: number;
}

/** Reads options as GNU getopt does: clusters, `--`, values attached or apart, long names abbreviated. */
export function readOptions(args: readonly Arg[], spec: OptionSpec): Options {
  const flags = new Set<string>();
  const values = new Map<string, Arg[]>();
  const operands: Arg[] = [];
  const short = spec.short ?? "";
  const withValue = spec.long ?? [];
  const names = [...withValue, ...(spec.flags ?? [])];
  const put = (name: string, arg: Arg | undefined): void => {
    if (arg === undefined) return;
    const before = values.get(name);
    if (before === undefined) values.set(name, [arg]);
    else before.push(arg);
  };
  let at = args.length;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === undefined) break;
    const text = arg.value;
    if (text === "--") {
      operands.push(...args.slice(i + 1));
      at = Math.min(at, i + 1);
      break;
    }
    if (text.startsWith("--")) {
      const cut = text.indexOf("=");
      const name = complete(text.slice(2, cut < 0 ? undefined : cut), names);
      flags.add(name);
      if (cut >= 0) put(name, { ...arg, value: text.slice(cut + 1) });
      else if (withValue.includes(name)) put(name, args[++i]);
      continue;
    }
    if (text.startsWith("-") && text.length > 1) {
      for (let j = 1; j < text.length; j++) {
        const letter = text[j] ?? "";
        flags.add(letter);
        if (!short.includes(letter)) continue;
        put(letter, j + 1 < text.length ? { ...arg, value: text.slice(j + 1) } : args[++i]);
        break;
      }
      continue;
    }
    at = Math.min(at, i);
    if (spec.stops === true) {
      operands.push(...args.slice(i));
      break;
    }
    operands.push(arg);
  }
  return { flags, values, operands, at };
}

/** The long name that an abbreviation stands for; an ambiguous one stands for the first that it begins. */
export function complete(name: string, names: readonly string[]): string {
  if (names.includes(name) || name === "") return name;
  return names.find((candidate) => candidate.startsWith(name)) ?? name;
}

export function has(options: Options, ...names: readonly string[]): boolean {
  return names.some((name) => options.flags.has(name));
}

export function valueOf(options: Options, ...names: readonly string[]): Arg | undefined {
  return names.flatMap((name) => options.values.get(name) ?? []).at(-1);
}

export function plainText(arg: Arg | undefined): string | undefined {
  return arg === undefined ? undefined : known(arg.value);
}
