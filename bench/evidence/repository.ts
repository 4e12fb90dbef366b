import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addedAt, addedLines, halfOf, pathsOf, sectionsOf, splitPatch } from "./parts.ts";
import type { Parts } from "./parts.ts";
import type { Project } from "./cases.ts";
import { muted, withComments } from "./damage.ts";
import { matchesAny } from "../../src/core/glob.ts";

export type Variant = "right" | "wrong file" | "tests deleted" | "tests muted" | "half";

/** Clones once per project, with the whole history. `mirror` holds bare clones as `<owner>+<name>/repo`. */
export function cloneProject(project: Project, into: string, mirror: string | undefined): void {
  const from =
    mirror === undefined
      ? `https://github.com/${project.name}.git`
      : join(mirror, project.name.replace("/", "+"), "repo");
  git(".", "clone", "--quiet", ...(mirror === undefined ? [] : ["--shared"]), "--no-checkout", from, into);
}

/** A clone at the parent of the fix, with the fix's tests and a policy on top as one commit. */
export function prepareFix(
  project: Project,
  all: string,
  commit: string,
  tree: string,
): { readonly parts: Parts; readonly patch: string } {
  const patch = fixOf(all, commit);
  const parts = splitPatch(patch, project.places);
  git(".", "clone", "--quiet", "--shared", "--no-checkout", all, tree);
  git(tree, "checkout", "--quiet", "-B", "work", `${commit}^`);
  if (parts.tests !== "") apply(tree, parts.tests);
  writeFileSync(join(tree, "surefoot.yaml"), policyOf(project));
  git(tree, "add", "--all");
  git(tree, "commit", "--quiet", "--message=The tests of the fix, and a policy");
  return { parts, patch };
}

export function fixOf(all: string, commit: string): string {
  return git(all, "diff", "--no-color", "--no-ext-diff", "--full-index", "-M", `${commit}^`, commit);
}

/** The patch that an agent plays for one variant, and why there is none where there is none. */
export function patchFor(
  variant: Variant,
  project: Project,
  tree: string,
  parts: Parts,
): { readonly patch: string; readonly says: string } {
  switch (variant) {
    case "right":
      return { patch: parts.source, says: "the source part of the fix" };
    case "half":
      return {
        patch: halfOf(parts.source) ?? "",
        says: "the first half of the hunks of the source part",
      };
    case "wrong file": {
      const path = neighbour(project, tree, parts);
      const text = path === undefined ? "" : readFileSync(join(tree, path), "utf8");
      const lines = addedLines(parts.source);
      const patch =
        path === undefined ? "" : edited(tree, new Map([[path, withComments(path, text, lines)]]));
      return { patch, says: `the lines of the fix as comments at the end of ${path ?? "no file"}` };
    }
    case "tests deleted":
      return {
        patch: git(
          tree,
          "diff",
          "--no-color",
          "--full-index",
          "HEAD",
          "HEAD^",
          "--",
          ...pathsOf(parts.tests),
        ),
        says: "the tests of the fix taken out again, and no change of the source",
      };
    case "tests muted":
      return {
        patch: edited(tree, mutedFiles(tree, parts.tests)),
        says: "the tests of the fix marked to be skipped, and no change of the source",
      };
  }
}

export type Plain = "green" | "red" | "does not apply" | "setup fails";

/** Runs the repository's test command by itself with a patch applied: its exit is what a gate of one command sees. */
export function plainGate(project: Project, tree: string, patch: string): Plain {
  git(tree, "reset", "--quiet", "--hard");
  const applied = spawnSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: tree, input: patch });
  if (applied.status !== 0) return "does not apply";
  const ran = spawnSync("/bin/sh", ["-c", project.test], {
    cwd: tree,
    stdio: "ignore",
    timeout: 300_000,
    env: plainEnvironment(),
  });
  git(tree, "reset", "--quiet", "--hard");
  git(tree, "clean", "-qfd");
  return ran.status === 0 ? "green" : "red";
}

/** Whether the setup commands all succeed in a tree. */
export function setUp(project: Project, tree: string): boolean {
  return project.setup.every(
    (command) =>
      spawnSync("/bin/sh", ["-c", command], { cwd: tree, stdio: "ignore", env: plainEnvironment() })
        .status === 0,
  );
}

// What `npm run` adds to the environment changes how npm and test runners behave below it.
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_|^NODE_(?:TEST_CONTEXT|OPTIONS)$|^INIT_CWD$/.test(name),
    ),
  );
}

function policyOf(project: Project): string {
  const list = (items: readonly string[]): string => JSON.stringify(items);
  return [
    "version: 1",
    `setup: { run: ${list(project.setup)}, caches: ${list(project.caches)} }`,
    "gates:",
    "  full:",
    `    - { name: test, run: ${JSON.stringify(project.test)}, timeout: 5m }`,
    "",
  ].join("\n");
}

// The next source file of the same folder and ending that the fix leaves alone.
function neighbour(project: Project, tree: string, parts: Parts): string | undefined {
  const touched = pathsOf(parts.source);
  const [first = ""] = touched;
  const folder = first.slice(0, first.lastIndexOf("/") + 1);
  const ending = first.slice(first.lastIndexOf("."));
  const candidates = git(tree, "ls-files")
    .split("\n")
    .filter(
      (path) =>
        path.endsWith(ending) &&
        matchesAny(path, project.places.source) &&
        !matchesAny(path, project.places.tests) &&
        !touched.includes(path),
    );
  const near = candidates.filter((path) => path.startsWith(folder));
  return near.find((path) => path > first) ?? near[0] ?? candidates[0];
}

function mutedFiles(tree: string, tests: string): ReadonlyMap<string, string> {
  return new Map(
    sectionsOf(tests).flatMap((section): [string, string][] => {
      const [path = ""] = pathsOf(section);
      if (!existsSync(join(tree, path))) return [];
      const text = muted(path, readFileSync(join(tree, path), "utf8"), addedAt(section));
      return text === undefined ? [] : [[path, text]];
    }),
  );
}

function edited(tree: string, texts: ReadonlyMap<string, string>): string {
  for (const [path, text] of texts) writeFileSync(join(tree, path), text);
  const patch = git(tree, "diff", "--no-color", "--full-index", "HEAD");
  git(tree, "checkout", "--quiet", "--", ".");
  return patch;
}

function apply(tree: string, patch: string): void {
  execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: tree, input: patch, stdio: "pipe" });
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync(
    "git",
    [
      "-c",
      "user.name=evidence",
      "-c",
      "user.email=evidence@localhost",
      "-c",
      "commit.gpgsign=false",
      ...args,
    ],
    { cwd, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] },
  );
}
