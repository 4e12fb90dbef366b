import { canonical } from "../core/canonical.ts";
import { bundleMessage } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import { foldSession } from "../core/session.ts";
import type { CheckRow, Environment } from "../core/event.ts";
import type { LedgerStore, Signer } from "../core/ports.ts";
import type { Session } from "../core/session.ts";
import { rowLine } from "./export.ts";

/** File name → content. Names use `/`. */
export type BundleFiles = ReadonlyMap<string, string | Uint8Array>;

export interface BundleManifest extends RunFacts {
  readonly schemaVersion: 1;
  readonly session: string;
  readonly createdAt: string;
  /** Where the slice of the ledger ends, with the signature that the ledger itself keeps. */
  readonly head: {
    readonly number: number;
    readonly seq: number;
    readonly hash: string;
    readonly signature: string;
  };
  /** SHA-256 of each file but the manifest itself and its signature. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly digest: string }[];
  /** What the run recorded and the ledger no longer has. */
  readonly missing: readonly { readonly name: string; readonly why: string }[];
}

/** What the manifest says about the run; all of it can be read off the ledger's slice. */
export interface RunFacts {
  readonly task: string | undefined;
  readonly agent: string | undefined;
  readonly verdict: string | undefined;
  readonly stop: string | undefined;
  readonly policy: string;
  readonly environment: Environment | undefined;
}

export interface BundleOptions {
  readonly now: Date;
  /** The key that signed the ledger: it signs the manifest too, and its public half goes into the bundle. */
  readonly signer?: Signer | undefined;
  /** Files of the caller, such as the report; digested like the others. */
  readonly extra?: BundleFiles;
}

/** An output is kept up to this size in a bundle (AI-First Software Engineering, evidence-bundle-standard). */
export const outputBytes = 64 * 1024;

/**
 * The evidence of one run as files: what was changed, every check with its output, and the session's part of the
 * ledger. Made for failed runs too. Throws `run/not-found` where the ledger has no such session.
 */
export function bundle(store: LedgerStore, session: string, options: BundleOptions): BundleFiles {
  const head = store.head(session);
  if (head === undefined) {
    throw new Fault("run/not-found", `the ledger has no session ${session}`, {
      hint: "`surefoot ledger show` lists them",
    });
  }
  const rows = [...store.rows(session)].filter(({ seq }) => seq <= head.seq);
  const folded = foldSession(
    session,
    [...store.read(session)].filter(({ seq }) => seq <= head.seq),
  );
  const files = new Map<string, string | Uint8Array>();
  const missing: { name: string; why: string }[] = [];

  const patch = lastPatch(folded);
  if (patch !== undefined) {
    const content = store.getArtifact(patch);
    if (content === undefined)
      missing.push({ name: patchName, why: `artifact ${patch} was pruned or erased` });
    else files.set(patchName, content);
  }
  const checks = checksOf(folded);
  files.set("checks.jsonl", checks.map((row) => `${canonical(row)}\n`).join(""));
  for (const [index, row] of checks.entries()) files.set(outputName(index, row), cut(row.output.text));
  files.set(ledgerName, rows.map((row) => `${rowLine(row)}\n`).join(""));
  if (options.signer !== undefined) files.set(keyName, options.signer.publicKey);
  for (const [name, content] of options.extra ?? []) files.set(name, content);

  const manifest: BundleManifest = {
    schemaVersion: 1,
    session,
    createdAt: options.now.toISOString(),
    ...runFacts(folded),
    head: { number: head.number, seq: head.seq, hash: head.hash, signature: head.signature },
    files: [...files].map(([name, content]) => ({ name, bytes: bytesOf(content), digest: sha256(content) })),
    missing,
  };
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const signature = options.signer?.sign(bundleMessage(sha256(text)));
  return new Map<string, string | Uint8Array>([
    [manifestName, text],
    ...(signature === undefined ? [] : [[signatureName, Buffer.from(signature).toString("base64")] as const]),
    ...files,
  ]);
}

export const manifestName = "manifest.json";
/** Ed25519 over `bundleMessage`, base64. */
export const signatureName = "manifest.sig";
export const ledgerName = "ledger.jsonl";
export const keyName = "public-key.pem";
export const patchName = "change.patch";

export function runFacts(session: Session): RunFacts {
  return {
    task: session.task?.title,
    agent: session.agent,
    verdict: session.finished?.verdict,
    stop: session.finished?.stop,
    policy: session.policy,
    environment: session.environment,
  };
}

/** Every check of a run in the order in which they ran. */
export function checksOf(session: Session): readonly CheckRow[] {
  return [...session.baseline, ...session.iterations.flatMap(({ checks }) => checks)];
}

/** Digest of the last attempt's patch. */
export function lastPatch(session: Session): string | undefined {
  return session.iterations.findLast(({ diff }) => diff !== undefined)?.diff?.artifact;
}

export function outputName(index: number, row: CheckRow): string {
  const check = row.check.replaceAll(/[^\w.-]+/g, "-").slice(0, 60);
  return `outputs/${String(index + 1).padStart(3, "0")}-${row.phase}-${row.iteration}-${check}.txt`;
}

function cut(text: string): string | Uint8Array {
  const bytes = Buffer.from(text);
  return bytes.length <= outputBytes ? text : bytes.subarray(0, outputBytes);
}

function bytesOf(content: string | Uint8Array): number {
  return typeof content === "string" ? Buffer.byteLength(content) : content.length;
}
