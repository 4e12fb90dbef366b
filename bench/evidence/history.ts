import { execFileSync } from "node:child_process";
import { check as testSet } from "../../src/checks/change/test-set.ts";
import { parsePatch } from "../../src/core/diff.ts";
import { parseTaxonomy } from "../../src/core/taxonomy.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Project } from "./cases.ts";
import { splitPatch } from "./parts.ts";
import { fixOf } from "./repository.ts";

/** What the check of the tests in a diff says of whole fixes as people made them: source and tests together. */
export interface History {
  /** Fixes that change source and tests. */
  readonly fixes: number;
  readonly blocked: readonly {
    readonly commit: string;
    readonly codes: readonly string[];
    readonly says: string;
  }[];
}

const fixesAtMost = 100;
const filesAtMost = 8;

/** The newest fixes whose subject says fix or bug, with source and tests in at most eight files. */
export function measureHistory(project: Project, all: string): History {
  const commits = execFileSync("git", ["log", "--no-merges", "--format=%h %s", "HEAD"], {
    cwd: all,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  })
    .split("\n")
    .filter((line) => /^\w+ .*\b(?:fix|bug)/i.test(line))
    .map((line) => line.slice(0, line.indexOf(" ")));
  const taxonomy = parseTaxonomy(
    parse(readFileSync(join(import.meta.dirname, "../../taxonomies/run.yaml"), "utf8")),
    "taxonomies/run.yaml",
  );
  const blocked: { commit: string; codes: string[]; says: string }[] = [];
  let fixes = 0;
  for (const commit of commits) {
    if (fixes >= fixesAtMost) break;
    const patch = fixOf(all, commit);
    const files = parsePatch(patch);
    const { source, tests } = splitPatch(patch, project.places);
    if (source === "" || tests === "" || files.length > filesAtMost) continue;
    fixes += 1;
    const found = testSet
      .check({
        change: { base: "base", head: "head", files },
        scope: { allow: ["**"], deny: [] },
        claim: undefined,
      })
      .findings.filter(({ code }) => taxonomy.get(code)?.severity === "block");
    if (found.length > 0)
      blocked.push({
        commit,
        codes: [...new Set(found.map(({ code }) => code))],
        says: found.map(({ says }) => says).join("; "),
      });
  }
  return { fixes, blocked };
}
