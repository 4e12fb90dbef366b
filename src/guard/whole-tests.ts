import type { Action, Effect, Facts } from "../core/action.ts";
import type { FileEffect } from "./paths.ts";
import type { Scene } from "./rule.ts";
import { hole } from "./shell/shell.ts";
import type { Edited } from "./test-changes.ts";
import { isTest, isTestConfig, relOf } from "./test-files.ts";

interface Written {
  readonly path: string;
  readonly rel: string;
  readonly after: string;
  readonly effect: FileEffect;
}

/** Tests and their configuration that an action writes whole: what they hold now says what goes. */
export function wholeTests(
  action: Action,
  effects: readonly Effect[],
  written: ReadonlyMap<string, string>,
  facts: Facts,
): readonly Written[] {
  const created = action.kind === "edit" && action.change.kind === "create" ? action.change.text : undefined;
  return effects.flatMap((effect): readonly Written[] => {
    if (effect.kind !== "write" || effect.path === undefined || effect.glob === true) return [];
    // What is appended leaves the rest of the file.
    const after = effect.by === ">>" ? undefined : (created ?? written.get(effect.path));
    if (after === undefined || after.includes(hole)) return [];
    const rel = relOf(effect, facts);
    return rel !== undefined && (isTest(rel) || isTestConfig(rel))
      ? [{ path: effect.path, rel, after, effect }]
      : [];
  });
}

/** Those of which the facts hold the text before. */
export function overwritten({ action, effects, facts, reading }: Scene): readonly Edited[] {
  const { texts } = facts;
  if (texts === undefined) return [];
  return wholeTests(action, effects, reading.written, facts).flatMap(({ path, rel, after, effect }) => {
    const old = Object.hasOwn(texts, path) ? texts[path] : undefined;
    return old?.kind === "text" ? [{ rel, before: old.text, after, effect }] : [];
  });
}
