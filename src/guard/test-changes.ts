import type { Effect } from "../core/action.ts";
import { once } from "./once.ts";
import { appliesPatch, isPatchProgram, patchedFiles } from "./patch-text.ts";
import { resolvePath } from "./paths.ts";
import type { FileEffect } from "./paths.ts";
import { mayRewrite, rewritesOf } from "./rewrites.ts";
import type { Rewrite, Swap } from "./rewrites.ts";
import type { Hit, Scene } from "./rule.ts";
import { toolEdits } from "./tool-input.ts";
import { isTest, isTestConfig, isTestFolder, relOf } from "./test-files.ts";
import type { Watched } from "./watching.ts";
import { writesTo } from "./writes-to.ts";

export interface Edited {
  readonly rel: string;
  readonly before: string;
  readonly after: string;
  readonly effect?: Effect;
}

/** The text of an edit before and after, where both are known: of an agent's own tool, or of a patch in a command. */
export function edited({ action, effects, facts }: Scene): readonly Edited[] {
  if (action.kind === "exec")
    return patchedFiles(action.command, effects).flatMap(({ path, before, after, deleted }) => {
      const full = resolvePath(path, facts.worktree);
      const rel =
        full === undefined ? undefined : relOf({ kind: "write", path: full, recursive: false }, facts);
      return rel === undefined || deleted ? [] : [{ rel, before, after }];
    });
  if (action.kind === "tool")
    return toolEdits(action.input).flatMap(({ path, change }) => {
      const full = resolvePath(path, facts.worktree);
      const effect = effects.find((item) => item.kind === "write" && item.path === full);
      const rel = effect?.kind === "write" ? relOf(effect, facts) : undefined;
      return rel === undefined || effect === undefined || change.kind !== "replace"
        ? []
        : [{ rel, before: change.oldText, after: change.newText, effect }];
    });
  if (action.kind !== "edit" || action.change.kind !== "replace") return [];
  const { oldText: before, newText: after } = action.change;
  return effects.flatMap((effect) => {
    if (effect.kind !== "write") return [];
    const rel = relOf(effect, facts);
    return rel === undefined ? [] : [{ rel, before, after, effect }];
  });
}

/** Scripts that rewrite tests in a certain way. `anywhere`: also where it is not known that the files are tests. */
export function rewritten(scene: Scene, meant: (swap: Swap) => boolean, anywhere: boolean): readonly Hit[] {
  const isMeant = (target: FileEffect): boolean => {
    const rel = relOf(target, scene.facts);
    if (rel === undefined) return anywhere && target.path === undefined;
    if (isTest(rel) || isTestFolder(rel)) return true;
    return anywhere && (target.glob === true || rel.endsWith(".rs"));
  };
  const hold = once((written: readonly FileEffect[]) => written.some(isMeant));
  return rewritesOf(scene).flatMap(({ swaps, targets, written, effect }): readonly Hit[] =>
    (hold(written) || targets.some(isMeant)) && swaps.some(meant) ? [spanned(effect)] : [],
  );
}

/** Scripts that rewrite the configuration of tests. */
export function configRewrites(
  scene: Scene,
  judged: (rewrite: Rewrite) => string | undefined,
): readonly Hit[] {
  const isMeant = (target: FileEffect): boolean => isTestConfig(relOf(target, scene.facts) ?? "");
  const hold = once((written: readonly FileEffect[]) => written.some(isMeant));
  return rewritesOf(scene).flatMap((rewrite): readonly Hit[] => {
    if (!hold(rewrite.written) && !rewrite.targets.some(isMeant)) return [];
    const says = judged(rewrite);
    return says === undefined ? [] : [{ ...spanned(rewrite.effect), says }];
  });
}

/** What a command writes into the configuration of tests: `npm pkg set`, `jq`, a whole file. */
export function configured(
  { effects, facts, reading }: Scene,
  meant: (text: string) => string | undefined,
): readonly Hit[] {
  const started = effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "execute") return [];
    if (!mayConfigure(effect.program ?? "")) return [];
    const words = effect.args.map((arg) => arg ?? "");
    const [first, second] = words;
    const set = packaging.test(effect.program ?? "") && first === "pkg" && second === "set";
    const value = set
      ? words
          .slice(2)
          .filter((word) => /^(scripts|jest|vitest|nyc|c8|ava)\b/.test(word))
          .join("\n")
      : "";
    const filter =
      filtering.test(effect.program ?? "") && words.some((word) => isTestConfig(word))
        ? words.filter((word) => /[|+*]?=|del\(|setpath/.test(word)).join("\n")
        : "";
    return meant(value) !== undefined || meant(filter) !== undefined ? [spanned(effect)] : [];
  });
  const files = [...reading.written].flatMap(([path, text]): readonly Hit[] => {
    const [effect] = writesTo(effects, path);
    const rel = effect === undefined ? undefined : relOf(effect, facts);
    return effect !== undefined && rel !== undefined && isTestConfig(rel) && meant(text) !== undefined
      ? [{ ...spanned(effect), verdict: "ask" }]
      : [];
  });
  return [...started, ...files];
}

const packaging = /^(npm|pnpm|yarn|bun)$/;
const filtering = /^(jq|yq|dasel|toml)$/;

function mayConfigure(program: string): boolean {
  return packaging.test(program) || filtering.test(program);
}

/** What must be there for a command or an edit to change tests or their configuration. */
export const testChanges: Watched = {
  effects: ["write"],
  programs: (name) => mayRewrite(name) || mayConfigure(name) || isPatchProgram(name),
  operations: appliesPatch,
};

/** A piece of text on one line, for a sentence. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

export function spanned(effect: Effect | undefined): Hit {
  return effect?.span === undefined ? {} : { span: effect.span };
}
