import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Facts, History, PathFact } from "../../../src/core/action.ts";
import { sha256 } from "../../../src/core/digest.ts";
import type { FactNeeds, Git } from "../../../src/core/ports.ts";
import { gatherFacts } from "../../../src/host/facts.ts";
import type { FactPlaces } from "../../../src/host/facts.ts";
import { realHost } from "../../../src/host/real-host.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { tempRepo } from "../../support/temp-repo.ts";

const nothing: FactNeeds = { currentBranch: false, upstream: false, dirty: false, paths: [] };

interface Looked {
  readonly facts: Facts;
  /** The git commands that were started. */
  readonly asked: readonly string[];
}

async function look(places: FactPlaces, needs: Partial<FactNeeds>): Promise<Looked> {
  const host = realHost();
  const asked: string[] = [];
  const git: Git = {
    ...host.git,
    run: (args, options) => {
      asked.push(args.find((arg) => !arg.startsWith("-")) ?? "");
      return host.git.run(args, options);
    },
  };
  const facts = await gatherFacts({ ...host, git }, places)({ ...nothing, ...needs });
  return { facts, asked };
}

const clean: PathFact = { exists: true, tracked: true, ignored: false, modified: false };
const foreign: PathFact = { ...clean, tracked: false };

test("one status tells of every kind of path what the index, the exclusions and the last commit say", async (context) => {
  const repo = tempRepo(context, {
    files: {
      "src/clean.ts": "a\n",
      "src/changed.ts": "a\n",
      "src/staged.ts": "a\n",
      "gone.ts": "a\n",
      "dropped.ts": "a\n",
      "mixed/t.ts": "a\n",
      "build/kept.js": "a\n",
      ".gitignore": "*.log\nnode_modules/\nbuild\n",
    },
  });
  repo.git("add", "--force", "build/kept.js");
  repo.commitAll("second");
  repo.write({
    "src/changed.ts": "b\n",
    "src/staged.ts": "b\n",
    "src/new.ts": "n\n",
    "mixed/u.ts": "u\n",
    "new/a/b.ts": "n\n",
    "node_modules/x/y.js": "y\n",
    "note.log": "l\n",
    "build/out.js": "o\n",
    "*.ts": "a file that looks like a pattern\n",
  });
  repo.git("add", "src/staged.ts");
  repo.git("rm", "--quiet", "--cached", "dropped.ts");
  repo.git("rm", "--quiet", "gone.ts");
  mkdirSync(join(repo.root, "empty"));
  symlinkSync("src", join(repo.root, "link"));
  const wanted: Readonly<Record<string, PathFact>> = {
    "src/clean.ts": clean,
    "src/changed.ts": { ...clean, modified: true },
    "src/staged.ts": { ...clean, modified: true },
    "src/new.ts": foreign,
    src: { ...clean, modified: true },
    mixed: clean,
    "mixed/u.ts": foreign,
    new: foreign,
    "new/a": foreign,
    empty: foreign,
    node_modules: { ...foreign, ignored: true },
    "node_modules/x/y.js": { ...foreign, ignored: true },
    "node_modules/none.js": { ...foreign, exists: false, ignored: true },
    "note.log": { ...foreign, ignored: true },
    "none.log": { ...foreign, exists: false, ignored: true },
    "none.ts": { ...foreign, exists: false },
    build: clean,
    "build/kept.js": clean,
    "build/out.js": { ...foreign, ignored: true },
    "gone.ts": { ...foreign, exists: false, modified: true },
    "dropped.ts": { ...foreign, modified: true },
    "*.ts": foreign,
    link: { ...foreign, real: `${repo.root}/src` },
    "link/clean.ts": { ...foreign, real: `${repo.root}/src/clean.ts` },
  };
  const paths = Object.keys(wanted).map((name) => `${repo.root}/${name}`);
  const { facts, asked } = await look({ worktree: repo.root }, { paths });
  const found = Object.entries(facts.paths ?? {}).map(([path, fact]) => [
    path.slice(repo.root.length + 1),
    fact,
  ]);
  assert.deepEqual(Object.fromEntries(found), wanted);
  assert.deepEqual(asked, ["status", "check-ignore"]);
});

test("dirtiness and paths come from one process, and the branch from none", async (context) => {
  const repo = tempRepo(context, { files: { "a.ts": "a\n" } });
  repo.write({ "a.ts": "b\n" });
  const path = `${repo.root}/a.ts`;
  const places = { worktree: repo.root, unmadeIgnored: false };
  const { facts, asked } = await look(places, {
    currentBranch: true,
    dirty: true,
    paths: [path, `${path}.log`],
  });
  const { currentBranch, dirty, paths } = facts;
  assert.deepEqual(
    { currentBranch, dirty, a: paths?.[path], asked },
    { currentBranch: "main", dirty: true, a: { ...clean, modified: true }, asked: ["status"] },
  );
  assert.deepEqual((await look(places, { currentBranch: true })).asked, []);
  assert.deepEqual((await look(places, { upstream: true, aliases: ["x"] })).asked, ["config"]);
});

test("the branch of a linked worktree, a detached head and a branch with slashes are read from files", async (context) => {
  const repo = tempRepo(context, { files: { "a.ts": "a\n" } });
  const linked = join(tempFolder(context), "linked");
  repo.git("worktree", "add", "--quiet", "-b", "fix/a-b", linked);
  const branch = async (worktree: string): Promise<unknown> => {
    const { facts, asked } = await look({ worktree }, { currentBranch: true });
    return [facts.currentBranch, asked];
  };
  assert.deepEqual(await branch(linked), ["fix/a-b", []]);
  repo.git("switch", "--quiet", "--detach");
  assert.deepEqual(await branch(repo.root), ["HEAD", []]);
  writeFileSync(join(repo.root, ".git/HEAD"), "ref: refs/heads/.invalid\n");
  assert.deepEqual((await look({ worktree: repo.root }, { currentBranch: true })).asked, [
    "symbolic-ref",
    "rev-parse",
  ]);
});

test("a folder of more files than are looked through is left to git", async (context) => {
  const repo = tempRepo(context, { files: { "src/z/kept.ts": "a\n" } });
  repo.write(Object.fromEntries(Array.from({ length: 2100 }, (_, index) => [`src/${index}.ts`, "n\n"])));
  const { facts, asked } = await look({ worktree: repo.root }, { paths: [`${repo.root}/src`] });
  assert.deepEqual([facts.paths, asked], [{ [`${repo.root}/src`]: clean }, ["status", "ls-files"]]);
});

test("the text of a script is read, of a package.json only what runs, and what is no text is said to be none", async (context) => {
  const folder = tempFolder(context);
  const write = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  mkdirSync(join(folder, "scripts"));
  symlinkSync("/dev/zero", join(folder, "zero"));
  symlinkSync("run.sh", join(folder, "linked.sh"));
  mkdirSync(join(folder, "broken"));
  const script = write("run.sh", "make\n");
  const manifest = write(
    "package.json",
    JSON.stringify({ name: "shop", version: "1.0.0", scripts: { test: "node --test" } }),
  );
  const paths: Readonly<Record<string, unknown>> = {
    [script]: { kind: "text", text: "make\n" },
    [join(folder, "linked.sh")]: { kind: "text", text: "make\n" },
    [manifest]: { kind: "text", text: '{"name":"shop","scripts":{"test":"node --test"}}' },
    [write("broken/package.json", "{")]: { kind: "unreadable", says: "it is not JSON" },
    [write("tool", Uint8Array.of(127, 69, 0, 1))]: { kind: "unreadable", says: "it is not a text file" },
    [write("latin.sh", Uint8Array.of(101, 0xe9, 10))]: { kind: "unreadable", says: "it is not a text file" },
    [write("long.sh", "x".repeat(65537))]: { kind: "unreadable", says: "it is larger than 65536 bytes" },
    [join(folder, "zero")]: { kind: "unreadable", says: "it is no regular file" },
    [join(folder, "scripts")]: { kind: "unreadable", says: "it is a folder" },
    [join(folder, "none.sh")]: { kind: "absent" },
  };
  const { facts, asked } = await look({ worktree: folder }, { texts: Object.keys(paths) });
  assert.deepEqual([facts.texts, asked], [paths, []]);
});

test("a digest is of a file's content or of the names in a folder, and absent where there is neither", async (context) => {
  const folder = tempFolder(context);
  mkdirSync(join(folder, "lib/in"), { recursive: true });
  writeFileSync(join(folder, "lib/b"), "content");
  const path = (name: string): string => join(folder, name);
  const { facts } = await look(
    { worktree: folder },
    { digests: [path("lib"), path("lib/b"), path("none"), "/dev/null"] },
  );
  assert.deepEqual(facts.digests, {
    [path("lib")]: sha256('["b","in/"]'),
    [path("lib/b")]: sha256("content"),
  });
});

test("what the session did is asked of the session, where there is one", async () => {
  const seen: History = { seen: { "/a": "1" }, changed: ["/none"] };
  const history = (paths: readonly string[]): Promise<History> =>
    Promise.resolve({ ...seen, changed: [...paths] });
  const ask = async (places: Partial<FactPlaces>, needs: Partial<FactNeeds>): Promise<unknown> =>
    (await look({ worktree: "/nowhere", ...places }, needs)).facts.history;
  assert.deepEqual(
    [
      await ask({ history }, { history: true, digests: ["/none"] }),
      await ask({ history }, {}),
      await ask({}, { history: true }),
    ],
    [seen, undefined, undefined],
  );
});
