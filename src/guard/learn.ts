import type { Action, Facts } from "../core/action.ts";
import type { FactNeeds, GatherFacts } from "../core/ports.ts";
import { read } from "./read.ts";
import type { Where } from "./read.ts";

// A package script that calls make, which calls a shell script: real projects stay below this.
const roundsAtMost = 4;

/**
 * Fetches the facts that `judge` needs, in rounds: what one round brings to light (the text of a script) may ask for
 * more. Nothing is fetched twice. What is still missing after the last round is judged as unknown.
 */
export async function learn(action: Action, where: Where, gather: GatherFacts): Promise<Facts> {
  let asked = read(action, where);
  let facts = await gather(asked);
  for (let round = 1; round < roundsAtMost; round += 1) {
    const needs = read(action, where, facts);
    const more = without(needs, asked);
    if (more === undefined) break;
    facts = joined(facts, await gather(more));
    asked = needs;
  }
  return facts;
}

/** What is asked for and was not asked before; `undefined` where that is nothing. */
function without(needs: FactNeeds, before: FactNeeds): FactNeeds | undefined {
  const list = (name: "aliases" | "texts" | "digests" | "packages" | "paths"): readonly string[] =>
    (needs[name] ?? []).filter((item) => !(before[name] ?? []).includes(item));
  const some = (name: "aliases" | "texts" | "digests" | "packages"): object => {
    const items = list(name);
    return items.length === 0 ? {} : { [name]: items };
  };
  const more: FactNeeds = {
    currentBranch: needs.currentBranch && !before.currentBranch,
    upstream: needs.upstream && !before.upstream,
    dirty: needs.dirty && !before.dirty,
    paths: list("paths"),
    ...some("aliases"),
    ...some("texts"),
    ...some("digests"),
    ...some("packages"),
    // What is known of the past is known for the paths that were named then.
    ...(needs.history === true && (before.history !== true || list("digests").length > 0)
      ? { history: true }
      : {}),
  };
  const { paths, ...others } = more;
  const nothing = paths.length === 0 && Object.values(others).every((value) => value === false);
  return nothing ? undefined : more;
}

function joined(facts: Facts, more: Facts): Facts {
  const merged: Record<string, object> = {};
  for (const name of ["paths", "aliases", "texts", "digests", "packages"] as const)
    if (facts[name] !== undefined && more[name] !== undefined)
      merged[name] = { ...facts[name], ...more[name] };
  return { ...facts, ...more, ...merged, ...pastOf(facts.history, more.history) };
}

function pastOf(before: Facts["history"], more: Facts["history"]): Pick<Facts, "history"> {
  if (before === undefined || more === undefined || before === "unknown" || more === "unknown") return {};
  return {
    history: {
      seen: { ...before.seen, ...more.seen },
      changed: [...new Set([...before.changed, ...more.changed])],
    },
  };
}
