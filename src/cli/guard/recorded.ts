import type { Action, Judgement } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import { permitCode } from "../../core/permit.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { ledgerFile } from "../../hook/own-desk.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import type { Io } from "../command.ts";
import { placeHere } from "./place.ts";

/** A decision on record that stopped an action. */
export interface Stopped {
  readonly action: Action;
  readonly judgement: Judgement;
  readonly digest: string;
}

/** What was stopped here under this code, one of each digest, the newest first; empty where there is no ledger. */
export async function stoppedUnder(code: string, io: Io): Promise<readonly Stopped[]> {
  const path = ledgerFile(await placeHere(io));
  if ((await io.host.files.stat(path)) === undefined) return [];
  const store = openSqliteStore(path, { now: io.host.now, mode: "read" });
  try {
    return found(code, store);
  } finally {
    store.close();
  }
}

/** The one action that was stopped under this code. Throws where there is none, and where there are several. */
export async function stoppedOnce(code: string, verb: "allow" | "explain", io: Io): Promise<Stopped> {
  const [newest, ...others] = await stoppedUnder(code, io);
  const hint = `name the command itself: surefoot guard ${verb} "<command>"`;
  if (newest === undefined)
    throw new Fault("entry/not-found", `no action with the code ${code} was stopped here`, {
      hint: `take the code from the refusal, in the folder where it was refused, or ${hint}`,
    });
  // Whoever makes two actions with one code wants the wrong one to be allowed.
  if (others.length > 0)
    throw new Fault("usage/invalid", `${others.length + 1} different actions have the code ${code}`, {
      hint,
    });
  return newest;
}

function found(code: string, store: LedgerStore): readonly Stopped[] {
  const byDigest = new Map<string, Stopped>();
  for (const { session } of store.sessions())
    for (const { event } of store.read(session)) {
      if (event.type !== "action.judged" || event.digest === undefined || !event.enforced) continue;
      const { digest, action, judgement } = event;
      if (permitCode(digest) === code) byDigest.set(digest, { action, judgement, digest });
    }
  return [...byDigest.values()].toReversed();
}
