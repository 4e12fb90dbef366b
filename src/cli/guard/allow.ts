import type { Action, Reason, TextChange } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import { isPermitCode, permitCode } from "../../core/permit.ts";
import { matchedText, subject } from "../../guard/says.ts";
import { grantPermit } from "../../ledger/permits.ts";
import { durationMs } from "../../policy/duration.ts";
import { shorten, visible, visibleLine } from "../../report/visible-text.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { actorOf } from "../ledger/opened.ts";
import { openRunLedger } from "../open-ledger.ts";
import { actionOf, decide, setUp } from "./deciding.ts";
import type { Bench } from "./deciding.ts";
import { decidedByPerson } from "./person.ts";
import { stoppedOnce } from "./recorded.ts";

/** `guard allow <code>`, or the command itself: a person lets one action pass that the guard stops. */
export async function allowAction(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const { host } = io;
  const until = text(input, "for");
  if (flag(input, "once") && until !== undefined)
    throw new Fault("usage/invalid", "--once and --for exclude each other", {
      hint: "--once is what holds without either",
    });
  const expires = new Date(host.now().getTime() + lasting(until));
  const bench = await setUp(io);
  const wanted = await wantedAction(input, words, io, bench);
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
  const ledger = openRunLedger(host, bench.place.root, bench.policy);
  try {
    const { action, digest } = wanted;
    const entry = grantPermit(ledger, { digest, action, by: actorOf(io), uses, expires });
    io.out(
      json
        ? `${JSON.stringify({ schemaVersion: 1, permit: entry.seq, code: permitCode(digest), uses, expires: expires.toISOString() })}\n`
        : `allowed ${uses === "once" ? "once" : "as often as it comes"}, until ${clock(expires)} (permit ${entry.seq})\n`,
    );
  } finally {
    ledger.close();
  }
  return 0;
}

/** A permit that nobody uses is forgotten, and must not lie in wait. */
const onceMs = 15 * 60_000;
/** What is right for longer belongs in the policy. */
const longestMs = 8 * 3_600_000;

function lasting(given: string | undefined): number {
  if (given === undefined) return onceMs;
  const ms = durationMs(given);
  if (ms !== undefined && ms <= longestMs) return ms;
  throw new Fault("usage/invalid", `--for ${given} is not a time of at most 8h`, {
    hint: "as in --for 10m; what is right for longer belongs in guard.allow of surefoot.yaml",
  });
}

interface Wanted {
  readonly action: Action;
  readonly digest: string;
  /** What stopped it, or would stop it now. */
  readonly reasons: readonly Reason[];
}

async function wantedAction(
  input: CliInput,
  words: readonly string[],
  io: Io,
  bench: Bench,
): Promise<Wanted> {
  const [first] = words;
  if (first === undefined)
    throw new Fault("usage/invalid", "say which action is to be allowed", {
      hint: "the code that the refusal named, or the command in quotes",
    });
  if (words.length === 1 && isPermitCode(first)) {
    const { action, digest, judgement } = await stoppedOnce(first, "allow", io);
    return { action, digest, reasons: judgement.reasons };
  }
  const { action, digest, judgement } = await decide(await actionOf(input, words, io), bench);
  return { action, digest, reasons: judgement.reasons };
}

/** All that a person needs to see before saying yes. A long text is cut, which is said. */
function describe({ action, reasons }: Wanted): string {
  const where = action.kind === "exec" ? ` in ${action.cwd}` : "";
  const whole = visible([subject(action), ...details(action)].join("\n"));
  const shown = shorten(whole, shownChars).replace(/^/gm, "  ");
  const cut = whole.length > shownChars ? `  (${whole.length - shownChars} more characters)\n` : "";
  const stops = reasons
    .map((reason) =>
      visibleLine(`stopped by ${reason.rule}: ${reason.says} — ${matchedText(reason, action)}`),
    )
    .map((line) => `${line}\n`)
    .join("");
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
