import { statSync } from "node:fs";
import { dialects } from "../agents/hooks/index.ts";
import { broken } from "../agents/hook-dialect.ts";
import type { Dialect } from "../agents/hook-dialect.ts";
import { Fault } from "../core/fault.ts";
import type { NewEntry } from "../core/ports.ts";
import type { LeanHost } from "../host/lean-host.ts";
import { guardFolder } from "../host/state-folder.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { decideCall } from "./decide.ts";
import type { CallOptions } from "./decide.ts";
import { folderOf } from "./folder.ts";
import { hotPolicies } from "./hot-policy.ts";
import { deskAt, ledgerFile, openHookLedger } from "./own-desk.ts";
import { findPlace } from "./place.ts";
import type { Place } from "./place.ts";
import type { HookPolicy, PolicyPorts } from "./policy.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

export interface Daemon {
  /** `undefined` for a client that should decide by itself. */
  answer(request: WireRequest): Promise<WireAnswer | undefined>;
  status(): DaemonStatus;
  /** Closes what was not used of late. */
  tidy(): void;
  close(): void;
}

export interface DaemonStatus {
  readonly version: string;
  readonly answered: number;
  /** Calls that could not be decided and were refused for that. */
  readonly failed: number;
  /** Ledgers that are open. */
  readonly open: readonly string[];
}

/** A longer call would keep the others waiting: its own process takes it. */
const payloadChars = 256 * 1024;
const idleMs = 60_000;
const ledgersAtMost = 32;
/** Below a hook's own deadline. */
const appendMs = 3000;

interface OpenLedger {
  readonly ledger: Ledger;
  /** The file that it was when it was opened: one that was taken away must not be written to any more. */
  readonly inode: bigint;
  /** Redaction and rules may differ with the policy. */
  readonly policy: HookPolicy;
  usedMs: number;
  /** Calls that are being decided with it. */
  users: number;
  /** Nobody may begin with it any more. */
  dropped: boolean;
}

/** Decides for the hooks of one user: the same steps as in a hook's own process, with policies and ledgers at hand. */
export function openDaemon(host: LeanHost, ports: PolicyPorts): Daemon {
  const policyAt = hotPolicies(ports);
  const ledgers = new Map<string, OpenLedger>();
  let answered = 0;
  let failed = 0;

  const drop = (path: string, open: OpenLedger): void => {
    ledgers.delete(path);
    open.dropped = true;
    if (open.users === 0) open.ledger.close();
  };
  const release = (open: OpenLedger): void => {
    open.users -= 1;
    if (open.dropped && open.users === 0) open.ledger.close();
  };
  const ledgerOf = (place: Place, policy: HookPolicy): OpenLedger => {
    const path = ledgerFile(place);
    const known = ledgers.get(path);
    if (known !== undefined) {
      if (known.policy === policy && inodeOf(path) === known.inode) return known;
      drop(path, known);
    }
    for (const [other, one] of ledgers) {
      if (ledgers.size < ledgersAtMost) break;
      drop(other, one);
    }
    // Nobody may wait here: another repository's call would wait as well.
    const ledger = openHookLedger(host, place, policy.policy, 0);
    const usedMs = host.now().getTime();
    const made = { ledger, inode: inodeOf(path) ?? 0n, policy, usedMs, users: 0, dropped: false };
    ledgers.set(path, made);
    return made;
  };

  const decide = async (dialect: Dialect, request: WireRequest): Promise<WireAnswer> => {
    const { payload, cwd } = request;
    const options: CallOptions = { explicit: request.explicit, unattended: request.unattended };
    try {
      const place = await findPlace(host.files, folderOf(payload, cwd), guardFolder(host));
      const policy = await policyAt(place.root);
      const open = await patiently(() => {
        const found = ledgerOf(place, policy);
        found.users += 1;
        return found;
      });
      try {
        open.usedMs = host.now().getTime();
        const { ledger } = open;
        const append = (entries: readonly NewEntry[]): Promise<void> =>
          patiently(() => void ledger.appendAll(entries));
        const desk = deskAt(host, place, { policy, ledger, version: ports.version, append });
        return printed(dialect.render(await decideCall(desk, { dialect, payload, options }), payload));
      } finally {
        release(open);
      }
    } catch (error) {
      failed += 1;
      const why = error instanceof Error ? error.message : String(error);
      const says = `surefoot refuses because its guard did not answer: ${why}`;
      return printed(broken(dialect.render({ verdict: "deny", says }, payload), why.replaceAll("\n", " ")));
    }
  };

  return {
    async answer(request) {
      const dialect = dialects.find(({ id }) => id === request.dialect);
      if (dialect === undefined || request.version !== ports.version) return undefined;
      if (request.payload.length > payloadChars) return undefined;
      answered += 1;
      return await decide(dialect, request);
    },
    status: () => ({ version: ports.version, answered, failed, open: [...ledgers.keys()] }),
    tidy() {
      const before = host.now().getTime() - idleMs;
      for (const [path, open] of ledgers) if (open.usedMs < before) drop(path, open);
    },
    close() {
      for (const [path, open] of ledgers) drop(path, open);
    },
  };
}

function printed(answer: WireAnswer): WireAnswer {
  return { ...answer, stdout: `${answer.stdout}\n` };
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { throwIfNoEntry: false, bigint: true })?.ino;
}

/** Waits for other writers without keeping anybody else waiting. */
async function patiently<T>(attempt: () => T): Promise<T> {
  const before = performance.now();
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isLocked(error) || performance.now() - before > appendMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 4));
    }
  }
}

const [busy, locked] = [5, 6];

/** As SQLite says it (https://www.sqlite.org/rescode.html). */
function isLocked(error: unknown): boolean {
  if (!(error instanceof Fault) || !(error.cause instanceof Error) || !("errcode" in error.cause))
    return false;
  const code = Number(error.cause.errcode) & 0xff;
  return code === busy || code === locked;
}
