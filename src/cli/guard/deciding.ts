import type { Action, Judgement, Verdict } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import { actionDigest, permitCode, permitted } from "../../core/permit.ts";
import type { CompiledPolicy, Policy } from "../../core/policy.ts";
import type { GatherFacts } from "../../core/ports.ts";
import { binding } from "../../guard/binding.ts";
import { judge } from "../../guard/judge.ts";
import { learn } from "../../guard/learn.ts";
import { gatherFacts } from "../../host/facts.ts";
import { configFolder } from "../../host/key.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { permitsOf, usePermit } from "../../ledger/permits.ts";
import { loadPolicy } from "../../policy/load.ts";
import { text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { openRunLedger } from "../open-ledger.ts";
import { policyRequest } from "../policy-request.ts";
import { repositoryRoot } from "../repository.ts";
import { parseAction } from "./parsed.ts";

/** What `guard judge` and `guard explain` decide with. */
export interface Bench {
  readonly io: Io;
  readonly root: string;
  readonly compiled: CompiledPolicy;
  readonly policy: Policy;
  readonly gather: GatherFacts;
}

export async function setUp(io: Io): Promise<Bench> {
  const root = await repositoryRoot(io.host, io.cwd);
  const compiled = await loadPolicy(await policyRequest(io.host, root, { committed: false }));
  const guarded = [configFolder(io.host)];
  return {
    io,
    root,
    compiled,
    policy: compiled.policy,
    gather: gatherFacts(io.host, { worktree: root, guarded }),
  };
}

export interface Judged {
  readonly action: Action;
  readonly judgement: Judgement;
  /** What the judgement means under the policy, where a rule may only observe. */
  readonly verdict: Verdict;
  /** `actionDigest`: what a permit would be for. */
  readonly digest: string;
}

export async function decide(action: Action, { io, root, policy, gather }: Bench): Promise<Judged> {
  const facts = await learn(action, { worktree: root, home: io.host.platform.home }, gather);
  const judgement = judge(action, facts, policy);
  return {
    action,
    judgement,
    verdict: binding(judgement, policy),
    digest: actionDigest(action, root),
  };
}

/** Number of the permit that waits for this action in the repository's ledger, or was just used up for it. */
export function findPermit(judged: Judged, bench: Bench, use: "look" | "use"): number | undefined {
  const { io, root, policy } = bench;
  const found = withPermits(bench, judged.digest);
  if (found === undefined || use === "look") return found;
  const ledger = openRunLedger(io.host, root, policy);
  try {
    const actor = `user:${io.host.platform.user}`;
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

function withPermits({ io, root }: Bench, digest: string): number | undefined {
  let store;
  try {
    store = openSqliteStore(`${root}/.surefoot/ledger.db`, { now: io.host.now, mode: "read" });
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
  const cwd = text(input, "cwd") ?? io.cwd;
  if (edit !== undefined) {
    if (words.length > 0)
      throw new Fault("usage/invalid", "an edit and a command cannot be judged at once", {
        hint: "leave out --edit, or the command",
      });
    return { kind: "edit", path: edit, change: { kind: "unknown" } };
  }
  if (words.length > 1)
    throw new Fault("usage/invalid", "the command must be one argument", {
      hint: 'put it in quotes: surefoot guard judge "git push origin main"',
    });
  const given = words[0] ?? (await io.input());
  if (given.trim() === "")
    throw new Fault("usage/invalid", "there is no command to judge", {
      hint: "give it as an argument or on standard input",
    });
  return words[0] === undefined ? parseAction(given, cwd) : { kind: "exec", command: given, cwd };
}
