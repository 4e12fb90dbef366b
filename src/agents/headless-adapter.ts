import type { Host, ObservedCall } from "../core/ports.ts";
import type { Adapter } from "./adapter.ts";
import { findProgram, loggedOut, mustFind } from "./find.ts";
import { headlessAgent } from "./headless.ts";
import type { HeadlessKind, Place } from "./headless.ts";

/** A headless agent with what it takes to find and to start it. */
export interface HeadlessProgram extends HeadlessKind {
  readonly programs: readonly string[];
  readonly remedy: string;
  /** Whether there is a key or a login that the agent could use. Asks nobody. */
  canLogIn(host: Host): Promise<boolean>;
}

export function headlessAdapter(program: HeadlessProgram): Adapter {
  const { id, title, programs, remedy } = program;
  return {
    id,
    title,
    programs,
    remedy,
    detect: (host) => findProgram(host, programs),
    async make(host, options) {
      const found = await mustFind(host, program, options);
      if (!(await program.canLogIn(host))) throw loggedOut(title, remedy);
      return headlessAgent(host, program, found, options);
    },
  };
}

/** Reads the transcript files that have come into being since before the turn. */
export function observeFiles(
  transcriptFiles: HeadlessKind["transcriptFiles"],
  readTranscript: (text: string, place: Place) => readonly ObservedCall[],
): HeadlessKind["observe"] {
  return async (place, _launch, before) => {
    const { host, home } = place;
    const fresh = (await transcriptFiles(host, home)).filter((path) => !before.includes(path));
    if (fresh.length === 0) return undefined;
    const texts = await Promise.all(fresh.map((path) => host.files.readText(path)));
    return texts.flatMap((text) => readTranscript(text ?? "", place));
  };
}
