import { Fault } from "../core/fault.ts";
import type { Entry } from "../core/event.ts";
import type { EntryPlace, LedgerStore } from "../core/ports.ts";

export interface Erasure {
  /** The `entry.erased` events, in the order of the entries that they stand for. */
  readonly tombstones: readonly Entry[];
  /** Digests of artifacts that were removed with them. */
  readonly artifacts: readonly string[];
}

/**
 * Takes one payload out for good. Its place keeps a tombstone, the session's chain still verifies, and artifacts that
 * the payload referred to go too, whoever else refers to them: with `text`, only those that hold it.
 * Throws `entry/not-found`.
 */
export function eraseEntry(
  store: LedgerStore,
  place: EntryPlace,
  { actor, reason, text }: { readonly actor: string; readonly reason: string; readonly text?: string },
): Erasure {
  const row = [...store.rows(place.session, place.seq - 1)].find(({ seq }) => seq === place.seq);
  const digests = row === undefined ? [] : referredTo(row.payload);
  const artifacts = digests.filter((digest) => holds(store, digest, text));
  // The tombstone first: a crash in between leaves an artifact that a second call still finds by its text.
  const tombstone = store.erase(place, { actor, reason });
  store.removeArtifacts(artifacts);
  return { tombstones: [tombstone], artifacts };
}

/** Erases every entry and every artifact that holds `text`, in the ledger's own spelling or escaped as JSON. */
export function eraseText(
  store: LedgerStore,
  text: string,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Erasure {
  if (text.length < leastText) {
    throw new Fault(
      "usage/invalid",
      `a text of ${text.length} characters is too short to be erased everywhere`,
      {
        hint: `give at least ${leastText} characters of the secret`,
      },
    );
  }
  if (reason.includes(text)) {
    throw new Fault("usage/invalid", "the reason holds the text that is to be erased", {
      hint: "say why without repeating it: the reason is kept",
    });
  }
  const spellings = [text, escaped(text), escaped(escaped(text))];
  const places = store
    .sessions()
    .flatMap(({ session }) =>
      [...store.rows(session)]
        .filter(({ payload }) => spellings.some((spelling) => payload.includes(spelling)))
        .map(({ seq }) => ({ session, seq })),
    );
  const artifacts = store
    .artifacts()
    .map(({ digest }) => digest)
    .filter((digest) => holds(store, digest, text));
  const tombstones = places.map((place) => store.erase(place, { actor, reason }));
  store.removeArtifacts(artifacts);
  return { tombstones, artifacts };
}

const leastText = 4;

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function referredTo(payload: string): readonly string[] {
  return [...new Set(payload.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g))];
}

function holds(store: LedgerStore, digest: string, text: string | undefined): boolean {
  const content = store.getArtifact(digest);
  return content !== undefined && (text === undefined || Buffer.from(content).includes(text));
}
