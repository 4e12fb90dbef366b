import { dirname } from "node:path";
import { createPublicKey } from "node:crypto";
import { sha256 } from "../../core/digest.ts";
import { configFolder, keyFiles, openKey } from "../../host/key.ts";
import { anchorLine } from "../../ledger/anchor.ts";
import { parseCheckpoint } from "../../ledger/checkpoint.ts";
import { eraseEntry, eraseText } from "../../ledger/erase.ts";
import type { Erasure } from "../../ledger/erase.ts";
import { prune } from "../../ledger/retention.ts";
import { loadPolicy } from "../../policy/load.ts";
import { flag, text } from "../command.ts";
import { actorOf, findSession, withLedger, wrongUse } from "./opened.ts";
import { policyRequest } from "../policy-request.ts";
import type { LedgerVerb } from "./opened.ts";
import { writeNote } from "./notes.ts";
import { wholeNumber } from "./show.ts";

/** `erase <session> <seq>` or, with the secret on standard input, `erase --matching`. */
export const erase: LedgerVerb = async (input, io) => {
  const reason = text(input, "reason");
  if (reason === undefined || reason.trim() === "")
    throw wrongUse("erasing takes a --reason, which stays in the ledger");
  const [wanted, seq] = input.positionals;
  const matching = flag(input, "matching");
  if (matching === (wanted !== undefined)) {
    throw wrongUse(
      "erase takes either a session and an entry's number, or --matching and the text on standard input",
    );
  }
  // On standard input, because arguments end up in the shell's history.
  const secret = matching ? (await io.input()).replace(/\r?\n$/, "") : "";
  return withLedger(input, io, (ledger) => {
    const by = { actor: actorOf(io), reason };
    const done: Erasure =
      wanted === undefined
        ? eraseText(ledger.store, secret, by)
        : eraseEntry(
            ledger.store,
            { session: findSession(ledger.store, wanted), seq: wholeNumber(seq ?? "", "the entry's number") },
            by,
          );
    ledger.checkpoint();
    const places = done.tombstones.flatMap(({ session, event }) =>
      event.type === "entry.erased" ? [{ session, seq: event.seq }] : [],
    );
    if (flag(input, "json")) {
      io.out(`${JSON.stringify({ schemaVersion: 1, erased: places, artifacts: done.artifacts })}\n`);
    } else {
      for (const place of places) io.out(`erased entry ${place.seq} of ${place.session}\n`);
      for (const digest of done.artifacts) io.out(`removed artifact ${digest}\n`);
      if (places.length + done.artifacts.length === 0) io.out("nothing in the ledger holds this text\n");
    }
    return places.length + done.artifacts.length === 0 ? 1 : 0;
  });
};

/** `prune`: artifacts older than the policy's retention, or than `--older-than <days>`. */
export const pruneArtifacts: LedgerVerb = (input, io) =>
  withLedger(input, io, async (ledger, path) => {
    const given = text(input, "older-than");
    const days =
      given === undefined
        ? (await loadPolicy(await policyRequest(io.host, dirname(dirname(path)), { committed: true }))).policy
            .retention.artifactDays
        : wholeNumber(given, "--older-than");
    const now = io.host.now();
    const pruned = prune(ledger, { days, now, session: "maintenance", actor: actorOf(io) });
    ledger.checkpoint();
    if (flag(input, "json")) io.out(`${JSON.stringify({ schemaVersion: 1, days, ...pruned })}\n`);
    else io.out(`removed ${pruned.count} artifacts (${pruned.bytes} bytes) older than ${days} days\n`);
    return 0;
  });

/** `anchor`: a line that proves, kept elsewhere, that nothing before it was rewritten. */
export const anchor: LedgerVerb = (input, io) =>
  withLedger(input, io, async (ledger) => {
    const last = ledger.store.lastCheckpoint();
    const checkpoint = ledger.checkpoint() ?? (last === undefined ? undefined : parseCheckpoint(last));
    if (checkpoint === undefined) {
      io.err("nothing to anchor: the ledger holds no entry\n");
      return 2;
    }
    const line = anchorLine(checkpoint);
    if (flag(input, "note")) await writeNote(io, line);
    const { root, sessions, at, number } = checkpoint;
    if (flag(input, "json")) {
      const noted = flag(input, "note") ? "refs/notes/surefoot" : undefined;
      io.out(
        `${JSON.stringify({ schemaVersion: 1, line, root, sessions, at, checkpoint: number, noted })}\n`,
      );
    } else io.out(`${line}\n`);
    return 0;
  });

/** `key`: the public half of the user's key, made on first use. */
export const key: LedgerVerb = (input, io) => {
  const folder = configFolder(io.host);
  const { publicKey } = openKey(folder);
  const fingerprint = sha256(createPublicKey(publicKey).export({ type: "spki", format: "der" }));
  const { open } = keyFiles(folder);
  if (flag(input, "json")) {
    io.out(`${JSON.stringify({ schemaVersion: 1, publicKey, fingerprint, file: open })}\n`);
  } else {
    io.err(`fingerprint ${fingerprint} (${open})\n`);
    io.out(publicKey);
  }
  return Promise.resolve(0);
};
