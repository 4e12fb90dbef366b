import { foldSession, step } from "../core/session.ts";
import type { Entry, Event } from "../core/event.ts";
import type { Session } from "../core/session.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** One session's part of the ledger, with its state folded along. The only writer of a run. */
export interface Journal {
  readonly id: string;
  /** Durable when it returns. Throws `ledger/unwritable`. */
  append(event: Event): Entry;
  /** Keeps a large text by content; returns its digest. */
  artifact(text: string): string;
  session(): Session;
  entries(): Iterable<Entry>;
}

export function openJournal(
  ledger: Ledger,
  id: string,
  actor: string,
  watch: (entry: Entry, session: Session) => void = () => {},
): Journal {
  let session = foldSession(id, ledger.read(id));
  return {
    id,
    append(event) {
      const entry = ledger.append({ session: id, actor, event });
      session = step(session, entry);
      watch(entry, session);
      return entry;
    },
    artifact: (text) => ledger.putArtifact(text),
    session: () => session,
    entries: () => ledger.read(id),
  };
}
