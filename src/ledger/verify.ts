import { checkpointMessage, genesis, headMessage } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { LedgerStore, SessionHead } from "../core/ports.ts";
import { leafOf, parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { merkleTree } from "./merkle.ts";
import { signatureCheck } from "./signature.ts";
import type { CheckSignature } from "./signature.ts";
import { verifyChain } from "./verify-session.ts";
import type { BrokenPart, ChainCheck, Mark } from "./verify-session.ts";

export type Verification =
  | {
      readonly kind: "verified";
      readonly sessions: number;
      readonly entries: number;
      readonly erased: number;
      readonly checkpoints: number;
      /** Of the last checkpoint; `undefined` where there is none yet. */
      readonly root: string | undefined;
      /** Entries that no checkpoint covers yet. */
      readonly uncovered: number;
      readonly signatures: "verified" | "not checked";
      /** Artifacts whose content was compared with its digest. */
      readonly artifacts: number | "not checked";
    }
  | { readonly kind: "empty" }
  | { readonly kind: "broken"; readonly at: BrokenPlace; readonly says: string };

/** The first thing that does not hold: checkpoints first, then sessions in the order of opening, then artifacts. */
export type BrokenPlace =
  | { readonly what: "entry"; readonly session: string; readonly seq: number; readonly part: BrokenPart }
  /** Entries up to `seq` are there, the head says `expected`. */
  | { readonly what: "tail"; readonly session: string; readonly seq: number; readonly expected: number }
  | { readonly what: "head"; readonly session: string }
  | { readonly what: "session"; readonly number: number; readonly session: string | undefined }
  | { readonly what: "checkpoint"; readonly number: number }
  | { readonly what: "artifact"; readonly digest: string }
  | { readonly what: "anchor"; readonly root: string }
  | { readonly what: "store" };

export interface VerifyOptions {
  /** SPKI in PEM. Without it chains and roots are checked and signatures are not. */
  readonly publicKey?: string;
  readonly artifacts?: boolean;
  /** Walks the chains elsewhere, for instance in worker threads. Session → its check. */
  readonly walk?: WalkChains;
}

export type WalkChains = (
  store: Pick<LedgerStore, "rows">,
  sessions: readonly SessionHead[],
  marks: ReadonlyMap<string, readonly Mark[]>,
) => Iterable<ChainCheck>;

/**
 * Walks the whole ledger and names the first broken thing. It can run while others append.
 * It throws for an operator's fault only (a public key that is none); damage is an answer.
 */
export function verifyLedger(store: LedgerStore, options: VerifyOptions = {}): Verification {
  const check = options.publicKey === undefined ? undefined : signatureCheck(options.publicKey);
  try {
    return verifyParts(store, check, options);
  } catch (error) {
    if (error instanceof Fault && error.code === "ledger/broken")
      return broken({ what: "store" }, error.message);
    throw error;
  }
}

function verifyParts(
  store: LedgerStore,
  check: CheckSignature | undefined,
  options: VerifyOptions,
): Verification {
  // Checkpoints are read before heads: what others append meanwhile is then newer than both.
  const chain = verifyCheckpoints(store, check);
  if (chain.kind === "broken") return chain;
  const heads = store.sessions();
  if (heads.length === 0 && chain.count === 0 && store.countRows() === 0) return { kind: "empty" };
  const dropped = firstDropped(heads, chain.names);
  let entries = 0;
  let erased = 0;
  let place = 0;
  for (const result of (options.walk ?? walkChains)(store, heads, withHeads(chain.marks, heads))) {
    const head = heads[place];
    place += 1;
    if (head === undefined) throw new RangeError("more chains were walked than there are sessions");
    if (dropped !== undefined && dropped.number < head.number) return droppedSession(dropped);
    if (result.kind === "broken") {
      const at: BrokenPlace = { what: "entry", session: head.session, seq: result.seq, part: result.part };
      return broken(at, result.says);
    }
    const trouble = verifyHead(store, head, result.seq, chain.marks.get(head.session), check);
    if (trouble !== undefined) return trouble;
    entries += result.seq;
    erased += result.erased;
  }
  if (dropped !== undefined) return droppedSession(dropped);
  const stray = verifyCount(store, heads);
  if (stray !== undefined) return stray;
  const artifacts = options.artifacts === true ? verifyArtifacts(store) : "not checked";
  if (typeof artifacts === "object") return artifacts;
  const covered = [...chain.marks.values()].reduce((sum, marks) => sum + (marks.at(-1)?.seq ?? 0), 0);
  return {
    kind: "verified",
    sessions: heads.length,
    entries,
    erased,
    checkpoints: chain.count,
    root: chain.root,
    uncovered: entries - covered,
    signatures: check === undefined ? "not checked" : "verified",
    artifacts,
  };
}

type Broken = Extract<Verification, { kind: "broken" }>;

interface CheckpointChain {
  readonly kind: "whole";
  readonly count: number;
  readonly root: string | undefined;
  readonly marks: ReadonlyMap<string, readonly Mark[]>;
  /** Number of a session → its name. */
  readonly names: ReadonlyMap<number, string>;
}

/** Checks each link, signature and root. Roots are recomputed from the deltas. */
export function verifyCheckpoints(
  store: Pick<LedgerStore, "checkpoints">,
  check: CheckSignature | undefined,
): CheckpointChain | Broken {
  const marks = new Map<string, Mark[]>();
  const names = new Map<number, string>();
  const tree = merkleTree();
  let count = 0;
  let prev = genesis;
  let root: string | undefined;
  for (const stored of store.checkpoints()) {
    const number = count + 1;
    if (stored.number !== number) return badCheckpoint(number, "is missing");
    if (sha256(stored.body) !== stored.hash) return badCheckpoint(number, "was changed");
    const checkpoint = parseCheckpoint(stored);
    if (checkpoint === undefined || checkpoint.number !== number)
      return badCheckpoint(number, "is not one of surefoot's");
    if (checkpoint.prev !== prev) return badCheckpoint(number, "does not follow from the one before it");
    if (check !== undefined && !check(checkpointMessage(stored.hash), stored.signature)) {
      return badCheckpoint(number, stored.signature === "" ? "is not signed" : "is not signed with this key");
    }
    if (!applyDelta(checkpoint, { tree, names, marks }))
      return badCheckpoint(number, "contradicts an earlier one");
    if (tree.root() !== checkpoint.root || tree.size !== checkpoint.sessions) {
      return badCheckpoint(number, "has a root that its heads do not give");
    }
    count = number;
    prev = stored.hash;
    root = checkpoint.root;
  }
  return { kind: "whole", count, root, marks, names };
}

function badCheckpoint(number: number, says: string): Broken {
  return broken({ what: "checkpoint", number }, `checkpoint ${number} ${says}`);
}

function applyDelta(
  checkpoint: Checkpoint,
  known: {
    readonly tree: ReturnType<typeof merkleTree>;
    readonly names: Map<number, string>;
    readonly marks: Map<string, Mark[]>;
  },
): boolean {
  for (const mark of checkpoint.changed) {
    const [number, session, seq, hash] = mark;
    const name = known.names.get(number);
    const marks = known.marks.get(session) ?? [];
    const isNext = number === known.tree.size + 1 && marks.length === 0;
    if (name === undefined ? !isNext : name !== session) return false;
    if (seq <= (marks.at(-1)?.seq ?? 0)) return false;
    known.tree.set(number - 1, leafOf(mark));
    known.names.set(number, session);
    marks.push({ seq, hash, by: `checkpoint ${checkpoint.number}` });
    known.marks.set(session, marks);
  }
  return true;
}

/** One chain after the other, in this thread. */
export function* walkChains(
  store: Pick<LedgerStore, "rows">,
  heads: readonly SessionHead[],
  marks: ReadonlyMap<string, readonly Mark[]>,
): Generator<ChainCheck> {
  for (const { session } of heads) yield verifyChain(session, store.rows(session), marks.get(session));
}

// A chain is held against its head as the head was when verification began: what others append meanwhile comes after it.
function withHeads(
  marks: ReadonlyMap<string, readonly Mark[]>,
  heads: readonly SessionHead[],
): ReadonlyMap<string, readonly Mark[]> {
  return new Map(
    heads.map(({ session, seq, hash }) => [
      session,
      [...(marks.get(session) ?? []), { seq, hash, by: "its head" }],
    ]),
  );
}

/** The chain must reach as far as its head and every checkpoint, no farther than its head now, and the head is signed. */
function verifyHead(
  store: LedgerStore,
  head: SessionHead,
  seq: number,
  marks: readonly Mark[] | undefined,
  check: CheckSignature | undefined,
): Broken | undefined {
  const { session } = head;
  const expected = Math.max(head.seq, marks?.at(-1)?.seq ?? 0);
  if (seq < expected) {
    const says = `session ${session} is cut off: it ends with entry ${seq} and had ${expected}`;
    return broken({ what: "tail", session, seq, expected }, says);
  }
  if (seq > head.seq && seq > (store.head(session)?.seq ?? 0)) {
    return broken({ what: "head", session }, `session ${session}: its head is not its last entry`);
  }
  if (check !== undefined && !check(headMessage(head), head.signature)) {
    const says = head.signature === "" ? "is not signed" : "is not signed with this key";
    return broken({ what: "head", session }, `session ${session}: its head ${says}`);
  }
  return undefined;
}

interface Dropped {
  readonly number: number;
  readonly session: string | undefined;
}

// Sessions are numbered without gaps, and the number is signed with the head.
function firstDropped(
  heads: readonly SessionHead[],
  names: ReadonlyMap<number, string>,
): Dropped | undefined {
  const present = new Map(heads.map((head) => [head.number, head.session]));
  const last = Math.max(heads.at(-1)?.number ?? 0, names.size);
  for (let number = 1; number <= last; number += 1) {
    const name = names.get(number);
    const here = present.get(number);
    if (here === undefined || (name !== undefined && name !== here)) return { number, session: name };
  }
  return undefined;
}

function droppedSession({ number, session }: Dropped): Broken {
  const name = session === undefined ? "" : ` (${session})`;
  return broken(
    { what: "session", number, session },
    `session number ${number}${name} was removed as a whole`,
  );
}

// Entries without a session: what remains when only a head was removed.
function verifyCount(store: LedgerStore, before: readonly SessionHead[]): Broken | undefined {
  const count = store.countRows();
  const most = sumOf(store.sessions());
  if (count >= sumOf(before) && count <= most) return undefined;
  const number = before.length + 1;
  return broken(
    { what: "session", number, session: undefined },
    `the ledger holds ${count} entries, but its sessions have ${most}: a session's head was removed`,
  );
}

function sumOf(heads: readonly SessionHead[]): number {
  return heads.reduce((sum, head) => sum + head.seq, 0);
}

function verifyArtifacts(store: LedgerStore): number | Broken {
  const artifacts = store.artifacts();
  for (const { digest } of artifacts) {
    try {
      store.getArtifact(digest);
    } catch (error) {
      if (error instanceof Fault && error.code === "ledger/broken") {
        return broken({ what: "artifact", digest }, error.message);
      }
      throw error;
    }
  }
  return artifacts.length;
}

function broken(at: BrokenPlace, says: string): Broken {
  return { kind: "broken", at, says };
}
