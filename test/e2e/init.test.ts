import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { cli, repository } from "./init-support.ts";

const made: string[] = [];
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const node = {
  "package.json": JSON.stringify({ scripts: { test: "node --test" }, devDependencies: { a: "1" } }),
  "package-lock.json": "{}",
  ".gitignore": "node_modules/\n",
};

function repo(files: Readonly<Record<string, string>> = node): string {
  const root = repository(files);
  made.push(root);
  return root;
}

function names(root: string): readonly string[] {
  return readdirSync(root).filter((name) => name !== ".git");
}

test("init writes a valid policy at the root, from any folder below, and says what it saw", () => {
  const root = repo();
  mkdirSync(join(root, "src"));
  const { status, stdout } = cli(join(root, "src"), "init");
  assert.equal(status, 0);
  assert.equal(
    stdout,
    [
      "Recognised at the root: Node",
      "  setup     npm ci    package-lock.json",
      "  cache     ~/.npm    where npm keeps downloads",
      "  test      npm test  package.json script test: node --test",
      "",
      `Wrote surefoot.yaml in ${root}. surefoot init --undo takes it back.`,
      "Nothing was run yet: the first run proves these commands in a fresh clone.",
      "Next: commit surefoot.yaml, then surefoot doctor",
      "",
    ].join("\n"),
  );
  assert.equal(cli(root, "policy", "check").status, 0);
});

test("the modeline names a schema that is there", () => {
  const root = repo();
  cli(root, "init");
  const [, path] = /\$schema=(\S+)/.exec(readFileSync(join(root, "surefoot.yaml"), "utf8")) ?? [];
  assert.equal(JSON.parse(readFileSync(path ?? "", "utf8")).title, "surefoot policy");
  const installed = repo({ ...node, "node_modules/surefoot/schema/surefoot.schema.json": "{}" });
  cli(installed, "init");
  assert.match(
    readFileSync(join(installed, "surefoot.yaml"), "utf8"),
    /^# yaml-language-server: \$schema=\.\/node_modules\/surefoot\/schema\/surefoot\.schema\.json\n/,
  );
});

test("init overwrites nothing and writes nothing where one of its files is there", () => {
  const root = repo({ ...node, "surefoot.yaml": "version: 1\n" });
  const { status, stderr } = cli(root, "init", "--task");
  assert.equal(status, 2);
  assert.match(stderr, /surefoot\.yaml is already there, and init overwrites nothing/);
  assert.equal(readFileSync(join(root, "surefoot.yaml"), "utf8"), "version: 1\n");
  assert.ok(!names(root).includes("surefoot.task.md"));
});

test("a dry run prints the file and writes nothing", () => {
  const root = repo();
  const before = names(root);
  const { status, stdout, stderr } = cli(root, "init", "--dry-run");
  assert.equal(status, 0);
  assert.match(stdout, /^# yaml-language-server/);
  assert.match(stderr, /Nothing was written/);
  assert.deepEqual(names(root), before);
});

test("undo removes exactly what init wrote", () => {
  const root = repo();
  const before = names(root);
  cli(root, "init", "--task");
  assert.deepEqual(names(root), [...before, "surefoot.task.md", "surefoot.yaml"].toSorted());
  const { status, stdout } = cli(root, "init", "--undo");
  assert.deepEqual([status, stdout], [0, "removed  surefoot.yaml\nremoved  surefoot.task.md\n"]);
  assert.deepEqual(names(root), before);
});

test("undo keeps what was changed or was never init's, and says so", () => {
  const root = repo();
  cli(root, "init");
  const path = join(root, "surefoot.yaml");
  writeFileSync(path, `${readFileSync(path, "utf8")}jail: off\n`);
  writeFileSync(join(root, "surefoot.task.md"), "mine\n");
  const { status, stdout } = cli(root, "init", "--undo");
  assert.equal(status, 2);
  assert.match(stdout, /kept {5}surefoot\.yaml: it was changed after init wrote it/);
  assert.match(stdout, /kept {5}surefoot\.task\.md: init did not write it/);
  assert.ok(names(root).includes("surefoot.yaml"));
});

test("where nothing is recognised, init says it and leaves the gate to a person", () => {
  const root = repo({ "main.zig": "" });
  const { status, stdout } = cli(root, "init");
  assert.equal(status, 0);
  assert.match(stdout, /Recognised at the root: nothing/);
  assert.match(stdout, /Next: fill in gates\.full in surefoot\.yaml/);
  assert.match(cli(root, "policy", "check").stdout, /gates\.full is empty/);
});

test("--json is one document", () => {
  const { stdout } = cli(repo(), "init", "--dry-run", "--json");
  const { schemaVersion, written, detected } = JSON.parse(stdout);
  assert.deepEqual([schemaVersion, written, detected.stacks], [1, [], ["Node"]]);
});
