import { dirname } from "node:path";
import { historyIn } from "../guard/history.ts";
import { gatherFacts } from "../host/facts.ts";
import type { FactPlaces } from "../host/facts.ts";
import { configFolder, openKey } from "../host/key.ts";
import type { LeanHost } from "../host/lean-host.ts";
import { openSqliteStore } from "../host/sqlite-store.ts";
import { daemonSocket, guardFolder } from "../host/state-folder.ts";
import { openLedger } from "../ledger/ledger.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { makeRedactor } from "../ledger/redact.ts";
import type { Policy } from "../core/policy.ts";
import type { Desk } from "./decide.ts";
import type { Place } from "./place.ts";
import type { HookPolicy } from "./policy.ts";
import { guardOpened } from "./session.ts";

export interface DeskParts {
  readonly policy: HookPolicy;
  readonly ledger: Ledger;
  readonly version: string;
  readonly append: Desk["append"];
}

/** The desk of one place: facts are looked up afresh for each call, the ledger is the caller's to keep and to close. */
export function deskAt(host: LeanHost, { worktree }: Place, parts: DeskParts): Desk {
  const { policy, ledger, version, append } = parts;
  return {
    worktree,
    policy,
    ledger,
    append,
    now: host.now,
    opened: () => guardOpened(host, { worktree, version, policy: policy.digest }),
    gather: (session) =>
      gatherFacts(host, {
        ...factPlaces(host, worktree, policy.policy),
        history: async (paths) => historyIn(ledger.read(session), paths),
      }),
  };
}

/** Where facts are looked up for a decision outside of runs, whoever asks for it. */
export function factPlaces(
  host: Pick<LeanHost, "env" | "platform">,
  worktree: string,
  { scope: { allow, deny } }: Pick<Policy, "scope">,
): FactPlaces {
  return {
    worktree,
    // Who listens at the socket is believed.
    guarded: [...new Set([configFolder(host), guardFolder(host), dirname(daemonSocket(host))])],
    // Only a scope asks whether a file that is to be made would be ignored.
    unmadeIgnored: deny.length > 0 || !allow.includes("**"),
  };
}

/** Below a hook's own deadline, so that a ledger which stays locked is told as such. */
const hookWaitMs = 3000;

export function ledgerFile({ root }: Place): string {
  return `${root}/.surefoot/ledger.db`;
}

/** The ledger of a place, for writing; signed and redacted as every other. Throws `ledger/unwritable`. */
export function openHookLedger(
  host: LeanHost,
  place: Place,
  policy: Pick<Policy, "redaction">,
  waitMs = hookWaitMs,
): Ledger {
  const signer = openKey(configFolder(host));
  const store = openSqliteStore(ledgerFile(place), { now: host.now, signer, waitMs });
  return openLedger({ store, redactor: makeRedactor(policy.redaction, host.env), now: host.now, signer });
}
