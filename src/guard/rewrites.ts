import type { Effect, Facts, Span } from "../core/action.ts";
import { once } from "./once.ts";
import type { FileEffect } from "./paths.ts";
import { resolvePath } from "./paths.ts";
import type { Scene } from "./rule.ts";
import { hole } from "./shell/shell.ts";

/** Text that a script puts in place of another in files. */
export interface Swap {
  readonly removed: string;
  readonly added: string;
  /** Whether whole lines are deleted that hold `removed`. */
  readonly drops: boolean;
}

/** Files that a stream editor or a one-line program changes, and how. */
export interface Rewrite {
  readonly program: string;
  readonly swaps: readonly Swap[];
  readonly targets: readonly FileEffect[];
  /** What is written in the same place of the command; commands in one place share the list. */
  readonly written: readonly FileEffect[];
  readonly effect: Extract<Effect, { kind: "execute" }>;
}

/** Every change of files by a script that stands in the command. */
export const rewritesOf = once(({ effects, facts }: Pick<Scene, "effects" | "facts">): readonly Rewrite[] => {
  const writtenIn = new Map<string, readonly FileEffect[]>();
  return effects.flatMap((effect): readonly Rewrite[] => {
    if (effect.kind !== "execute" || !editors.test(effect.program ?? "")) return [];
    const program = effect.program ?? "";
    const words = effect.words ?? effect.args.map((arg) => arg ?? hole);
    const inPlace =
      /^(vim?|nvim|ex|ed)$/.test(program) ||
      isCode(program) ||
      words.some((word) => /^-\w*i|^--in-place|^inplace$/.test(word));
    if (!inPlace) return [];
    const scripts = [...words.map((word) => word.replace(/^-[ec](?=.)/, "")), effect.input ?? ""].filter(
      (word) => !word.startsWith("-"),
    );
    const swaps = scripts.flatMap((script) => (isCode(program) ? codeSwaps(script) : lineSwaps(script)));
    if (swaps.length === 0) return [];
    const place = `${effect.span?.start} ${effect.span?.end}`;
    const written = writtenIn.get(place) ?? writesIn(effects, effect.span);
    writtenIn.set(place, written);
    return [{ program, swaps, targets: named(program, words, effect, facts), written, effect }];
  });
});

/** Whether a program may change files by a script that it is given. */
export function mayRewrite(program: string): boolean {
  return editors.test(program);
}

const editors = /^(g?sed|perl|ruby|[gm]?awk|vim?|nvim|ex|ed|python[\d.]*|node|nodejs|bun|deno)$/;

function isCode(program: string): boolean {
  return /^(python[\d.]*|node|nodejs|bun|deno)$/.test(program);
}

function writesIn(effects: readonly Effect[], span: Span | undefined): readonly FileEffect[] {
  return effects.filter(
    (other): other is FileEffect =>
      other.kind === "write" &&
      other.span !== undefined &&
      span !== undefined &&
      other.span.start >= span.start &&
      other.span.end <= span.end,
  );
}

/** Files that an editor is given, and names in the code of a program, which opens them by itself. */
function named(
  program: string,
  words: readonly string[],
  effect: Extract<Effect, { kind: "execute" }>,
  facts: Facts,
): readonly FileEffect[] {
  const names = isCode(program)
    ? [
        ...`${words.join("\n")}\n${effect.input ?? ""}`
          .slice(0, textAtMost)
          .matchAll(/["'`]([\w./*-]{2,200})["'`]/g),
      ].map((match) => match[1] ?? "")
    : /^(vim?|nvim|ex|ed)$/.test(program)
      ? words.slice(-1)
      : [];
  return names.flatMap((name): readonly FileEffect[] => {
    const path = resolvePath(name, effect.cwd ?? facts.worktree);
    return path === undefined
      ? []
      : [
          {
            kind: "write",
            path,
            recursive: false,
            by: program,
            ...(name.includes("*") ? { glob: true } : {}),
          },
        ];
  });
}

const textAtMost = 20_000;
const swapsAtMost = 40;

// `s/a/b/`, and `s{a}{b}` as perl also takes it; an address or another command may stand before.
const substitutions =
  /(?:^|[;\n{}\s\d$,%/&])s([^\w\s\\{(;])((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1|(?:^|[;\s])s\{((?:\\.|[^\\{}])*)\}\s*\{((?:\\.|[^\\{}])*)\}/g;
const deletions =
  /\/((?:\\.|[^\\/\n])+)\/I?\s*(?:,\s*(?:\/(?:\\.|[^\\/\n])*\/|[+~]?\d+|\$)\s*)?(?:\{\s*)?d\b/g;
const insertions = /(?:^|[;\n/\d$])\s*[iac]\\?\s*(\S[^\n]*)/g;
const globals = /(?:^|\|)%?g\/((?:\\.|[^\\/\n])+)\/d/gm;

// `print unless /a/`, `!/a/`: lines that hold it do not come through.
const unprinted = /(?:print(?:\s+\$_)?\s+(?:unless|if\s*!)\s*|^\s*!\s*)\/((?:\\.|[^\\/\n])+)\//g;

function lineSwaps(script: string): readonly Swap[] {
  const text = script.slice(0, textAtMost);
  return [
    ...[...text.matchAll(substitutions)].map(([, , removed, added, braced, by]) => ({
      removed: plain(removed ?? braced ?? ""),
      added: plain(added ?? by ?? ""),
      drops: false,
    })),
    ...[...text.matchAll(deletions), ...text.matchAll(globals), ...text.matchAll(unprinted)].map(
      ([, removed]) => ({
        removed: plain(removed ?? ""),
        added: "",
        drops: true,
      }),
    ),
    ...(/^(\/.*\/|\d+|\$)?\s*[iac](\\|\s)/.test(text) || /\n\s*(\/.*\/|\d+|\$)?[iac]\\/.test(text)
      ? [...text.matchAll(insertions)].map(([, added]) => ({ removed: "", added: added ?? "", drops: false }))
      : []),
  ].slice(0, swapsAtMost);
}

/** A pattern or a replacement as the text that it most likely stands for. */
function plain(pattern: string): string {
  return pattern
    .replaceAll("\\n", "\n")
    .replaceAll("\\t", "\t")
    .replace(/\\([^\w])/g, "$1")
    .replace(/^\^|\$$/g, "");
}

const literal = String.raw`[rbf]{0,2}(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|` + "`([^`]*)`)";
// `re.sub(a, b, …)`, `text.replace(a, b)`, `text.replace(/a/g, b)`.
const calls = new RegExp(
  String.raw`\b(?:sub|subn|replace|replaceAll)\(\s*(?:${literal}|\/((?:[^/\\\n]|\\.)+)\/\w*)\s*,\s*${literal}`,
  "g",
);

function codeSwaps(code: string): readonly Swap[] {
  const text = code.slice(0, textAtMost);
  if (!/write|\bopen\([^)]{0,200}["'][wa]/.test(text)) return [];
  return [...text.matchAll(calls)].slice(0, swapsAtMost).map((match) => ({
    removed: plain(match[1] ?? match[2] ?? match[3] ?? match[4] ?? ""),
    added: plain(match[5] ?? match[6] ?? match[7] ?? ""),
    drops: false,
  }));
}
