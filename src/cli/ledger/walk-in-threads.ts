import { availableParallelism } from "node:os";
import { MessageChannel, Worker, isMainThread, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { Fault } from "../../core/fault.ts";
import type { SessionHead } from "../../core/ports.ts";
import { openSqliteStore } from "../../host/sqlite-store.ts";
import { verifyChain } from "../../ledger/verify-session.ts";
import type { ChainCheck, Mark } from "../../ledger/verify-session.ts";
import { walkChains } from "../../ledger/verify.ts";
import type { WalkChains } from "../../ledger/verify.ts";

/**
 * Walks the chains of a large ledger in several threads: sessions do not depend on each other. Below `leastEntries` a
 * thread's start costs more than it saves.
 */
export function walkInThreads(path: string, { leastEntries = 100_000 } = {}): WalkChains {
  return function* walk(store, heads, marks) {
    const entries = heads.reduce((sum, { seq }) => sum + seq, 0);
    const threads = Math.min(availableParallelism(), mostThreads, heads.length);
    if (entries < leastEntries || threads < 2) {
      yield* walkChains(store, heads, marks);
      return;
    }
    const [own = [], ...others] = split(heads, entries / threads);
    const waiting = others.map((share) => startThread(path, share, marks));
    yield* walkChains(store, own, marks);
    for (const wait of waiting) yield* wait();
  };
}

interface Task {
  readonly kind: "walk";
  readonly path: string;
  readonly chains: readonly { readonly session: string; readonly marks: readonly Mark[] }[];
  readonly port: MessagePort;
  /** Set to 1 and woken when the answer is there. */
  readonly done: Int32Array;
}

type Answer =
  | { readonly kind: "walked"; readonly checks: readonly ChainCheck[] }
  | { readonly kind: "broken"; readonly says: string }
  | { readonly kind: "failed"; readonly says: string };

const mostThreads = 8;
const longestWaitMs = 10 * 60 * 1000;

// Consecutive sessions, so that results come in the order of opening.
function split(heads: readonly SessionHead[], size: number): readonly (readonly SessionHead[])[] {
  const shares: SessionHead[][] = [[]];
  let filled = 0;
  for (const head of heads) {
    if (filled >= size) {
      shares.push([]);
      filled = 0;
    }
    shares.at(-1)?.push(head);
    filled += head.seq;
  }
  return shares;
}

function startThread(
  path: string,
  heads: readonly SessionHead[],
  marks: ReadonlyMap<string, readonly Mark[]>,
): () => readonly ChainCheck[] {
  const { port1, port2 } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  const chains = heads.map(({ session }) => ({ session, marks: marks.get(session) ?? [] }));
  const task: Task = { kind: "walk", path, chains, port: port2, done };
  const worker = new Worker(new URL(import.meta.url), { workerData: task, transferList: [port2] });
  worker.unref();
  return () => {
    // Verification is one synchronous walk, so the answer is waited for, not subscribed to.
    Atomics.wait(done, 0, 0, longestWaitMs);
    const answer: unknown = receiveMessageOnPort(port1)?.message;
    port1.close();
    return checksOf(answer, path);
  };
}

function checksOf(answer: unknown, path: string): readonly ChainCheck[] {
  if (isAnswer(answer)) {
    if (answer.kind === "walked") return answer.checks;
    if (answer.kind === "broken") {
      throw new Fault("ledger/broken", answer.says, { hint: "keep the file as evidence and restore a copy" });
    }
  }
  const why = isAnswer(answer) && answer.kind === "failed" ? answer.says : "a thread did not answer";
  throw new Fault("ledger/unreadable", `the ledger ${path} could not be read in parallel: ${why}`, {
    hint: "try again; report this if it happens twice",
  });
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && "kind" in value;
}

function isTask(value: unknown): value is Task {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "walk";
}

function work({ path, chains, port, done }: Task): void {
  port.postMessage(walked(path, chains));
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
  port.close();
}

function walked(path: string, chains: Task["chains"]): Answer {
  try {
    const store = openSqliteStore(path, { now: () => new Date(), mode: "read" });
    try {
      return {
        kind: "walked",
        checks: chains.map(({ session, marks }) => verifyChain(session, store.rows(session), marks)),
      };
    } finally {
      store.close();
    }
  } catch (error) {
    // The other thread cannot see an error that is thrown here, so every kind of it becomes an answer.
    const says = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof Fault && error.code === "ledger/broken" ? "broken" : "failed", says };
  }
}

if (!isMainThread && isTask(workerData)) work(workerData);
