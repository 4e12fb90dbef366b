import { Fault } from "../../core/fault.ts";
import type { Files } from "../../core/ports.ts";
import { detectProject } from "../../policy/detect.ts";
import type { Proposal } from "../../policy/detect.ts";
import { packageFile } from "../../policy/package-files.ts";
import { starterFiles, starterPolicy, starterState, starterTask } from "../../policy/starter.ts";
import { flag } from "../command.ts";
import type { CliCommand, CliInput, Io } from "../command.ts";
import { repositoryRoot } from "../repository.ts";

export const command: CliCommand = {
  name: "init",
  summary: "Write a first surefoot.yaml from what the repository shows: setup, gates, and why",
  group: "Set up",
  usage: ["init [--task] [--dry-run]", "init --undo"],
  examples: [
    ["init --dry-run", "print what would be written and why"],
    ["init --task", "surefoot.yaml and an example task, surefoot.task.md"],
    ["init --undo", "remove what init wrote, as long as nobody changed it"],
  ],
  options: {
    task: { type: "boolean", group: "What", says: "also write an example task, surefoot.task.md" },
    "dry-run": { type: "boolean", group: "What", says: "print, write nothing" },
    undo: { type: "boolean", group: "What", says: "remove exactly what init wrote, if it is unchanged" },
    json: { type: "boolean", group: "Output", says: "one JSON document on standard output" },
  },
  seeAlso: ["surefoot policy check", "surefoot policy show --origin", "surefoot doctor"],
  async run(input, io) {
    if (input.positionals.length > 0)
      throw new Fault("usage/invalid", `init takes no words: ${input.positionals.join(" ")}`, {
        hint: "go to the repository first; init writes at its root",
      });
    const root = await repositoryRoot(io.host, io.cwd);
    return flag(input, "undo") ? undo(input, io, root) : write(input, io, root);
  },
};

async function write(input: CliInput, io: Io, root: string): Promise<number> {
  const { files } = io.host;
  const wanted = flag(input, "task") ? starterFiles : starterFiles.slice(0, 1);
  const dry = flag(input, "dry-run");
  if (!dry) await refuseToOverwrite(files, root, wanted);
  const proposal = await detectProject(files, root);
  const schema = await schemaPlace(files, root);
  const texts = wanted.map((name) => ({
    name,
    text: name === "surefoot.yaml" ? starterPolicy(proposal, { schema }) : starterTask(),
  }));
  if (!dry) for (const { name, text } of texts) await files.write(`${root}/${name}`, text);
  if (flag(input, "json")) {
    const { stacks, setup, caches, full, fallback, notes } = proposal;
    io.out(
      `${JSON.stringify({ schemaVersion: 1, root, written: dry ? [] : wanted, files: texts, detected: { stacks, setup, caches, full, fallback }, notes, next: nextOf(proposal, dry) })}\n`,
    );
    return 0;
  }
  if (dry) for (const { name, text } of texts) io.out(`${texts.length > 1 ? `--- ${name}\n` : ""}${text}`);
  // With --dry-run the files are the data, and what is said about them is talk.
  const say = dry ? io.err : io.out;
  say(summary(proposal, root, wanted, dry));
  return 0;
}

async function refuseToOverwrite(files: Files, root: string, names: readonly string[]): Promise<void> {
  const present: string[] = [];
  for (const name of [...names, "surefoot.yml"])
    if ((await files.stat(`${root}/${name}`)) !== undefined) present.push(name);
  const [first] = present;
  if (first === undefined) return;
  throw new Fault(
    "file/exists",
    `${present.join(" and ")} ${present.length === 1 ? "is" : "are"} already there, and init overwrites nothing`,
    {
      where: { file: first },
      hint: "surefoot init --dry-run prints what it would write; surefoot policy check looks at what is there",
    },
  );
}

/** Where the editor finds the schema offline: inside the repository where surefoot is one of its packages. */
async function schemaPlace(files: Files, root: string): Promise<string> {
  const installed = "node_modules/surefoot/schema/surefoot.schema.json";
  if ((await files.stat(`${root}/${installed}`)) !== undefined) return `./${installed}`;
  return files.real(packageFile("schema/surefoot.schema.json"));
}

function summary(proposal: Proposal, root: string, names: readonly string[], dry: boolean): string {
  const { stacks, setup, caches, full, fallback, notes } = proposal;
  const rows: readonly (readonly [string, string, string])[] = [
    ...setup.map(({ value, why }) => ["setup", value, why] as const),
    ...caches.map(({ value, why }) => ["cache", value, why] as const),
    ...full.map(({ value, why, kind }) => [kind, value, why] as const),
    ...fallback
      .filter(({ kind }) => kind === "targeted")
      .map(({ value, why }) => ["targeted", value, why] as const),
  ];
  const width = Math.min(44, Math.max(0, ...rows.map(([, value]) => value.length)));
  return [
    ...(dry ? [""] : []),
    stacks.length === 0 ? "Recognised at the root: nothing" : `Recognised at the root: ${stacks.join(", ")}`,
    ...rows.map(([kind, value, why]) => `  ${kind.padEnd(8)}  ${value.padEnd(width)}  ${why}`),
    ...notes.map((note) => `  ! ${note}`),
    "",
    dry
      ? `Nothing was written. It would be ${names.join(" and ")} in ${root}.`
      : `Wrote ${names.join(" and ")} in ${root}. surefoot init --undo takes it back.`,
    "Nothing was run yet: the first run proves these commands in a fresh clone.",
    `Next: ${nextOf(proposal, dry)}`,
    "",
  ].join("\n");
}

function nextOf(proposal: Proposal, dry: boolean): string {
  if (dry) return "surefoot init";
  return proposal.full.length === 0
    ? "fill in gates.full in surefoot.yaml, then surefoot policy check"
    : "commit surefoot.yaml, then surefoot doctor";
}

async function undo(input: CliInput, io: Io, root: string): Promise<number> {
  const { files } = io.host;
  const removed: string[] = [];
  const kept: { readonly name: string; readonly why: string }[] = [];
  for (const name of starterFiles) {
    const text = await files.readText(`${root}/${name}`);
    if (text === undefined) continue;
    const state = starterState(text);
    if (state === "unchanged") {
      await files.remove(`${root}/${name}`);
      removed.push(name);
    } else
      kept.push({
        name,
        why: state === "changed" ? "it was changed after init wrote it" : "init did not write it",
      });
  }
  if (removed.length === 0 && kept.length === 0)
    throw new Fault(
      "usage/invalid",
      `there is nothing to undo in ${root}: neither ${starterFiles.join(" nor ")} is there`,
      {
        hint: "init writes these files at the root of a repository; go to the one that is meant",
      },
    );
  if (flag(input, "json")) io.out(`${JSON.stringify({ schemaVersion: 1, root, removed, kept })}\n`);
  else
    io.out(
      [
        ...removed.map((name) => `removed  ${name}`),
        ...kept.map(({ name, why }) => `kept     ${name}: ${why}; remove it yourself if it shall go`),
        "",
      ].join("\n"),
    );
  return kept.length > 0 ? 2 : 0;
}
