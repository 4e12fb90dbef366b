import { canonical } from "../core/canonical.ts";
import { bundleMessage, entryOf, headMessage } from "../core/chain.ts";
import { sha256 } from "../core/digest.ts";
import { foldSession } from "../core/session.ts";
import type { StoredRow } from "../core/chain.ts";
import {
  checksOf,
  keyName,
  lastPatch,
  ledgerName,
  manifestName,
  patchName,
  runFacts,
  signatureName,
} from "./bundle.ts";
import type { BundleFiles, RunFacts } from "./bundle.ts";
import { parseRowLine } from "./export.ts";
import { signatureCheck } from "./signature.ts";
import { verifyChain } from "./verify-session.ts";

export type BundleVerification =
  | {
      readonly kind: "verified";
      readonly session: string;
      readonly entries: number;
      readonly files: number;
      /** `own key`: by the key in the bundle, which shows that it is of one piece and not whose it is. */
      readonly signature: "given key" | "own key" | "not signed";
    }
  | { readonly kind: "broken"; readonly file: string; readonly says: string };

/** Checks a bundle by itself: digests, chain, signature, and that patch and checks are those of the ledger's slice. */
export function verifyBundle(files: BundleFiles, publicKey?: string): BundleVerification {
  const manifest = parseManifest(textOf(files.get(manifestName)));
  if (manifest === undefined) return broken(manifestName, "is missing or is not a manifest");
  const listed = new Map(manifest.files.map(({ name, digest }) => [name, digest]));
  for (const [name, digest] of listed) {
    const content = files.get(name);
    if (content === undefined) return broken(name, "is missing");
    if (sha256(content) !== digest) return broken(name, "was changed");
  }
  for (const name of files.keys()) {
    if (name !== manifestName && name !== signatureName && !listed.has(name))
      return broken(name, "is not in the manifest");
  }
  const rows = linesOf(files, ledgerName).map(parseRowLine);
  const whole = rows.filter((row) => row !== undefined);
  if (whole.length !== rows.length || whole.length === 0)
    return broken(ledgerName, "holds a line that is no entry");
  const { head, session } = manifest;
  if (whole.some((row) => row.session !== session))
    return broken(ledgerName, "holds entries of another session");
  const chain = verifyChain(session, whole, [{ seq: head.seq, hash: head.hash, by: "the manifest" }]);
  if (chain.kind === "broken") return broken(ledgerName, chain.says);
  if (chain.seq !== head.seq)
    return broken(ledgerName, `ends with entry ${chain.seq}, the manifest says ${head.seq}`);
  const contradiction = compareWithLedger(files, manifest, whole);
  if (contradiction !== undefined) return contradiction;

  const own = textOf(files.get(keyName));
  if (publicKey !== undefined && own !== undefined && own.trim() !== publicKey.trim()) {
    return broken(keyName, "is not the key that was given");
  }
  const key = publicKey ?? own;
  const signature = textOf(files.get(signatureName));
  const signed = head.signature !== "" && signature !== undefined;
  if (publicKey !== undefined && !signed) return broken(manifestName, "is not signed");
  if (key !== undefined && signed) {
    const check = signatureCheck(key);
    const digest = sha256(files.get(manifestName) ?? "");
    if (!check(bundleMessage(digest), signature)) return broken(manifestName, "is not signed with this key");
    const message = headMessage({ ...head, session });
    if (!check(message, head.signature))
      return broken(ledgerName, "does not end with a head that this key signed");
  }
  return {
    kind: "verified",
    session,
    entries: whole.length,
    files: files.size,
    signature:
      !signed || key === undefined ? "not signed" : publicKey === undefined ? "own key" : "given key",
  };
}

interface KnownManifest {
  readonly session: string;
  readonly head: {
    readonly number: number;
    readonly seq: number;
    readonly hash: string;
    readonly signature: string;
  };
  readonly files: readonly { readonly name: string; readonly digest: string }[];
  /** What it says about the run, not yet believed. */
  readonly facts: Readonly<Record<keyof RunFacts, unknown>>;
}

function compareWithLedger(
  files: BundleFiles,
  { session, facts }: KnownManifest,
  rows: readonly StoredRow[],
): BundleVerification | undefined {
  const folded = foldSession(session, rows.map(entryOf));
  if (canonical(facts) !== canonical(runFacts(folded)))
    return broken(manifestName, "does not say what the ledger says");
  const checks = checksOf(folded).map((row) => canonical(row));
  const lines = linesOf(files, "checks.jsonl");
  if (checks.length !== lines.length || checks.some((row, index) => row !== lines[index])) {
    return broken("checks.jsonl", "does not say what the ledger says");
  }
  const patch = files.get(patchName);
  if (patch !== undefined && sha256(patch) !== lastPatch(folded))
    return broken(patchName, "is not the recorded patch");
  return undefined;
}

function parseManifest(text: string | undefined): KnownManifest | undefined {
  const value = text === undefined ? undefined : parsed(text);
  const { schemaVersion, session, head, files, task, agent, verdict, stop, policy, environment } =
    fields(value);
  const { number, seq, hash, signature } = fields(head);
  if (schemaVersion !== 1 || typeof session !== "string" || !Array.isArray(files)) return undefined;
  if (typeof number !== "number" || typeof seq !== "number") return undefined;
  if (typeof hash !== "string" || typeof signature !== "string") return undefined;
  const listed = files.flatMap((file: unknown) => {
    const { name, digest } = fields(file);
    return typeof name === "string" && typeof digest === "string" ? [{ name, digest }] : [];
  });
  if (listed.length !== files.length) return undefined;
  const facts = { task, agent, verdict, stop, policy, environment };
  return { session, head: { number, seq, hash, signature }, files: listed, facts };
}

function fields(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function linesOf(files: BundleFiles, name: string): readonly string[] {
  return (textOf(files.get(name)) ?? "").split("\n").filter((line) => line !== "");
}

function textOf(content: string | Uint8Array | undefined): string | undefined {
  return content === undefined || typeof content === "string"
    ? content
    : Buffer.from(content).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function broken(file: string, says: string): BundleVerification {
  return { kind: "broken", file, says: `${file} ${says}` };
}
