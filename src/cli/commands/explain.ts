import { parse } from "yaml";
import { Fault } from "../../core/fault.ts";
import { allRules } from "../../guard/all-rules.ts";
import { closest } from "../../policy/closest.ts";
import { packageFile } from "../../policy/package-files.ts";
import { loadTaxonomies } from "../../policy/taxonomies.ts";
import { flag } from "../command.ts";
import type { CliCommand, Io } from "../command.ts";
import { explainCustom } from "../explain/custom-rule.ts";
import { explainCode, explainEntry } from "../explain/entry.ts";
import { explainField } from "../explain/field.ts";
import type { Explanation } from "../explain/explanation.ts";

export const command: CliCommand = {
  name: "explain",
  summary: "Explain any word that surefoot prints: code, rule, event, field, entry",
  group: "Trust",
  usage: ["explain <word>", "explain <run>#<number>"],
  examples: [
    ["explain same_check_failed_twice", "what a stop reason means and what to do"],
    ["explain git/force-push", "a guard rule with its examples"],
    ["explain budgets.iterations", "a field of surefoot.yaml, its default and where that comes from"],
  ],
  options: { json: { type: "boolean", group: "Output", says: "one JSON document on standard output" } },
  seeAlso: ["surefoot guard explain", "surefoot ledger show", "surefoot policy show --origin"],
  async run(input, io) {
    const [word] = input.positionals;
    if (word === undefined)
      throw new Fault("usage/invalid", "nothing to explain is named", {
        hint: "as in `surefoot explain gate_unrunnable`",
      });
    const found = (await explanations(io, word)).filter((one) => one !== undefined);
    if (found.length === 0)
      throw new Fault("explain/unknown", `surefoot prints no word \`${word}\``, {
        hint: await hintFor(io, word),
      });
    if (flag(input, "json")) io.out(`${JSON.stringify({ schemaVersion: 1, explanations: found })}\n`);
    else io.out(`${found.map(render).join("\n")}`);
    return 0;
  },
};

async function explanations(io: Io, word: string): Promise<readonly (Explanation | undefined)[]> {
  return [
    ...(await terms(io)).filter((term) => term.word === word),
    await finding(io, word),
    rule(word),
    await explainField(io, word),
    await explainCustom(io, word),
    await explainEntry(io, word),
    await explainCode(io, word),
  ];
}

function render({ word, kind, says, lines }: Explanation): string {
  return [`${word} — ${kind}`, `  ${says}`, ...lines.map((line) => `  ${line}`), ""].join("\n");
}

const kinds: Readonly<Record<string, string>> = {
  faults: "operator fault",
  stops: "stop reason of a run",
  verdicts: "verdict of a run",
  escalations: "why a person was called",
  exits: "exit code",
  tools: "error of a tool",
  events: "event in the ledger",
};

async function terms(io: Io): Promise<readonly Explanation[]> {
  const source: unknown = parse((await io.host.files.readText(packageFile("docs/terms.yaml"))) ?? "");
  if (typeof source !== "object" || source === null) return [];
  return Object.entries(source).flatMap(([section, words]: [string, unknown]) =>
    typeof words === "object" && words !== null
      ? Object.entries(words).map(([word, says]: [string, unknown]) => ({
          word,
          kind: kinds[section] ?? section,
          says: String(says),
          lines: [],
        }))
      : [],
  );
}

async function finding(io: Io, word: string): Promise<Explanation | undefined> {
  const entry = (await loadTaxonomies({ files: io.host.files })).get(word);
  return entry === undefined
    ? undefined
    : { word, kind: `finding, severity ${entry.severity}`, says: entry.description.trim(), lines: [] };
}

function rule(word: string): Explanation | undefined {
  const found = allRules.find((candidate) => candidate.id === word);
  if (found === undefined) return undefined;
  return {
    word,
    kind: `guard rule, ${found.verdict}${found.irreversible ? ", what it stops cannot be undone" : ""}`,
    says: found.says,
    lines: [
      ...(found.instead === undefined ? [] : [`instead: ${found.instead}`]),
      ...found.mustBlock.slice(0, 3).map((example) => `stops   ${shown(example)}`),
      ...found.mustAllow.slice(0, 3).map((example) => `allows  ${shown(example)}`),
    ],
  };
}

function shown(example: (typeof allRules)[number]["mustBlock"][number]): string {
  return typeof example === "string" ? example : JSON.stringify(example);
}

/** What the word was probably meant to be, and one of each kind that can be asked about. */
async function hintFor(io: Io, word: string): Promise<string> {
  const known = [
    ...(await terms(io)).map((term) => term.word),
    ...(await loadTaxonomies({ files: io.host.files })).keys(),
    ...allRules.map((one) => one.id),
  ];
  const near = closest(word, known);
  return near === undefined
    ? "as in gate_unrunnable, git/force-push, budgets.iterations or run_…#12"
    : `did you mean ${near}?`;
}
