import { describeEvent } from "../../ledger/describe-event.ts";
import { rowLine } from "../../ledger/export.ts";
import { entriesOf, listSessions } from "../../ledger/query.ts";
import type { SessionSummary } from "../../ledger/query.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { flag, text, texts } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { findSession, withStore, wrongUse } from "./opened.ts";
import type { LedgerVerb } from "./opened.ts";

/** `show` lists the sessions; `show <session>` prints its entries, one line each. */
export const show: LedgerVerb = (input, io) =>
  withStore(input, io, (store) => {
    const [wanted] = input.positionals;
    if (wanted === undefined) return showSessions(store, input, io);
    return showEntries(store, findSession(store, wanted), input, io);
  });

function showSessions(store: LedgerStore, input: CliInput, io: Io): number {
  const sessions = listSessions(store);
  if (flag(input, "json")) io.out(`${JSON.stringify({ schemaVersion: 1, sessions })}\n`);
  else if (flag(input, "jsonl")) for (const session of sessions) io.out(`${JSON.stringify(session)}\n`);
  else if (sessions.length === 0) io.out("the ledger holds no session yet\n");
  else for (const session of sessions) io.out(`${sessionLine(session)}\n`);
  return 0;
}

function showEntries(store: LedgerStore, session: string, input: CliInput, io: Io): number {
  const filter = { types: texts(input, "type"), after: wholeNumber(text(input, "after") ?? "0", "--after") };
  if (flag(input, "jsonl")) {
    const wanted = new Set([...entriesOf(store, session, filter)].map(({ seq }) => seq));
    for (const row of store.rows(session)) if (wanted.has(row.seq)) io.out(`${rowLine(row)}\n`);
    return 0;
  }
  if (flag(input, "json")) {
    io.out(
      `${JSON.stringify({ schemaVersion: 1, session, entries: [...entriesOf(store, session, filter)] })}\n`,
    );
    return 0;
  }
  for (const { seq, at, event } of entriesOf(store, session, filter)) {
    const time = at.slice(0, 19).replace("T", " ");
    io.out(`${String(seq).padStart(5)}  ${time}  ${event.type.padEnd(19)} ${describeEvent(event)}\n`);
  }
  return 0;
}

function sessionLine({ session, kind, verdict, stop, entries, updatedAt, task }: SessionSummary): string {
  const ended = verdict === undefined ? (kind === "run" ? "unfinished" : "") : `${verdict} (${stop ?? ""})`;
  const time = updatedAt.slice(0, 19).replace("T", " ");
  return `${session.padEnd(16)}  ${time}  ${String(entries).padStart(6)} entries  ${ended.padEnd(30)} ${task ?? ""}`.trimEnd();
}

export function wholeNumber(value: string, name: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw wrongUse(`${name} takes a whole number, not ${value}`);
}
