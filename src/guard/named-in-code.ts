import type { Effect } from "../core/action.ts";
import { hole } from "./shell/shell.ts";

/** A path that code or a tool is given, and that it may write, though which file it writes cannot be followed. */
export interface NamedPath {
  readonly path: string;
  readonly effect: Extract<Effect, { kind: "execute" }>;
}

/** Paths, among those meant, that a program may write by ways which the reader of code does not follow. */
export function namedInCode(
  effects: readonly Effect[],
  isMeant: (path: string) => boolean,
): readonly NamedPath[] {
  return effects.flatMap((effect): readonly NamedPath[] => {
    if (effect.kind !== "execute" || effect.program === undefined) return [];
    const words = effect.words ?? effect.args.map((arg) => arg ?? hole);
    if (codemods(effect.program, words))
      return words.filter((word) => isMeant(shown(word))).map((path) => ({ path, effect }));
    if (!interpreter.test(effect.program)) return [];
    const code = [...words, effect.input ?? ""].join("\n").slice(0, textAtMost);
    if (!writes.test(code)) return [];
    const rest = code.replace(reads, " ");
    const literals = [...rest.matchAll(/["'`]([\w./*-]{3,200})["'`]/g)].map((match) => match[1] ?? "");
    const given = words.filter((word) => /^[\w./*-]{3,200}$/.test(word));
    const path = [...literals, ...given].find((name) => isMeant(shown(name)));
    return path === undefined ? [] : [{ path, effect }];
  });
}

const textAtMost = 20_000;

/** Programs that are asked about. */
export function mayNameFiles(program: string): boolean {
  return interpreter.test(program) || /^(replace|replace-in-file|rexreplace|comby|dasel)$/.test(program);
}

const interpreter = /^(python[\d.]*|node|nodejs|bun|deno|perl|ruby|php|tclsh)$/;

// Writes whose file stands in a variable, or comes by a way of its own.
const writes =
  /\bopen\(\s*(?!["'])[^,)]{1,80},\s*["'][wax]|\bwrite\w*(?:Sync)?\(\s*(?:process\.argv|[A-Za-z_]\w*[,[.])|\binplace\s*=\s*True|\bextractall\(|\burlretrieve\(|\bO_(?:WRONLY|RDWR|TRUNC)\b|\brename\s*(?:\(\s*)?["']|\[open\s+\S+\s+[wa]|\bchdir\(/;

// `open(".github/workflows/ci.yml").read()`: nothing happens to what is only read.
const reads =
  /\b(?:open|readFileSync|readFile|listdir|glob|exists|isfile)\(\s*["'`][^"'`]+["'`]\s*(?:,\s*(?:["']r[bt]?["']|["']utf-?8["']|encoding\s*=\s*["'][^"']+["'])\s*)?\)|\bPath\(\s*["'][^"']+["']\s*\)\.(?:read|exists|glob|iterdir)\w*/g;

/** Tools that replace text in the files that they are given. */
function codemods(program: string, words: readonly string[]): boolean {
  if (program === "replace" || program === "replace-in-file" || program === "rexreplace") return true;
  if (program === "comby") return words.some((word) => /^-(?:i|in-place)$/.test(word));
  return program === "dasel" && words[0] === "put";
}

function shown(word: string): string {
  return word.replace(/^\.\//, "").replace(/\/$/, "").toLowerCase();
}
