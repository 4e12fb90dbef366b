import assert from "node:assert/strict";
import { test } from "node:test";
import type { Facts, FileText } from "../../../src/core/action.ts";
import type { FactNeeds } from "../../../src/core/ports.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";
import { learn } from "../../../src/guard/learn.ts";

type Files = Readonly<Record<string, string>>;

const root = "/work/repo";
const absent: FileText = { kind: "absent" };

/** What is asked for in each round, and the rules that fire once everything is known. */
async function look(
  command: string,
  files: Files,
): Promise<{ asked: readonly (readonly string[])[]; rules: readonly string[] }> {
  const asked: (readonly string[])[] = [];
  const action = { kind: "exec", command, cwd: root } as const;
  const gather = async (needs: FactNeeds): Promise<Facts> => {
    if (needs.texts !== undefined) asked.push(needs.texts.map((path) => path.replace(`${root}/`, "")));
    const texts = (needs.texts ?? []).map((path): [string, FileText] => {
      const text = files[path.replace(`${root}/`, "")];
      return [path, text === undefined ? absent : { kind: "text", text }];
    });
    return { ...exampleFacts, texts: Object.fromEntries(texts) };
  };
  const facts = await learn(action, { worktree: root, home: "/home/dev", tempDirs: ["/tmp"] }, gather);
  return { asked, rules: judge(action, facts, examplePolicy).reasons.map((reason) => reason.rule) };
}

const rules = async (command: string, files: Files): Promise<readonly string[]> =>
  (await look(command, files)).rules;

const scripts = (entries: Readonly<Record<string, string>>): string => JSON.stringify({ scripts: entries });

const force = ["git/force-push"];
const wipe = ["fs/recursive-delete", "scope/outside"];

test("a command that runs no file of the repository asks for no text", async () => {
  const commands = [
    "ls -la",
    "git status",
    "npm install",
    "npm ci && npx tsc --noEmit",
    "node dist/cli.js",
    "./node_modules/.bin/tsc",
    "/usr/bin/env python3 -m pytest",
    "cargo test",
    "docker compose up -d",
    "source .venv/bin/activate",
    "source .env",
    "bash -c 'ls'",
    "python3 -c 'print(1)'",
    "yarn install --immutable",
    "pnpm -r --filter web build",
    "make --version",
  ];
  const asked = await Promise.all(commands.map(async (command) => (await look(command, {})).asked));
  assert.deepEqual(
    asked,
    commands.map(() => []),
  );
});

test("a package script is looked up, with what runs before and after it", async () => {
  const files = { "package.json": scripts({ ship: "git push --force", preclean: "rm -rf ~", clean: "ls" }) };
  assert.deepEqual(await look("npm run ship", files), { asked: [["package.json"]], rules: force });
  assert.deepEqual(await rules("pnpm ship", files), force);
  assert.deepEqual(await rules("yarn ship", files), force);
  assert.deepEqual(await rules("bun run ship", files), force);
  assert.deepEqual(await rules("npm run -s ship", files), force);
  assert.deepEqual(await rules("npm run clean", files), wipe);
  assert.deepEqual(await rules("npm run other", files), []);
  assert.deepEqual(await rules("npm test", { "package.json": scripts({ test: "rm -rf ~" }) }), wipe);
  assert.deepEqual(
    await rules("npm run x -- --force", { "package.json": scripts({ x: "git push" }) }),
    force,
  );
});

test("a package.json further up is found from a folder below", async () => {
  const files = { "package.json": scripts({ ship: "git push --force" }) };
  assert.deepEqual(await look("cd src && npm run ship", files), {
    asked: [["src/package.json"], ["package.json"]],
    rules: force,
  });
});

test("a script that runs another one is followed", async () => {
  const files = {
    "package.json": scripts({ ship: "make ship" }),
    Makefile: "ship: build\n\t@./scripts/ship.sh\n\nbuild:\n\tnpm ci\n",
    "scripts/ship.sh": "#!/usr/bin/env bash\nset -e\ngit push --force\n",
  };
  assert.deepEqual(await look("npm run ship", files), {
    asked: [["package.json"], ["Makefile"], ["scripts/ship.sh"]],
    rules: force,
  });
});

test("scripts that call each other end", async () => {
  const files = {
    "package.json": scripts({ a: "npm run b", b: "npm run a && git push --force" }),
    "a.sh": "bash b.sh",
    "b.sh": "bash a.sh; git push --force",
    "composer.json": scripts({ a: "@b", b: "@a" }),
    justfile: "a: b\n  just b\nb: a\n  just a\n",
  };
  assert.deepEqual(await rules("npm run a", files), force);
  assert.deepEqual(await rules("bash a.sh", files), force);
  assert.deepEqual(await rules("composer run a", files), []);
  assert.deepEqual(await rules("just a", files), []);
});

test("a Makefile's goals, needs and variables are read", async () => {
  const files = {
    Makefile: [
      "DIR ?= $(HOME)",
      "TOP := /home/dev",
      "FLAGS = -rf",
      "all: test",
      ".PHONY: all test wipe deep",
      "test:",
      "\tnpm test",
      "wipe: ; rm $(FLAGS) $(TOP)",
      "deep: wipe",
      "\techo done",
      "clean:",
      "\t-rm -rf $(BUILD) dist *.o",
      "\t@$(RM) a.out",
      "%.txt:",
      "\tgit push --force",
      "install:",
      "\tinstall -m755 tool $(PREFIX)/bin/tool",
    ].join("\n"),
  };
  assert.deepEqual(await rules("make", files), []);
  assert.deepEqual(await rules("make wipe", files), wipe);
  assert.deepEqual(await rules("make -j4 deep", files), wipe);
  assert.deepEqual(await rules("make wipe TOP=build", files), []);
  assert.deepEqual(await rules("make -n wipe", files), []);
  assert.deepEqual(await rules("make clean", files), []);
  assert.deepEqual(await rules("make a.txt", files), force);
  assert.deepEqual(await rules("make install PREFIX=/usr/local", files), ["packages/global-install"]);
  assert.deepEqual(await rules("make -C sub go", { "sub/Makefile": "go:\n\tcd .. && rm -rf .git\n" }), [
    "fs/recursive-delete",
    "fs/git-folder",
  ]);
  assert.deepEqual(await rules("make -f ci.mk go", { "ci.mk": "go:\n\tgit push --force\n" }), force);
  assert.deepEqual(await rules("make --eval='go: ; git push --force' go", {}), force);
  assert.deepEqual(await rules("printf 'go:\\n\\tgit push --force\\n' > Makefile; make go", {}), force);
});

test("shell scripts are read however they are started, with their parameters", async () => {
  const files = { "x.sh": '#!/bin/sh\ngit push "$1" origin x\n', "y.sh": "cd /\nrm -rf $1\n" };
  assert.deepEqual(await rules("bash x.sh --force", files), force);
  assert.deepEqual(await rules("sh -x x.sh --force", files), force);
  assert.deepEqual(await rules("./x.sh --force", files), force);
  assert.deepEqual(await rules(". ./x.sh --force", files), force);
  assert.deepEqual(await rules("source y.sh", files), []);
  assert.deepEqual(await rules("timeout 60 bash y.sh etc", files), wipe);
  assert.deepEqual(await rules("bash x.sh", files), []);
});

test("what a sourced script sets is known afterwards", async () => {
  assert.deepEqual(await rules('. ./env.sh && rm -rf "$TARGET"', { "env.sh": "TARGET=~\n" }), wipe);
  assert.deepEqual(await rules('. ./env.sh && rm -rf "$TARGET"', { "env.sh": "TARGET=build\n" }), []);
});

test("programs of the repository in other languages are read", async () => {
  const py = "import shutil\nfrom pathlib import Path\nshutil.rmtree(Path.home())\n";
  const js = 'const { execSync } = require("child_process");\nexecSync("git push --force");\n';
  assert.deepEqual(await rules("python3 tools/x.py", { "tools/x.py": py }), wipe);
  assert.deepEqual(await rules("./x.py", { "x.py": `#!/usr/bin/env python3\n${py}` }), wipe);
  assert.deepEqual(await rules("node tools/x.js", { "tools/x.js": js }), force);
  assert.deepEqual(await rules("npx tsx tools/x.ts", { "tools/x.ts": js }), force);
});

test("recipes of just, task and composer are read", async () => {
  const just =
    "dir := \"/home/dev\"\n\ndefault: build\n\nbuild:\n  npm ci\n\nwipe what='x': build\n  rm -rf {{dir}}\n";
  const task =
    "version: '3'\ntasks:\n  build:\n    cmds:\n      - npm ci\n  ship:\n    deps: [build]\n    cmds:\n      - git push --force\n";
  const composer = JSON.stringify({ scripts: { ship: ["@build", "git push --force"], build: "ls" } });
  assert.deepEqual(await rules("just wipe", { justfile: just }), wipe);
  assert.deepEqual(await rules("just", { justfile: just }), []);
  assert.deepEqual(await rules("task ship", { "Taskfile.yml": task }), force);
  assert.deepEqual(await rules("task build", { "Taskfile.yml": task }), []);
  assert.deepEqual(await rules("composer run ship", { "composer.json": composer }), force);
});

test("what cannot be known in a script of the repository is not held against it", async () => {
  const configure = [
    "#!/bin/sh",
    '. "$srcdir/config.sub"',
    'eval "$ac_try"',
    "$CC -o conftest $CFLAGS conftest.c",
    'rm -rf "$tmp" conf$$*',
    'cd "$dir" && git add -A',
    'git push "$remote" "$branch"',
    'echo x > "$out"',
    'bash -c "$cmd"',
    "for f in $list; do rm -f $f; done",
  ].join("\n");
  assert.deepEqual(await rules("./configure --prefix=/usr", { configure }), []);
  assert.deepEqual(await rules("./broken", { broken: "if then fi ) rm -rf /" }), []);
  assert.deepEqual(await rules("./big", { big: "x=1; test $x && echo $x\n".repeat(8000) }), []);
  assert.deepEqual(await rules("npm run x", { "package.json": "{ not json" }), []);
  assert.deepEqual(await rules("bash gone.sh", {}), []);
});
