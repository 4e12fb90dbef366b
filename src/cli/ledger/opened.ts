import { Fault } from "../../core/fault.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { configFolder, loadPublicKey, openKey } from "../../host/key.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { guardFolder } from "../../host/state-folder.ts";
import { openLedger } from "../../ledger/ledger.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { ledgerPath } from "../../ledger/ledger-path.ts";
import { makeRedactor } from "../../ledger/redact.ts";
import { resolve } from "node:path";
import { text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";

/** What `surefoot ledger <verb>` does. Its positionals no longer hold the verb. */
export type LedgerVerb = (input: CliInput, io: Io) => Promise<number>;

/** The file that `--ledger` names, or that of the folder: outside of repositories the guard's. Throws `ledger/not-found`. */
export async function findLedger(input: CliInput, io: Io): Promise<string> {
  const named = text(input, "ledger");
  const path =
    named === undefined
      ? ((await ledgerPath(io.host, io.cwd)) ?? `${guardFolder(io.host)}/.surefoot/ledger.db`)
      : resolve(io.cwd, named);
  if ((await io.host.files.stat(path)) !== undefined) return path;
  throw new Fault("ledger/not-found", `there is no ledger at ${path}`, {
    hint: "`surefoot run` makes one, and so does an agent with the guard; name another with --ledger <file>",
  });
}

export async function withStore<T>(
  input: CliInput,
  io: Io,
  act: (store: LedgerStore, path: string) => T | Promise<T>,
): Promise<T> {
  const path = await findLedger(input, io);
  const store = openSqliteStore(path, { now: io.host.now, mode: "read" });
  try {
    return await act(store, path);
  } finally {
    store.close();
  }
}

/** For verbs that write into a ledger that is there already. */
export async function withLedger<T>(
  input: CliInput,
  io: Io,
  act: (ledger: Ledger, path: string) => T | Promise<T>,
): Promise<T> {
  const path = await findLedger(input, io);
  const signer = openKey(configFolder(io.host));
  const store = openSqliteStore(path, { now: io.host.now, signer });
  const redactor = makeRedactor({ enabled: true, env: [] }, io.host.env);
  const ledger = openLedger({ store, redactor, now: io.host.now, signer });
  try {
    return await act(ledger, path);
  } finally {
    ledger.close();
  }
}

/** The key in `--public-key`, or the user's own; `undefined` where there is neither. */
export async function publicKeyOf(input: CliInput, io: Io): Promise<string | undefined> {
  const named = text(input, "public-key");
  if (named === undefined) return loadPublicKey(configFolder(io.host));
  const path = resolve(io.cwd, named);
  const key = await io.host.files.readText(path);
  if (key !== undefined) return key;
  throw new Fault("key/unreadable", `there is no public key at ${path}`, {
    hint: "`surefoot ledger key` prints the one of the user who wrote the ledger",
  });
}

/** A session by its name or the beginning of it. Throws `run/not-found`. */
export function findSession(store: LedgerStore, wanted: string): string {
  const names = store.sessions().map(({ session }) => session);
  if (names.includes(wanted)) return wanted;
  const [match, ...more] = names.filter((name) => name.startsWith(wanted));
  if (match !== undefined && more.length === 0) return match;
  throw new Fault(
    "run/not-found",
    `the ledger has ${match === undefined ? "no" : "more than one"} session ${wanted}`,
    {
      hint: "`surefoot ledger show` lists them",
    },
  );
}

export function actorOf(io: Io): string {
  return `user:${io.host.platform.user}`;
}

export function wrongUse(says: string): Fault {
  return new Fault("usage/invalid", says, { hint: "see `surefoot help ledger`" });
}
