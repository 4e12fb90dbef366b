import { openJournal } from "../../control/journal.ts";
import { replayActions, replayDecisions } from "../../control/replay.ts";
import { replayGate } from "../../control/replay-gate.ts";
import { sha256 } from "../../core/digest.ts";
import type { Entry } from "../../core/event.ts";
import { Fault } from "../../core/fault.ts";
import type { Policy } from "../../core/policy.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { foldSession } from "../../core/session.ts";
import type { Session } from "../../core/session.ts";
import { subject } from "../../guard/says.ts";
import { configFolder } from "../../host/key.ts";
import { openLedger } from "../../ledger/ledger.ts";
import { memoryStore } from "../../ledger/memory-store.ts";
import { makeRedactor } from "../../ledger/redact.ts";
import { loadPolicy } from "../../policy/load.ts";
import { narrowed } from "../../policy/task.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { otherPolicy } from "../guard/other-policy.ts";
import { policyRequest } from "../policy-request.ts";
import { repositoryRoot } from "../repository.ts";
import { findSession, withStore, wrongUse } from "./opened.ts";
import type { LedgerVerb } from "./opened.ts";

interface Line {
  readonly what: string;
  readonly before: string;
  readonly now: string;
  readonly same: boolean;
}

/** Replays a session without repeating a side effect: exit 0 when everything comes out the same, 1 when not. */
export const replay: LedgerVerb = (input, io) =>
  withStore(input, io, async (store) => {
    const [wanted] = input.positionals;
    if (wanted === undefined) throw wrongUse("replay takes a session");
    const id = findSession(store, wanted);
    const entries = [...store.read(id)];
    const session = foldSession(id, entries);
    const mode = text(input, "mode") ?? "strict";
    const lines = await replayAs(mode, { input, io, store, entries, session });
    const changed = lines.filter((line) => !line.same).length;
    if (flag(input, "json"))
      io.out(`${JSON.stringify({ schemaVersion: 1, session: id, mode, same: changed === 0, lines })}\n`);
    else {
      for (const line of lines)
        io.out(
          `${line.same ? "✓ same   " : "✗ changed"} ${line.what}: ${line.same ? line.now : `${line.before} → ${line.now}`}\n`,
        );
      io.out(
        `${lines.length - changed} of ${lines.length} the same; nothing was repeated and nothing was written\n`,
      );
    }
    if (lines.length === 0)
      throw new Fault("run/not-found", `${id} holds nothing to replay in the mode ${mode}`, {
        hint: "see `surefoot ledger show`",
      });
    return changed === 0 ? 0 : 1;
  });

interface Replaying {
  readonly input: CliInput;
  readonly io: Io;
  readonly store: LedgerStore;
  readonly entries: readonly Entry[];
  readonly session: Session;
}

function replayAs(mode: string, replaying: Replaying): Promise<readonly Line[]> {
  switch (mode) {
    case "strict":
      return strict(replaying);
    case "hybrid":
      return hybrid(replaying);
    case "dry":
      return dry(replaying);
    default:
      throw wrongUse(`--mode ${mode} is not known: strict, hybrid or dry`);
  }
}

async function strict({ store, entries, session }: Replaying): Promise<readonly Line[]> {
  return replayDecisions(session.id, entries, policyOfThen(store, session)).map((decision) => ({
    what: `decision after attempt ${decision.iteration}`,
    before: decision.recorded,
    now: decision.replayed,
    same: decision.same,
  }));
}

async function hybrid({ io, store, entries, session }: Replaying): Promise<readonly Line[]> {
  const { host } = io;
  const artifact = session.iterations.findLast((iteration) => iteration.diff !== undefined)?.diff?.artifact;
  const patch = artifact === undefined ? undefined : store.getArtifact(artifact);
  if (patch === undefined)
    throw new Fault("artifact/missing", "the patch of the last attempt is no longer kept", {
      hint: "retention.artifacts in surefoot.yaml says how long it is",
    });
  const root = await repositoryRoot(host, io.cwd);
  const folder = await host.files.makeTempFolder("surefoot-replay-");
  const ledger = openLedger({
    store: memoryStore({ now: host.now }),
    redactor: makeRedactor({ enabled: false, env: [] }, {}),
    now: host.now,
  });
  try {
    const rows = await replayGate(host, {
      root,
      policy: policyOfThen(store, session),
      entries,
      patch: new TextDecoder().decode(patch),
      scratch: openJournal(ledger, session.id, "replay"),
      folder,
      hidden: [`${root}/.surefoot`, configFolder(host)],
      signal: io.signal,
    });
    return rows.map((row) => ({
      what: row.check,
      before: said(row.recorded),
      now: row.replayed === undefined ? "not run" : said(row.replayed),
      same: row.same,
    }));
  } finally {
    ledger.close();
    await host.files.remove(folder);
  }
}

function said({ passed, says }: { readonly passed: boolean; readonly says: string }): string {
  return `${passed ? "passed" : "failed"} (${says})`;
}

/** What would today's policy, or that of a file, have said about each action? */
async function dry({ input, io, entries, session }: Replaying): Promise<readonly Line[]> {
  const root = await repositoryRoot(io.host, io.cwd);
  const file = text(input, "policy");
  const request = await policyRequest(io.host, root, { committed: session.kind !== "guard" });
  const policy =
    file === undefined ? (await loadPolicy(request)).policy : await otherPolicy(io, root, file, request);
  const scope = narrowed(policy.scope, session.task?.scope);
  return replayActions(entries, { ...policy, scope }).map((action) => ({
    what: `#${action.seq} ${subject(action.action)}`,
    before: action.before,
    now: action.now,
    same: action.before === action.now,
  }));
}

/** The policy that the session was opened with, kept by its digest and checked against it. */
function policyOfThen(store: LedgerStore, session: Session): Policy {
  const kept = store.getArtifact(session.policy);
  if (kept === undefined || sha256(kept) !== session.policy)
    throw new Fault("artifact/missing", "the policy that the session was opened with is no longer kept", {
      hint: "replay it under today's policy instead: `surefoot ledger replay --mode dry`",
    });
  // Its digest says that these bytes are what `start` wrote; the scope is that of the task as it was planned.
  const policy = JSON.parse(new TextDecoder().decode(kept)) as Policy;
  return { ...policy, scope: narrowed(policy.scope, session.task?.scope) };
}
