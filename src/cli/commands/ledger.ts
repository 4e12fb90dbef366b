import { flag } from "../command.ts";
import type { CliCommand, CliInput, Io } from "../command.ts";
import { exportEntries } from "../ledger/export.ts";
import { anchor, erase, key, pruneArtifacts } from "../ledger/keep.ts";
import { wrongUse } from "../ledger/opened.ts";
import type { LedgerVerb } from "../ledger/opened.ts";
import { replay } from "../ledger/replay.ts";
import { show } from "../ledger/show.ts";
import { verify } from "../ledger/verify.ts";

const verbs = new Map<string, LedgerVerb>([
  ["verify", verifyAndAnchor],
  ["show", show],
  ["export", exportEntries],
  ["replay", replay],
  ["erase", erase],
  ["prune", pruneArtifacts],
  ["anchor", anchor],
  ["key", key],
]);

/** Anchors only what holds. */
async function verifyAndAnchor(input: CliInput, io: Io): Promise<number> {
  if (!flag(input, "anchor")) return verify(input, io);
  const code = await verify(
    { ...input, values: { ...input.values, note: false, json: false } },
    { ...io, out: io.err },
  );
  return code === 0 ? anchor(input, io) : code;
}

export const command: CliCommand = {
  name: "ledger",
  summary: "Verify, read, export and keep the record of every run and every decision",
  group: "Trust",
  usage: [
    "ledger verify [--anchor] [--against <line>] [--note] [--public-key <file>]",
    "ledger verify --bundle <folder>",
    "ledger show [<session>] [--type <type>] [--after <seq>]",
    "ledger export [<session>] [--out <file> | --bundle <folder>]",
    "ledger replay <session> [--mode strict|hybrid|dry] [--policy <file>]",
    "ledger erase <session> <seq> --reason <why>",
    "ledger erase --matching --reason <why> < secret.txt",
    "ledger prune [--older-than <days>]",
    "ledger anchor [--note]",
    "ledger key",
  ],
  examples: [
    ["ledger verify", "names the first broken entry and exits 5; 0 when all holds"],
    ["ledger show run_1a2b --type action", "what was decided about each action"],
    ["ledger anchor --note", "prints the head and keeps it as a git note of HEAD"],
    ["ledger export run_1a2b --bundle evidence", "patch, checks, outputs and ledger slice as files"],
  ],
  options: {
    ledger: { type: "string", value: "<file>", group: "Place", says: "another ledger than the repository's" },
    "public-key": {
      type: "string",
      value: "<file>",
      group: "Verify",
      says: "the key that must have signed (default: your own, where you have one)",
    },
    against: {
      type: "string",
      value: "<line>",
      group: "Verify",
      says: "a line of `ledger anchor` that must still hold",
    },
    anchor: {
      type: "boolean",
      group: "Verify",
      says: "verify: when all holds, print the line to keep elsewhere (with --note also as a git note)",
    },
    note: {
      type: "boolean",
      group: "Verify",
      says: "verify: the anchors in git notes must hold; anchor: keep the line as a git note of HEAD",
    },
    bundle: {
      type: "string",
      value: "<folder>",
      group: "Evidence",
      says: "verify: check a bundle by itself; export: write one",
    },
    out: {
      type: "string",
      value: "<file>",
      group: "Evidence",
      says: "export to a file instead of standard output",
    },
    type: {
      type: "string",
      value: "<type>",
      multiple: true,
      group: "Filter",
      says: "only events of this type or family, as in run.finished or run",
    },
    after: { type: "string", value: "<seq>", group: "Filter", says: "only entries after this number" },
    mode: {
      type: "string",
      value: "<mode>",
      group: "Replay",
      says: "strict (decisions again), hybrid (gate runs again) or dry (guard under a policy)",
    },
    policy: {
      type: "string",
      value: "<file>",
      group: "Replay",
      says: "dry: judge under this surefoot.yaml instead of today's",
    },
    reason: { type: "string", value: "<why>", group: "Erase", says: "why; it stays in the ledger" },
    matching: {
      type: "boolean",
      group: "Erase",
      says: "every entry and artifact that holds the text on standard input",
    },
    "older-than": {
      type: "string",
      value: "<days>",
      group: "Prune",
      says: "instead of the policy's retention",
    },
    json: { type: "boolean", group: "Output", says: "one JSON document on standard output" },
    jsonl: { type: "boolean", group: "Output", says: "show: one JSON line each" },
  },
  seeAlso: ["surefoot run list", "surefoot explain ledger/broken", "surefoot doctor"],
  run(input, io) {
    const [name, ...positionals] = input.positionals;
    const verb = name === undefined ? undefined : verbs.get(name);
    if (verb === undefined) {
      const says = name === undefined ? "ledger takes a verb" : `ledger has no verb ${name}`;
      return Promise.reject(wrongUse(`${says}: ${[...verbs.keys()].join(", ")}`));
    }
    return verb({ ...input, positionals }, io);
  },
};
