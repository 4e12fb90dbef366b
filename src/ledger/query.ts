import type { Entry } from "../core/event.ts";
import type { LedgerStore } from "../core/ports.ts";

/** One line of a list of sessions. */
export interface SessionSummary {
  readonly session: string;
  readonly number: number;
  readonly kind: "run" | "guard" | undefined;
  readonly entries: number;
  readonly openedAt: string;
  readonly updatedAt: string;
  readonly task: string | undefined;
  readonly verdict: string | undefined;
  readonly stop: string | undefined;
}

export interface EntryFilter {
  /** Event types; a name with a trailing `.` or without a dot takes all of its family, as in `run`. */
  readonly types?: readonly string[];
  /** Sequence number, exclusive. */
  readonly after?: number;
}

/** Newest first. Reads only the first and the last entries of each session. */
export function listSessions(store: LedgerStore): readonly SessionSummary[] {
  return store
    .sessions()
    .map(({ session, number, seq, openedAt, updatedAt }) => {
      const entries = [
        ...take(store.read(session), edge),
        ...store.read(session, Math.max(edge, seq - edge)),
      ];
      const opened = entries.find(({ event }) => event.type === "session.opened")?.event;
      const planned = entries.find(({ event }) => event.type === "plan.accepted")?.event;
      const finished = entries.findLast(({ event }) => event.type === "run.finished")?.event;
      return {
        session,
        number,
        kind: opened?.type === "session.opened" ? opened.kind : undefined,
        entries: seq,
        openedAt,
        updatedAt,
        task: planned?.type === "plan.accepted" ? planned.tasks[0]?.title : undefined,
        verdict: finished?.type === "run.finished" ? finished.verdict : undefined,
        stop: finished?.type === "run.finished" ? finished.stop : undefined,
      };
    })
    .toReversed();
}

export function* entriesOf(
  store: Pick<LedgerStore, "read">,
  session: string,
  { types = [], after = 0 }: EntryFilter = {},
): Generator<Entry> {
  for (const entry of store.read(session, after)) {
    if (types.length === 0 || types.some((type) => isOfType(entry.event.type, type))) yield entry;
  }
}

// A session's opening and its end stand within so many entries of its edges.
const edge = 8;

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  if (left <= 0) return;
  for (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}

function isOfType(type: string, wanted: string): boolean {
  const family = wanted.endsWith(".") ? wanted : `${wanted}.`;
  return type === wanted || type.startsWith(family);
}
