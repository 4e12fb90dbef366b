import { isPermitCode } from "../../core/permit.ts";
import { tell } from "../../guard/says.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { describeAction } from "../../report/describe-event.ts";
import type { Io } from "../command.ts";
import { stoppedUnder } from "../guard/recorded.ts";
import { repositoryRoot } from "../repository.ts";
import type { Explanation } from "./explanation.ts";

const entryId = /^(run_[a-z0-9]{12}|[\w-]+)#(\d+)$/;

/** One entry of the ledger, as in `run_0123456789ab#17`: what happened, and for a decision of the guard why. */
export async function explainEntry(io: Io, word: string): Promise<Explanation | undefined> {
  const [, session, number] = entryId.exec(word) ?? [];
  if (session === undefined || number === undefined) return undefined;
  const root = await repositoryRoot(io.host, io.cwd);
  const store = openSqliteStore(`${root}/.surefoot/ledger.db`, { now: io.host.now, mode: "read" });
  try {
    const [entry] = store.read(session, Number(number) - 1);
    if (entry === undefined || entry.seq !== Number(number)) return undefined;
    const { event } = entry;
    const why =
      event.type === "action.judged"
        ? tell(event.judgement, event.action).split("\n")
        : JSON.stringify(event, undefined, 2).split("\n");
    return {
      word,
      kind: `entry of the ledger, ${event.type}`,
      says: `${entry.at} by ${entry.actor}, hash ${entry.hash.slice(0, 16)}…`,
      lines: why,
    };
  } finally {
    store.close();
  }
}

/** What was stopped here under the code that a refusal named. */
export async function explainCode(io: Io, word: string): Promise<Explanation | undefined> {
  if (!isPermitCode(word)) return undefined;
  const [newest] = await stoppedUnder(word, io);
  if (newest === undefined) return undefined;
  return {
    word,
    kind: "code of an action that the guard stopped",
    says: describeAction(newest.action),
    lines: [
      ...tell(newest.judgement, newest.action).split("\n"),
      `all of it: surefoot guard explain ${word}`,
      `once and no more: surefoot guard allow ${word}`,
    ],
  };
}
