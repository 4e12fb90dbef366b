import type { Action, TextChange } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import { actionDigest, isPermitCode, permitCode } from "../../core/permit.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { matchedText, subject } from "../../guard/says.ts";
import { guardFolder } from "../../host/state-folder.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { grantPermit } from "../../ledger/permits.ts";
import { loadPolicy } from "../../policy/load.ts";
import { durationMs } from "../../policy/duration.ts";
import { shorten, visible, visibleLine } from "../../report/visible-text.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { actorOf } from "../ledger/opened.ts";
import { openRunLedger } from "../open-ledger.ts";
import { policyRequest } from "../policy-request.ts";
import { repositoryRoot } from "../repository.ts";
import { actionOf } from "./deciding.ts";
import { decidedByPerson } from "./person.ts";

/** `guard allow <code>`, or the command itself: a person lets one action pass that the guard stops. */
export async function allowAction(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const { host } = io;
  const until = text(input, "for");
  if (flag(input, "once") && until !== undefined)
    throw new Fault("usage/invalid", "--once and --for exclude each other", {
      hint: "--once is what holds without either",
    });
  const expires = new Date(host.now().getTime() + lasting(until));
  const root = await rootOf(io);
  const wanted = await wantedAction(input, words, io, root);
  const json = flag(input, "json");
  if (!json) io.out(describe(wanted));
  const uses = until === undefined ? "once" : "many";
  const agreed = await decidedByPerson(input, io, {
    what: "surefoot guard allow",
    question: `Allow exactly this ${uses === "once" ? "once" : "as often as it comes"}, until ${clock(expires)}?`,
  });
  if (!agreed) {
    io.err("nothing is allowed\n");
    return 1;
  }
  const { policy } = await loadPolicy(await policyRequest(host, root, { committed: false }));
  const ledger = openRunLedger(host, root, policy);
  try {
    const { action, digest } = wanted;
    const entry = grantPermit(ledger, { digest, action, by: actorOf(io), uses, expires });
    io.out(
      json
        ? `${JSON.stringify({ schemaVersion: 1, permit: entry.seq, code: permitCode(digest), uses, expires: expires.toISOString() })}\n`
        : `allowed ${uses === "once" ? "once" : "often"}, until ${clock(expires)} (permit ${entry.seq})\n`,
    );
  } finally {
    ledger.close();
  }
  return 0;
}

/** A permit that nobody uses is forgotten, and must not lie in wait. */
const onceMs = 15 * 60_000;
/** What is right for longer belongs into the policy. */
const longestMs = 8 * 3_600_000;

function lasting(given: string | undefined): number {
  if (given === undefined) return onceMs;
  const ms = durationMs(given);
  if (ms !== undefined && ms <= longestMs) return ms;
  throw new Fault("usage/invalid", `--for ${given} is not a time of at most 8h`, {
    hint: "as in --for 10m; what is right for longer belongs into guard.allow of surefoot.yaml",
  });
}

/** The repository, or outside of any the guard's own folder, where hooks keep the ledger then. */
async function rootOf({ host, cwd }: Io): Promise<string> {
  try {
    return await repositoryRoot(host, cwd);
  } catch (error) {
    if (error instanceof Fault && error.code === "repo/not-found") return guardFolder(host);
    throw error;
  }
}

interface Wanted {
  readonly action: Action;
  readonly digest: string;
  /** What the guard said of it, where it is on record. */
  readonly reasons: readonly string[];
}

async function wantedAction(
  input: CliInput,
  words: readonly string[],
  io: Io,
  root: string,
): Promise<Wanted> {
  const [first] = words;
  if (first !== undefined && words.length === 1 && isPermitCode(first)) return recorded(first, io, root);
  if (first === undefined || text(input, "edit") !== undefined)
    throw new Fault("usage/invalid", "say which action is to be allowed", {
      hint: "the code that the refusal named, or the command in quotes",
    });
  const action = await actionOf(input, words, io);
  return { action, digest: actionDigest(action, root), reasons: [] };
}

/** The newest action with this code that was stopped. */
function recorded(code: string, io: Io, root: string): Wanted {
  const store = openSqliteStore(`${root}/.surefoot/ledger.db`, { now: io.host.now, mode: "read" });
  try {
    const found = stopped(code, store);
    const [newest, ...others] = found;
    if (newest === undefined)
      throw new Fault("entry/not-found", `no action with the code ${code} was stopped here`, {
        hint: 'take the code from the refusal, or name the command itself: surefoot guard allow "<command>"',
      });
    // Whoever makes two actions with one code wants the wrong one to be allowed.
    if (others.length > 0)
      throw new Fault("usage/invalid", `${found.length} different actions have the code ${code}`, {
        hint: 'name the command itself: surefoot guard allow "<command>"',
      });
    return newest;
  } finally {
    store.close();
  }
}

function stopped(code: string, store: LedgerStore): readonly Wanted[] {
  const found = new Map<string, Wanted>();
  for (const { session } of store.sessions().toReversed())
    for (const { event } of store.read(session)) {
      if (event.type !== "action.judged" || event.digest === undefined || !event.enforced) continue;
      const { digest, action, judgement } = event;
      if (permitCode(digest) !== code) continue;
      const reasons = judgement.reasons.map(
        (reason) => `${reason.rule}: ${reason.says} — ${matchedText(reason, action)}`,
      );
      found.set(digest, { action, digest, reasons });
    }
  return [...found.values()];
}

/** All that a person needs to see before saying yes. A long text is cut, which is said. */
function describe({ action, reasons }: Wanted): string {
  const where = action.kind === "exec" ? ` in ${action.cwd}` : "";
  const whole = visible([subject(action), ...details(action)].join("\n"));
  const shown = shorten(whole, shownChars).replace(/^/gm, "  ");
  const cut = whole.length > shownChars ? `  (${whole.length - shownChars} more characters)\n` : "";
  const stops = reasons.map((line) => `stopped by ${visibleLine(line)}\n`).join("");
  return `${action.kind}${where}\n${shown}\n${cut}${stops}`;
}

const shownChars = 8000;

function details(action: Action): readonly string[] {
  switch (action.kind) {
    case "tool":
      return [JSON.stringify(action.input, null, 1)];
    case "edit":
      return changeText(action.change);
    case "exec":
    case "read":
    case "search":
    case "fetch":
      return [];
  }
}

function changeText(change: TextChange): readonly string[] {
  const marked = (mark: string, lines: string): string => lines.replace(/^/gm, mark);
  switch (change.kind) {
    case "create":
      return [marked("+ ", change.text)];
    case "replace":
      return [marked("- ", change.oldText), marked("+ ", change.newText)];
    case "move":
      return [`moved to ${change.to}`];
    case "delete":
    case "unknown":
      return [change.kind === "delete" ? "deleted" : "changed in a way that the agent did not show"];
  }
}

function clock(date: Date): string {
  return date.toISOString().slice(0, 16).replace("T", " ") + " UTC";
}
