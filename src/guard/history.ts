import type { Action, Effect, Facts, History, Judgement } from "../core/action.ts";
import { sha256 } from "../core/digest.ts";
import type { Entry } from "../core/event.ts";
import { lookedAt } from "./looking.ts";
import type { FileEffect } from "./paths.ts";
import { readAction } from "./reading.ts";
import { glob, hole } from "./shell/shell.ts";

/** What the entries of a session say about some paths. */
export function historyIn(entries: Iterable<Entry>, paths: readonly string[]): History {
  const judged: Judged[] = [];
  for (const { event } of entries) if (event.type === "action.judged") judged.push(event);
  return historyAbout(historyOf(judged), paths);
}

/** What the ledger says of one judgement, as far as the history needs it. */
export interface Judged {
  readonly action: Action;
  readonly judgement: Judgement;
  readonly enforced: boolean;
  readonly permit?: number;
}

/** Folds what a session did before into what it has seen and what it changed. Refused actions did not happen. */
export function historyOf(events: Iterable<Judged>): History {
  const seen = new Map<string, string>();
  const changed = new Set<string>();
  for (const event of events) {
    const { judgement, enforced, permit } = event;
    if (judgement.verdict !== "allow" && enforced && permit === undefined) continue;
    look(judgement, seen);
    change(event, seen, changed);
  }
  return { seen: Object.fromEntries(seen), changed: [...changed] };
}

/** The part of a history that concerns some paths: a decision keeps what it used, not the whole session. */
export function historyAbout(history: History, paths: readonly string[]): History {
  return {
    seen: Object.fromEntries(Object.entries(history.seen).filter(([path]) => paths.includes(path))),
    changed: history.changed.filter((path) => paths.includes(path)),
  };
}

function look({ effects, facts }: Judgement, seen: Map<string, string>): void {
  const digests = new Map(Object.entries(facts.digests ?? {}));
  for (const path of lookedAt(effects, facts)) {
    const digest = digests.get(path);
    if (digest !== undefined) seen.set(path, digest);
  }
}

function change({ action, judgement }: Judged, seen: Map<string, string>, changed: Set<string>): void {
  const { effects, facts } = judgement;
  const moved =
    action.kind === "edit" && action.change.kind === "move" ? pathOf(effects, "delete") : undefined;
  const before = moved === undefined ? undefined : seen.get(moved);
  for (const effect of effects) {
    if (effect.kind === "delete" && effect.path !== undefined) seen.delete(effect.path);
    if (effect.kind !== "write" || effect.path === undefined || effect.glob === true) continue;
    if (!changesContent(effect, facts)) continue;
    changed.add(effect.path);
    // What an edit replaced in a seen file is seen as well; other writes leave something that nobody has looked at.
    if (action.kind === "edit" && action.change.kind === "replace") {
      if (seen.has(effect.path)) seen.set(effect.path, "edited");
    } else seen.delete(effect.path);
  }
  const target = pathOf(effects, "write");
  if (target !== undefined && before !== undefined) seen.set(target, before);
  for (const [path, text] of written(action, target, facts)) seen.set(path, sha256(text));
}

/** Rights and times are no content, and making a folder that is there already changes nothing. */
function changesContent({ by = "", path = "" }: FileEffect, facts: Facts): boolean {
  if (/^(chmod|chown|chgrp|touch)$/.test(by)) return false;
  return by !== "mkdir" || new Map(Object.entries(facts.paths ?? {})).get(path)?.exists === false;
}

function pathOf(effects: readonly Effect[], kind: "write" | "delete"): string | undefined {
  const effect = effects.find((item) => item.kind === kind);
  return effect?.kind === "write" || effect?.kind === "delete" ? effect.path : undefined;
}

/** Files whose whole new content stands in the action. */
function written(
  action: Action,
  target: string | undefined,
  facts: Facts,
): Iterable<readonly [string, string]> {
  if (action.kind === "edit")
    return action.change.kind === "create" && target !== undefined ? [[target, action.change.text]] : [];
  if (action.kind !== "exec") return [];
  const texts = [...readAction(action, facts).written];
  return texts.filter(([, text]) => !text.includes(hole) && !text.includes(glob));
}
