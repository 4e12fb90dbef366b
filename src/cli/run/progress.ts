import type { Entry } from "../../core/event.ts";
import type { Session } from "../../core/session.ts";
import { liveLine, progressLine } from "../../report/render-progress.ts";
import type { Io } from "../command.ts";

export interface Progress {
  readonly watch: (entry: Entry, session: Session) => void;
  /** Takes the live line away. */
  readonly end: () => void;
}

/** On a terminal one line per iteration that changes in place; elsewhere one line per change of state. */
export function showProgress(io: Io, quiet: boolean): Progress {
  if (quiet) return { watch: () => {}, end: () => {} };
  const clear = "\r\u001b[2K";
  let live = false;
  const end = (): void => {
    if (live) io.err(clear);
    live = false;
  };
  return {
    end,
    watch(entry, session) {
      const line = progressLine(session, entry);
      if (line !== undefined) {
        end();
        io.err(`${line}\n`);
      }
      if (!io.screen.interactive) return;
      io.err(`${clear}${liveLine(session, io.screen)}`);
      live = true;
    },
  };
}
