import { resolve } from "node:path";
import type { Action, Judgement, Verdict } from "../../core/action.ts";
import type { Entry } from "../../core/event.ts";
import { Fault } from "../../core/fault.ts";
import { actionDigest, permitCode, permitted } from "../../core/permit.ts";
import type { CompiledPolicy, Policy } from "../../core/policy.ts";
import type { GatherFacts } from "../../core/ports.ts";
import { binding } from "../../guard/binding.ts";
import { historyIn } from "../../guard/history.ts";
import { judge } from "../../guard/judge.ts";
import { learn } from "../../guard/learn.ts";
import { factPlaces, ledgerFile } from "../../hook/own-desk.ts";
import type { Place } from "../../hook/place.ts";
import { gatherFacts } from "../../host/facts.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { permitsOf, usePermit } from "../../ledger/permits.ts";
import { loadPolicy } from "../../policy/load.ts";
import { text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { actorOf, findSession } from "../ledger/opened.ts";
import { openRunLedger } from "../open-ledger.ts";
import { policyRequest } from "../policy-request.ts";
import { parseAction } from "./parsed.ts";
import { placeHere } from "./place.ts";

/** What `guard judge` and `guard explain` decide with: the same as a hook of an agent that works in this folder. */
export interface Bench {
  readonly io: Io;
  readonly place: Place;
  readonly compiled: CompiledPolicy;
  readonly policy: Policy;
  readonly gather: GatherFacts;
  /** Whether what a session did before counts. */
  readonly past: boolean;
}

export async function setUp(io: Io, session?: string): Promise<Bench> {
  const { host } = io;
  const place = await placeHere(io);
  const compiled = await loadPolicy(await policyRequest(host, place.root, { committed: false }));
  const before = session === undefined ? undefined : entriesOf(place, session, io);
  return {
    io,
    place,
    compiled,
    policy: compiled.policy,
    gather: gatherFacts(host, {
      ...factPlaces(host, place.worktree, compiled.policy),
      ...(before === undefined ? {} : { history: async (paths) => historyIn(before, paths) }),
    }),
    past: before !== undefined,
  };
}

function entriesOf(place: Place, session: string, io: Io): readonly Entry[] {
  const store = openSqliteStore(ledgerFile(place), { now: io.host.now, mode: "read" });
  try {
    return [...store.read(findSession(store, session))];
  } finally {
    store.close();
  }
}

export interface Judged {
  readonly action: Action;
  readonly judgement: Judgement;
  /** What the judgement means under the policy, where a rule may only observe. */
  readonly verdict: Verdict;
  /** `actionDigest`: what a permit would be for. */
  readonly digest: string;
  /** Whether rules about what a session did before had nothing to look at. */
  readonly pastMissing: boolean;
}

export async function decide(action: Action, { place, policy, gather, past }: Bench): Promise<Judged> {
  let asked = false;
  const facts = await learn(action, { worktree: place.worktree }, (needs) => {
    asked ||= needs.history === true;
    return gather(needs);
  });
  const judgement = judge(action, facts, policy);
  return {
    action,
    judgement,
    verdict: binding(judgement, policy),
    digest: actionDigest(action, place.worktree),
    pastMissing: asked && !past,
  };
}

/** Number of the permit that waits for this action in the ledger here, or was just used up for it. */
export function findPermit(judged: Judged, bench: Bench, use: "look" | "use"): number | undefined {
  const { io, place, policy } = bench;
  const found = withPermits(bench, judged.digest);
  if (found === undefined || use === "look") return found;
  const ledger = openRunLedger(io.host, place.root, policy);
  try {
    const actor = actorOf(io);
    const call = `judge.${permitCode(judged.digest)}`;
    return usePermit(ledger, {
      action: judged.digest,
      session: "judge",
      call,
      actor,
      now: io.host.now(),
    })?.grant;
  } finally {
    ledger.close();
  }
}

function withPermits({ io, place }: Bench, digest: string): number | undefined {
  let store;
  try {
    store = openSqliteStore(ledgerFile(place), { now: io.host.now, mode: "read" });
  } catch (error) {
    // No ledger, no permits. One that cannot be read stops nothing that is stopped anyway.
    if (error instanceof Fault && error.code === "ledger/not-found") return undefined;
    throw error;
  }
  try {
    return permitted(digest, permitsOf(store), io.host.now())?.grant;
  } finally {
    store.close();
  }
}

/** The action that the command line or standard input names. */
export async function actionOf(input: CliInput, words: readonly string[], io: Io): Promise<Action> {
  const edit = text(input, "edit");
  const cwd = folderIn(input, io);
  if (edit !== undefined) {
    if (words.length > 0)
      throw new Fault("usage/invalid", "an edit and a command cannot be judged at once", {
        hint: "leave out --edit, or the command",
      });
    return { kind: "edit", path: resolve(cwd, edit), change: { kind: "unknown" } };
  }
  if (words.length > 1)
    throw new Fault("usage/invalid", "the command must be one argument", {
      hint: 'put it in quotes, as in "git push origin main"',
    });
  const given = words[0] ?? (await io.input());
  if (given.trim() === "")
    throw new Fault("usage/invalid", "there is no command to judge", {
      hint: "give it as an argument or on standard input",
    });
  return words[0] === undefined ? parseAction(given, cwd) : { kind: "exec", command: given, cwd };
}

/** The folder that a command runs in, or that an edit's path starts from. */
export function folderIn(input: CliInput, io: Io): string {
  return resolve(io.cwd, text(input, "cwd") ?? "");
}
