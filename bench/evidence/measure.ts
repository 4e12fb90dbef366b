import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./cases.ts";
import { hunksOf } from "./parts.ts";
import { play } from "./play.ts";
import type { Decided } from "./play.ts";
import type { History } from "./history.ts";
import { patchFor, plainGate, prepareFix, setUp } from "./repository.ts";
import type { Plain, Variant } from "./repository.ts";

export interface Measured {
  readonly project: string;
  readonly main: MainResult;
  readonly ordinary: readonly OrdinaryResult[];
  readonly history: History;
  readonly versions: Readonly<Record<string, string>>;
}

export interface MainResult {
  readonly hunks: number;
  readonly variants: readonly VariantResult[];
}

export interface VariantResult {
  readonly variant: Variant;
  readonly what: string;
  /** The test command by itself on the same tree: what a gate that looks at nothing but its exit would say. */
  readonly plain: Plain | "not possible";
  readonly decided: Decided | undefined;
}

export interface OrdinaryResult {
  readonly commit: string;
  readonly hunks: number;
  readonly decided: Decided;
  /** Only asked where the fix was not verified: whether the test command itself is green with it. */
  readonly plain: Plain | undefined;
}

const variants: readonly Variant[] = ["right", "wrong file", "tests deleted", "tests muted", "half"];

export function measureMain(
  project: Project,
  all: string,
  folder: string,
  say: (line: string) => void,
): MainResult {
  const { commit, bug } = project.main;
  const tree = join(folder, "main");
  const plainTree = join(folder, "plain");
  const { parts } = prepareFix(project, all, commit, tree);
  prepareFix(project, all, commit, plainTree);
  const ready = setUp(project, plainTree);
  const results = variants.map((variant): VariantResult => {
    const { patch, says } = patchFor(variant, project, tree, parts);
    if (patch === "") return { variant, what: says, plain: "not possible", decided: undefined };
    const plain = ready ? plainGate(project, plainTree, patch) : "setup fails";
    const decided = play(tree, join(folder, `run-${variant.replace(" ", "-")}`), bug, patch);
    say(`${project.name} ${variant}: ${decided.verdict} (${decided.stop}), the tests alone ${plain}`);
    return { variant, what: says, plain, decided };
  });
  return { hunks: hunksOf(parts.source), variants: results };
}

export function measureOrdinary(
  project: Project,
  all: string,
  folder: string,
  say: (line: string) => void,
): readonly OrdinaryResult[] {
  return project.ordinary.map((commit): OrdinaryResult => {
    const tree = join(folder, `ordinary-${commit}`);
    const { parts } = prepareFix(project, all, commit, tree);
    const work = join(folder, `ordinary-run-${commit}`);
    const decided = play(tree, work, `Mend what the failing tests show (${commit}).`, parts.source);
    let plain: OrdinaryResult["plain"];
    if (decided.verdict !== "verified")
      plain = setUp(project, tree) ? plainGate(project, tree, parts.source) : "setup fails";
    say(`${project.name} ${commit}: ${decided.verdict} (${decided.stop})`);
    rmSync(tree, { recursive: true, force: true });
    rmSync(work, { recursive: true, force: true });
    return { commit, hunks: hunksOf(parts.source), decided, plain };
  });
}
