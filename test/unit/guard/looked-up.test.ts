import assert from "node:assert/strict";
import { test } from "node:test";
import type { Facts, FileText } from "../../../src/core/action.ts";
import type { FactNeeds } from "../../../src/core/ports.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";
import { learn } from "../../../src/guard/learn.ts";

type Files = Readonly<Record<string, string>>;

const root = "/work/repo";

/** The rules that fire once the files that are asked for are known. */
async function rules(command: string, files: Files): Promise<readonly string[]> {
  const action = { kind: "exec", command, cwd: root } as const;
  const gather = async (needs: FactNeeds): Promise<Facts> => {
    const texts = (needs.texts ?? []).map((path): [string, FileText] => {
      const text = files[path.replace(`${root}/`, "")];
      return [path, text === undefined ? { kind: "absent" } : { kind: "text", text }];
    });
    return { ...exampleFacts, texts: Object.fromEntries(texts) };
  };
  const facts = await learn(action, { worktree: root, home: "/home/dev", tempDirs: ["/tmp"] }, gather);
  return judge(action, facts, examplePolicy).reasons.map((reason) => reason.rule);
}

async function each(commands: readonly string[], files: Files, expected: readonly string[]): Promise<void> {
  for (const command of commands)
    assert.deepEqual([command, await rules(command, files)], [command, expected]);
}

const force = ["git/force-push"];
const wipe = ["fs/recursive-delete", "scope/outside"];

test("make knows the home folder, the environment and what the Makefile includes", async () => {
  const files: Files = {
    Makefile: [
      "-include other.mk",
      "DIR ?= build",
      "OWN = build",
      "all: ; true",
      "wipe: ; rm -rf $(DIR)",
      "own: ; rm -rf $(OWN)",
      "nuke: ; rm -rf $(HOME)/work",
    ].join("\n"),
    "other.mk": "x:\n\tgit push --force\n",
  };
  await each(
    [
      "make nuke",
      "make -C . nuke",
      "gmake nuke",
      "make -j4 -k all nuke",
      "DIR=$HOME make wipe",
      "OWN=$HOME make -e own",
    ],
    files,
    wipe,
  );
  await each(["make", "make wipe", "make own", "OWN=$HOME make own"], files, []);
  await each(["make x"], files, force);
  const made = "printf 'include evil.mk\\n' > Makefile; printf 'all:\\n\\trm -rf ~\\n' > evil.mk; make";
  await each([made], {}, wipe);
});

test("scripts of a package are read whichever program runs them", async () => {
  const files: Files = {
    "package.json": JSON.stringify({ scripts: { nuke: "rm -rf ~", build: "tsc", "build:a": "ls" } }),
  };
  await each(
    [
      "node --run nuke",
      "node --run=nuke",
      "npx npm-run-all build nuke",
      "npx run-s nuke",
      "npx -y run-p 'nu*'",
      'npx concurrently "npm:nuke"',
      "npx concurrently 'npm run nuke' 'npm run build'",
      "deno task nuke",
    ],
    files,
    wipe,
  );
  await each(["node --run build", "npx run-s 'build:*'", "deno task build"], files, []);
});

test("programs are read when they are loaded as a module, before another one, or on standard input", async () => {
  const files: Files = {
    "scripts/evil.py": "import shutil\nfrom pathlib import Path\nshutil.rmtree(Path.home())\n",
    "scripts/evil.js": 'require("child_process").execSync("rm -rf ~");\n',
    "src/a.js": "",
  };
  await each(
    [
      "python3 -m scripts.evil",
      "python3 < scripts/evil.py",
      "cat scripts/evil.py | python3",
      "node ./scripts/evil",
      "node -r ./scripts/evil.js -e 0",
      "node --require=./scripts/evil.js src/a.js",
      "node --import ./scripts/evil.js src/a.js",
    ],
    files,
    wipe,
  );
  await each(
    ["python3 -m pytest", "python3 -m http.client", "node src/a", "node -r dotenv/config src/a.js"],
    files,
    [],
  );
});

test("files of statements are read where a client is given them", async () => {
  const files: Files = { "drop.sql": "drop table x;\n", "ok.sql": "select 1;\n" };
  await each(
    [
      "psql -f drop.sql",
      "psql < drop.sql",
      "cat drop.sql | psql",
      "mysql app < drop.sql",
      "sqlite3 app.db < drop.sql",
      "docker exec -i db psql -U u < drop.sql",
      "npx prisma db execute --file drop.sql",
      "echo 'drop table users;' > d.sql && cat d.sql | psql",
    ],
    files,
    ["db/drop"],
  );
  await each(["psql -f ok.sql", "psql < ok.sql", "psql -f gone.sql"], files, []);
});

test("git's own programs are git's commands", async () => {
  await each(["git-push --force origin main:x", "/usr/lib/git-core/git-push -f origin x"], {}, force);
  await each(["/usr/lib/git-core/git-reset --hard"], {}, ["git/reset-hard"]);
  await each(["git-status", "/usr/lib/git-core/git-log -1", "git-town sync"], {}, []);
});

test("what a file holds is known to the shell that reads it whole", async () => {
  await each(
    ["echo 'rm -rf ~' > /tmp/k; eval \"$(</tmp/k)\"", "echo 'rm -rf /etc' > k; x=$(<k); eval \"$x\""],
    {},
    wipe,
  );
});

test("what awk gives to a shell is read", async () => {
  await each(
    [
      'awk \'BEGIN{print "rm -rf ~" | "sh"}\'',
      "awk -v c='rm -rf ~' 'BEGIN{system(c)}'",
      'awk \'BEGIN { print("rm -rf ~") | "/bin/sh" }\'',
    ],
    {},
    wipe,
  );
});

test("a file of the repository is read where a variable, a copy or code loads it", async () => {
  const files: Files = {
    "evil.sh": "rm -rf ~\n",
    "evil.py": "import os\nos.system('rm -rf ~')\n",
    "evil.cjs": 'require("child_process").execSync("rm -rf ~");\n',
    "setup.cjs": "",
  };
  await each(
    [
      "cp evil.sh /tmp/z.sh && /tmp/z.sh",
      "NODE_OPTIONS='--require ./evil.cjs' npm test",
      "PYTHONSTARTUP=evil.py python3 -i",
      "python3 -c 'exec(open(\"evil.py\").read())'",
      "python3 -c 'import runpy; runpy.run_path(\"evil.py\")'",
    ],
    files,
    wipe,
  );
  await each(
    [
      "cp evil.sh /tmp/z.sh",
      "NODE_OPTIONS='--require ./setup.cjs' npm test",
      "NODE_OPTIONS='--import tsx' node a.ts",
    ],
    files,
    [],
  );
});
