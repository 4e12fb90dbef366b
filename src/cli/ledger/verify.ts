import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { LedgerStore } from "../../core/ports.ts";
import { checkAnchor, readAnchors } from "../../ledger/anchor.ts";
import type { Anchor, AnchorCheck } from "../../ledger/anchor.ts";
import { verifyBundle } from "../../ledger/verify-bundle.ts";
import type { BundleVerification } from "../../ledger/verify-bundle.ts";
import { verifyLedger } from "../../ledger/verify.ts";
import type { Verification } from "../../ledger/verify.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { publicKeyOf, withStore, wrongUse } from "./opened.ts";
import type { LedgerVerb } from "./opened.ts";
import { readTree } from "./tree.ts";
import { readNotes } from "./notes.ts";
import { walkInThreads } from "./walk-in-threads.ts";

/** `verify`: 0 all holds, 5 something is broken and named, 2 there is nothing to verify. */
export const verify: LedgerVerb = async (input, io) => {
  const folder = text(input, "bundle");
  if (folder !== undefined) return verifyFolder(input, io, folder);
  const publicKey = await publicKeyOf(input, io);
  const anchors = await anchorsOf(input, io);
  return withStore(input, io, (store, path) => {
    const verified = verifyLedger(store, {
      artifacts: true,
      walk: walkInThreads(path),
      ...(publicKey === undefined ? {} : { publicKey }),
    });
    const anchored = verified.kind === "verified" ? checkAnchors(store, anchors) : [];
    const result: Verification = anchored.find((check) => check.kind === "broken") ?? verified;
    if (flag(input, "json")) {
      io.out(`${JSON.stringify({ schemaVersion: 1, ledger: path, ...result, anchors: anchored })}\n`);
    } else if (result.kind === "broken") io.out(`✗ broken: ${result.says}\n`);
    else io.out(describe(result, path, anchored.length));
    return exitOf(result.kind);
  });
};

function exitOf(kind: Verification["kind"]): number {
  switch (kind) {
    case "verified":
      return 0;
    case "broken":
      return 5;
    case "empty":
      return 2;
  }
}

function describe(result: Exclude<Verification, { kind: "broken" }>, path: string, anchors: number): string {
  if (result.kind === "empty") return `nothing to verify: ${path} holds no entry\n`;
  const { sessions, entries, checkpoints, erased, uncovered, signatures, artifacts, root } = result;
  const lines = [
    `✓ verified ${path}`,
    `  ${entries} entries in ${sessions} sessions, ${checkpoints} checkpoints, ${artifacts} artifacts${erased === 0 ? "" : `, ${erased} erased with a record`}`,
    `  signatures ${signatures === "verified" ? "verified" : "not checked: there is no public key here (--public-key <file>)"}`,
    ...(uncovered === 0 ? [] : [`  ${uncovered} entries are newer than the last checkpoint`]),
    ...(root === undefined ? [] : [`  root ${root}`]),
    ...(anchors === 0 ? [] : [`  ${anchors} anchors hold`]),
  ];
  return `${lines.join("\n")}\n`;
}

async function anchorsOf(input: CliInput, io: Io): Promise<readonly Anchor[]> {
  const against = text(input, "against");
  const given = against === undefined ? [] : readAnchors(against);
  if (against !== undefined && given.length === 0) {
    throw wrongUse("--against takes a line that `surefoot ledger anchor` printed");
  }
  if (!flag(input, "note")) return given;
  const noted = readAnchors(await readNotes(io));
  if (noted.length > 0) return [...given, ...noted];
  throw new Fault("ledger/not-found", "no commit here has a surefoot note", {
    hint: "`surefoot ledger anchor --note` writes one; from elsewhere: git fetch origin refs/notes/surefoot:refs/notes/surefoot",
  });
}

function checkAnchors(store: LedgerStore, anchors: readonly Anchor[]): readonly AnchorCheck[] {
  return anchors.map((anchor) => checkAnchor(store, anchor));
}

async function verifyFolder(input: CliInput, io: Io, folder: string): Promise<number> {
  const files = await readTree(io.host.files, resolve(io.cwd, folder));
  const named = text(input, "public-key") === undefined ? undefined : await publicKeyOf(input, io);
  const result = verifyBundle(files, named);
  if (flag(input, "json")) io.out(`${JSON.stringify({ schemaVersion: 1, bundle: folder, ...result })}\n`);
  else io.out(describeBundle(result, folder));
  return result.kind === "verified" ? 0 : 5;
}

function describeBundle(result: BundleVerification, folder: string): string {
  if (result.kind === "broken") return `✗ broken: ${result.says}\n`;
  const signature = {
    "given key": "signed with the given key",
    "own key":
      "signed with the key that it carries: compare it with one that you trust (--public-key <file>)",
    "not signed": "not signed",
  }[result.signature];
  return `✓ verified ${folder}\n  ${result.files} files, ${result.entries} entries of ${result.session}\n  ${signature}\n`;
}
