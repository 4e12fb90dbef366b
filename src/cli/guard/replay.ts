import { resolve } from "node:path";
import { changedDecisions, replayActions } from "../../control/replay.ts";
import type { ReplayedAction } from "../../control/replay.ts";
import { Fault } from "../../core/fault.ts";
import type { Policy } from "../../core/policy.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { foldSession } from "../../core/session.ts";
import { ledgerFile } from "../../hook/own-desk.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { loadPolicy } from "../../policy/load.ts";
import { narrowed } from "../../policy/task.ts";
import { count } from "../../report/amounts.ts";
import { visibleLine } from "../../report/visible-text.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { findSession } from "../ledger/opened.ts";
import { policyRequest } from "../policy-request.ts";
import { otherPolicy } from "./other-policy.ts";
import { placeHere } from "./place.ts";

/**
 * `guard replay`: which recorded decisions, of runs and of hooks, would come out otherwise under a policy file, or
 * under today's policy and rules. Nothing is run and nothing is written. Exit 0: none, 1: some, 2: nothing recorded.
 */
export async function replayDecided(input: CliInput, io: Io): Promise<number> {
  const place = await placeHere(io);
  const request = await policyRequest(io.host, place.root, { committed: false });
  const file = text(input, "policy");
  const policy =
    file === undefined
      ? (await loadPolicy(request)).policy
      : await otherPolicy(io, place.root, file, request);
  const named = text(input, "ledger");
  const path = named === undefined ? ledgerFile(place) : resolve(io.cwd, named);
  const store = openSqliteStore(path, { now: io.host.now, mode: "read" });
  try {
    return replayStore(store, policy, input, io);
  } finally {
    store.close();
  }
}

function replayStore(store: LedgerStore, policy: Policy, input: CliInput, io: Io): number {
  const wanted = text(input, "session");
  const sessions =
    wanted === undefined ? store.sessions().map(({ session }) => session) : [findSession(store, wanted)];
  const replayed = sessions.flatMap((session) => replaySession(store, session, policy));
  if (replayed.length === 0)
    throw new Fault("run/not-found", "the ledger holds no decision to replay", {
      hint: "see `surefoot ledger show`",
    });
  const changes = changedDecisions(replayed);
  const changed = replayed.filter(({ before, now }) => now !== "unknown" && before !== now).length;
  const unknown = replayed.filter(({ now }) => now === "unknown").length;
  if (flag(input, "json"))
    io.out(
      `${JSON.stringify({ schemaVersion: 1, decisions: replayed.length, changed, unknown, changes })}\n`,
    );
  else {
    for (const { before, now, rule, what, count: times } of changes)
      io.out(
        `${`${before} → ${now}`.padEnd(15)} ${`${times}×`.padStart(5)}  ${rule.padEnd(24)} ${visibleLine(what, 120)}\n`,
      );
    io.out(
      `${changed} of ${count(replayed.length, "decision")} would change${unknown === 0 ? "" : `; ${unknown} cannot be told, because a fact was not recorded`}\n`,
    );
  }
  return changed + unknown === 0 ? 0 : 1;
}

function replaySession(store: LedgerStore, session: string, policy: Policy): readonly ReplayedAction[] {
  const entries = [...store.read(session)];
  if (!entries.some(({ event }) => event.type === "action.judged")) return [];
  const { task } = foldSession(session, entries);
  // A run was held to the scope of its task besides.
  return replayActions(
    entries,
    task === undefined ? policy : { ...policy, scope: narrowed(policy.scope, task.scope) },
  );
}
