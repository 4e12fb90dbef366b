import type { Effect } from "../core/action.ts";
import { once } from "./once.ts";

type Start = Extract<Effect, { kind: "execute" }>;

/** What narrows a list of all processes that an action makes with `ps`. */
export type Listed =
  | { readonly kind: "none" }
  /** Nothing narrows it. */
  | { readonly kind: "all" }
  /** Words that each process must hold; empty where they cannot be told. */
  | { readonly kind: "some"; readonly words: readonly string[] };

/** Which processes an action lists with `ps`, as far as the programs say that its output goes through. */
export const listedProcesses = once((effects: readonly Effect[]): Listed => {
  const started = effects.flatMap((effect) => (effect.kind === "execute" ? [effect] : []));
  const lists = started.some(
    ({ program, args }) =>
      program === "ps" && !args.some((arg) => arg === undefined || /^-?[pCqt]$|^--(pid|ppid)/.test(arg)),
  );
  if (!lists) return { kind: "none" };
  const narrowing = started.filter(narrows);
  return narrowing.length === 0 ? { kind: "all" } : { kind: "some", words: narrowing.flatMap(words) };
});

function narrows({ program, args }: Start): boolean {
  return (
    /^(e|f|z)?grep$|^rg$|^(head|tail|lsof|pgrep|jq|fzf)$/.test(program ?? "") ||
    (/^([gm]?awk|sed|perl|python3?)$/.test(program ?? "") &&
      args.some((arg) => arg === undefined || /\/[^/]+\/|[=~<>]=?|\bin\b/.test(arg)))
  );
}

function words({ program, args }: Start): readonly string[] {
  if (/grep$|^rg$/.test(program ?? "")) {
    if (args.some((arg) => /^-\w*v|^--invert-match$/.test(arg ?? ""))) return [];
    const [pattern] = args.flatMap((arg) => (arg === undefined || arg.startsWith("-") ? [] : [arg]));
    return pattern === undefined ? [] : [plain(pattern)];
  }
  if (!/^[gm]?awk$/.test(program ?? "")) return [];
  // `/java/ {…}`, and not `!/grep/`.
  const text = args.map((arg) => arg ?? "").join("\n");
  return [...text.matchAll(/(?<!!\s{0,3})\/([^/\n]{1,60})\//g).take(wordsAtMost)].map(([, word]) =>
    plain(word ?? ""),
  );
}

const wordsAtMost = 10;

/** `[j]ava` is `java`: the brackets keep the search itself out of what it finds. */
function plain(pattern: string): string {
  return pattern.replace(/\[(\w)\]/g, "$1").replace(/^\^|\$$|\\b/g, "");
}
