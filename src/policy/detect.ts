import type { Files } from "../core/ports.ts";
import { detectGo, detectJava, detectRust } from "./stacks/compiled-languages.ts";
import { detectNode } from "./stacks/node.ts";
import { detectMake, detectPhp, detectRuby } from "./stacks/other-languages.ts";
import { detectPython } from "./stacks/python.ts";
import type { Found, FoundCheck, RootFiles, Stack } from "./stacks/stack.ts";

/** What surefoot.yaml could say about a repository, with the evidence for each line. */
export interface Proposal {
  /** Names of the languages seen, all of them. */
  readonly stacks: readonly string[];
  readonly setup: readonly Found[];
  readonly caches: readonly Found[];
  /** Tests, then types and lint, then the build: the order of the full gate. */
  readonly full: readonly FoundCheck[];
  /** What could still run when no test can; usable only with a targeted check in it. */
  readonly fallback: readonly FoundCheck[];
  readonly notes: readonly string[];
}

/** What the root folder of a repository proposes. Nothing is run and nothing below the root is looked at. */
export async function detectProject(files: Files, root: string): Promise<Proposal> {
  return detect(await gatherRoot(files, root));
}

/** Reads what `detect` needs from the root folder. */
export async function gatherRoot(files: Files, root: string): Promise<RootFiles> {
  const names = (await files.list(root)) ?? [];
  const texts = new Map<string, string>();
  for (const name of names) {
    if (!read.test(name)) continue;
    const stat = await files.stat(`${root}/${name}`);
    if (stat === undefined || stat.bytes > bytesAtMost) continue;
    const text = await files.readText(`${root}/${name}`);
    if (text !== undefined) texts.set(name, text);
  }
  return { names: new Set(names), texts };
}

/** Proposals from file names and declarations alone: nothing is run, so the first run is what proves them. */
export function detect(root: RootFiles): Proposal {
  // Where several languages share a root: Python, Node, Go first (AI-First Software Engineering, chapter 3).
  const stacks = [detectPython, detectNode, detectGo, detectRust, detectJava, detectRuby, detectPhp]
    .map((look) => look(root))
    .filter((stack) => stack !== undefined);
  const make = detectMake(root);
  const spoken = new Set(stacks.flatMap(({ checks }) => checks.map(({ kind }) => kind)));
  const fromMake = (make?.checks ?? []).filter(({ kind }) => !spoken.has(kind));
  const all: readonly Stack[] =
    make === undefined || fromMake.length === 0 ? stacks : [...stacks, { ...make, checks: fromMake }];
  const checks = all.flatMap((stack) => stack.checks);
  const full = order.flatMap((kind) => checks.filter((check) => check.kind === kind));
  const targeted = checks.filter(({ kind }) => kind === "targeted");
  return {
    stacks: all.map(({ name }) => name),
    setup: all.flatMap((stack) => stack.setup),
    caches: all.flatMap((stack) => stack.caches),
    full,
    fallback: [...full.filter(({ kind }) => kind !== "test"), ...targeted],
    notes: [
      ...all.flatMap((stack) => stack.notes),
      ...(all.length > 0 && !full.some(({ kind }) => kind === "test")
        ? ["no test command was found: without one a run can use the fallback gate at most"]
        : []),
      ...(all.length === 0
        ? [
            "no language was recognised at the root: write setup and gates by hand; only the root folder is looked at",
          ]
        : []),
    ],
  };
}

const order: readonly FoundCheck["kind"][] = ["test", "types", "lint", "build"];
const bytesAtMost = 1_048_576;
const read =
  /^(package\.json|pyproject\.toml|setup\.(py|cfg)|tox\.ini|Pipfile|[\w-]*requirements[\w-]*\.txt|go\.mod|Cargo\.toml|Gemfile|Rakefile|composer\.json|GNUmakefile|makefile|Makefile|\.gitignore)$/;
