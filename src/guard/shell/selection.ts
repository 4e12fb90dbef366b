import { headsTest } from "../test-marks.ts";
import { readOptions } from "./options.ts";
import { glob, isKnown } from "./shell.ts";
import type { Arg } from "./shell.ts";

// A pattern of `grep` or `fd` over names of files, as the shell would write it below the folder that is listed. Of
// alternatives the first one counts: `\.(test|spec)\.ts$` stands for all that end in `.test.ts`.
/** `undefined` where it says too little. */
export function namePattern(regexp: string | undefined): string | undefined {
  if (regexp === undefined || !isKnown(regexp) || regexp.length > patternAtMost) return undefined;
  const start = regexp.startsWith("^");
  const end = regexp.endsWith("$");
  const text = regexp
    .slice(start ? 1 : 0, end ? -1 : undefined)
    .replace(/\((?:\?:)?([^()|]*)\|[^()]*\)/g, "$1")
    .replaceAll(".*", "*")
    .replace(/\w\?/g, "")
    .replace(/\\([./_-])/g, "$1");
  if (!/^[\w./*-]+$/.test(text) || !/\w/.test(text)) return undefined;
  const before = start ? "" : text.includes("/") ? "**/" : "**/*";
  return `${before}${text.replace(/^\//, "")}${end || /\.\w+$/.test(text) ? "" : "*"}`.replace(
    /\*{2,}(?!\/)/g,
    "*",
  );
}

const patternAtMost = 200;

/** Names below a folder of which nothing is known, once only those are kept that a pattern selects. */
export function narrowed(words: readonly string[], pattern: string | undefined): readonly string[] {
  if (pattern === undefined) return words;
  return words.map((word) => {
    const folder = open.exec(word)?.[1] ?? (unnarrowed.test(word) ? word.replace(/\/$/, "") : undefined);
    return folder === undefined ? word : `${folder}/${glob}${pattern}`;
  });
}

const open = new RegExp(String.raw`^([^*]*)/${glob}\*\*(?:/${glob}\[listed\])?$`);

// What `find` gives for a root: the folder, and with it everything in it.
const unnarrowed = /^(?:[^*\uE000\uE001]*\/)?[^.*\uE000\uE001]*$|^\.{1,2}$/;

/** Where a search looks: what follows its pattern. */
export function searchedRoots(name: string, args: readonly Arg[]): readonly Arg[] {
  const { operands, values, flags } = readOptions(args, {
    short: name === "rg" || name === "ag" ? "efgtTmABCjMr" : "efmABC",
    long: ["glob", "iglob", "type", "regexp", "file", "max-count", "sort"],
  });
  return operands.slice(flags.has("files") || values.has("e") || values.has("regexp") ? 0 : 1);
}

/** Which names a search that lists files keeps to: `-g '*.ts'`, `--include=*.py`, or what only tests hold. */
export function searchedNames(args: readonly Arg[]): string | undefined {
  for (const [index, { value }] of args.entries()) {
    const inline = /^(?:--include|--i?glob)=(.+)$|^-g(.+)$/.exec(value);
    const next = /^(?:-g|--i?glob|--include)$/.test(value) ? args[index + 1]?.value : undefined;
    const found = inline?.[1] ?? inline?.[2] ?? next;
    if (found !== undefined && isKnown(found) && !found.startsWith("!"))
      return `**/${found.replaceAll(glob, "").replace(/^(?:\*\*\/)+/, "")}`;
  }
  const tests = args.some(
    ({ value }) => isKnown(value) && (headsTest(value) || /\btoMatch(?:Inline)?Snapshot\b/.test(value)),
  );
  return tests ? "**/[listed].test.js" : undefined;
}

/** What `fd` finds: below which folders, and which names, as far as they can be told. */
export function fdSelection(args: readonly Arg[]): {
  readonly roots: readonly Arg[];
  readonly pattern: string | undefined;
  readonly narrows: boolean;
} {
  const { operands, values, flags } = readOptions(args, fdOptions);
  const [name, ...roots] = operands;
  const ending = (values.get("e") ?? values.get("extension"))?.[0]?.value;
  const globbed = flags.has("g") || flags.has("glob");
  const named = globbed ? `**/${name?.value.replaceAll(glob, "") ?? "*"}` : namePattern(name?.value);
  const pattern =
    ending !== undefined && isKnown(ending)
      ? `**/*.${ending}`
      : // Its anchors stand for the ends of a name, not of a path.
        named?.replace(/^(?!\*\*\/)/, "**/");
  const narrows =
    (name !== undefined && !/^\.?\*?$/.test(name.value)) ||
    ["e", "extension", "S", "size", "changed-within", "changed-before"].some((option) => values.has(option));
  return { roots, pattern, narrows };
}

// fd(1): options with a value.
const fdOptions = {
  short: "edEcjStoxX",
  long: [
    "extension",
    "max-depth",
    "min-depth",
    "exact-depth",
    "exclude",
    "color",
    "threads",
    "size",
    "type",
    "owner",
    "changed-within",
    "changed-before",
    "max-results",
    "base-directory",
    "search-path",
  ],
};
