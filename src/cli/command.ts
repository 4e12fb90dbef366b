import type { Host } from "../core/ports.ts";

/** One file in `commands/` exports one of these as `command`. */
export interface CliCommand {
  readonly name: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  readonly group: "Work" | "Learn" | "Trust" | "Set up";
  readonly usage: readonly string[];
  /** Command lines with what they do. */
  readonly examples: readonly (readonly [string, string])[];
  readonly options: Readonly<Record<string, CliOption>>;
  /** Further commands or topics, for the last line of the help. */
  readonly seeAlso: readonly string[];
  /** Resolves to the exit code (README, table of exits). A `Fault` that it throws is rendered by the entry. */
  run(input: CliInput, io: Io): Promise<number>;
}

export interface CliOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help, as in `<file>`. */
  readonly value?: string;
  readonly says: string;
  readonly group: string;
  readonly hidden?: boolean;
}

export interface CliInput {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  /** What stands after `--`. */
  readonly rest: readonly string[];
}

/** Standard output is data, standard error is talk. */
export interface Io {
  readonly host: Host;
  readonly cwd: string;
  /** Writes to standard output as is. */
  out(text: string): void;
  /** Writes to standard error as is. */
  err(text: string): void;
  /** All of standard input. */
  input(): Promise<string>;
  /** One line from the person at the terminal; `undefined` where there is none to ask. */
  ask(question: string): Promise<string | undefined>;
  readonly screen: Screen;
  /** Aborted on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Screen {
  /** Whether standard output is a terminal that a person looks at. */
  readonly interactive: boolean;
  readonly colour: boolean;
  readonly columns: number;
}

export function text(input: CliInput, name: string): string | undefined {
  const value = input.values[name];
  return typeof value === "string" ? value : undefined;
}

export function flag(input: CliInput, name: string): boolean {
  return input.values[name] === true;
}

export function texts(input: CliInput, name: string): readonly string[] {
  const value = input.values[name];
  if (Array.isArray(value)) return value.filter((item): item is string => typeof item === "string");
  return typeof value === "string" ? [value] : [];
}
