import type { Effect } from "../core/action.ts";
import { once } from "./once.ts";
import type { FileEffect } from "./paths.ts";

/** Every write of one file, in order. */
export function writesTo(effects: readonly Effect[], path: string): readonly FileEffect[] {
  return byPath(effects).get(path) ?? [];
}

const byPath = once((effects: readonly Effect[]): ReadonlyMap<string | undefined, readonly FileEffect[]> => {
  const writes = effects.filter((effect): effect is FileEffect => effect.kind === "write");
  return Map.groupBy(writes, ({ path }) => path);
});
