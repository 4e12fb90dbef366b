import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { nameOf } from "../../../src/policy/check-name.ts";
import { detect, gatherRoot } from "../../../src/policy/detect.ts";
import { examinePolicy } from "../../../src/policy/load.ts";
import { starterPolicy, starterState, starterTask } from "../../../src/policy/starter.ts";
import { parseTask } from "../../../src/policy/task.ts";
import { filesWith } from "./support.ts";

interface Seen {
  readonly setup: readonly string[];
  readonly caches: readonly string[];
  readonly full: readonly string[];
  readonly notes: readonly string[];
}

const values = (found: readonly { readonly value: string }[]): readonly string[] =>
  found.map(({ value }) => value);

async function seen(texts: Readonly<Record<string, string>>): Promise<Seen> {
  const { setup, caches, full, notes } = detect(
    await gatherRoot(filesWith({ ".gitignore": "node_modules\n.venv/\n", ...texts }), "/repo"),
  );
  return { setup: values(setup), caches: values(caches), full: values(full), notes };
}

const manifest = (
  scripts: Readonly<Record<string, string>>,
  more: object = { devDependencies: { a: "1" } },
): string => JSON.stringify({ scripts, ...more });

test("npm: the lock file gives the install, the scripts give the gate in order", async () => {
  const texts = {
    "package.json": manifest({
      build: "tsc",
      lint: "eslint .",
      test: "node --test",
      typecheck: "tsc --noEmit",
      start: "x",
    }),
    "package-lock.json": "{}",
  };
  assert.deepEqual(await seen(texts), {
    setup: ["npm ci"],
    caches: ["~/.npm"],
    full: ["npm test", "npm run typecheck", "npm run lint", "npm run build"],
    notes: [],
  });
});

const setup = async (lock: string, more: object = {}): Promise<readonly string[]> =>
  (
    await seen({
      "package.json": manifest({ test: "x" }, { dependencies: { a: "1" }, ...more }),
      ...(lock === "" ? {} : { [lock]: "" }),
    })
  ).setup;

test("each package manager installs what its lock file says", async () => {
  assert.deepEqual(await setup("pnpm-lock.yaml"), ["pnpm install --frozen-lockfile"]);
  assert.deepEqual(await setup("yarn.lock"), ["yarn install --frozen-lockfile"]);
  assert.deepEqual(await setup("yarn.lock", { packageManager: "yarn@4.1.0" }), ["yarn install --immutable"]);
  assert.deepEqual(await setup("bun.lock"), ["bun install --frozen-lockfile"]);
  assert.deepEqual(await setup(""), ["npm install --no-package-lock"]);
});

test("npm's placeholder is no test command, and a test that watches is pointed out", async () => {
  const none = await seen({
    "package.json": manifest({ test: 'echo "Error: no test specified" && exit 1' }, {}),
  });
  assert.deepEqual(
    [none.full, none.setup, none.notes],
    [[], [], ["no test command was found: without one a run can use the fallback gate at most"]],
  );
  const watching = await seen({ "package.json": manifest({ test: "jest --watch" }, {}) });
  assert.deepEqual(watching.notes, [
    "the script test watches for changes and would not end by itself: use a script that runs once",
  ]);
});

test("a monorepo, two lock files and a broken manifest are said", async () => {
  const mono = await seen({
    "package.json": manifest({ test: "x" }, { workspaces: ["a"], dependencies: { b: "1" } }),
    "package-lock.json": "",
    "yarn.lock": "",
  });
  assert.deepEqual(mono.notes, [
    "several lock files (package-lock.json, yarn.lock): package-lock.json was chosen",
    "this is a monorepo: only the scripts of the root package were read; add gates of the packages where they matter",
  ]);
  assert.deepEqual(
    (await seen({ "package.json": "{" })).notes[0],
    "package.json is not valid JSON: nothing was read from it",
  );
});

test("Python: uv, poetry and plain requirements", async () => {
  const pyproject =
    "[project]\nname = 'x'\n[project.optional-dependencies]\ndocs = []\ntest = ['pytest']\n[tool.ruff]\nline-length = 99\n[tool.mypy]\n";
  assert.deepEqual((await seen({ "pyproject.toml": pyproject, "uv.lock": "" })).full, [
    "uv run --locked pytest",
    "uv run --locked mypy .",
    "uv run --locked ruff check .",
  ]);
  assert.deepEqual((await seen({ "pyproject.toml": pyproject, "poetry.lock": "" })).setup, [
    "poetry install --no-interaction",
  ]);
  assert.deepEqual((await seen({ "pyproject.toml": pyproject })).setup, [
    "python3 -m venv .venv",
    ".venv/bin/python -m pip install -e '.[test]'",
  ]);
  assert.deepEqual((await seen({ "pyproject.toml": pyproject, "uv.lock": "" })).notes, [
    "mypy is configured or expected but not among the declared packages: add it to setup.run if it is missing",
    "ruff is configured or expected but not among the declared packages: add it to setup.run if it is missing",
  ]);
  const plain = await seen({ "requirements.txt": "requests\n", "tests/test_a.py": "" });
  assert.deepEqual(
    [plain.setup, plain.full],
    [
      ["python3 -m venv .venv", ".venv/bin/python -m pip install -r requirements.txt"],
      [".venv/bin/python -m unittest discover -s tests"],
    ],
  );
});

test("Go, Rust, Java, Ruby and PHP", async () => {
  assert.deepEqual((await seen({ "go.mod": "module x\nrequire a v1\n" })).full, [
    "go test -v ./...",
    "go vet ./...",
    "go build ./...",
  ]);
  assert.deepEqual((await seen({ "Cargo.toml": "[workspace]\n", "Cargo.lock": "" })).full, [
    "cargo test --workspace --locked",
    "cargo build --workspace --locked",
  ]);
  assert.deepEqual((await seen({ "pom.xml": "", mvnw: "" })).full, ["./mvnw -B test"]);
  assert.deepEqual((await seen({ "build.gradle.kts": "" })).full, ["gradle --no-daemon --rerun-tasks test"]);
  assert.deepEqual((await seen({ Gemfile: "", "Gemfile.lock": "", "spec/a_spec.rb": "" })).full, [
    "bundle exec rspec",
  ]);
  assert.deepEqual(
    (await seen({ "composer.json": "{}", "composer.lock": "", "phpunit.xml.dist": "" })).full,
    ["vendor/bin/phpunit"],
  );
});

test("a Makefile fills in what no language file says", async () => {
  const make = "X := 1\n.PHONY: test\ntest: build\n\tgo test\nlint:\n\tx\nsmoke:\n\ty\n";
  assert.deepEqual((await seen({ Makefile: make })).full, ["make test", "make lint"]);
  assert.deepEqual((await seen({ Makefile: make, "go.mod": "module x" })).full, [
    "go test -v ./...",
    "go vet ./...",
    "go build ./...",
  ]);
});

test("an unknown repository gets an honest empty proposal", async () => {
  assert.deepEqual(await seen({ "main.zig": "" }), {
    setup: [],
    caches: [],
    full: [],
    notes: [
      "no language was recognised at the root: write setup and gates by hand; only the root folder is looked at",
    ],
  });
});

test("what init writes is a valid policy that says what was detected", async () => {
  const kinds: readonly Readonly<Record<string, string>>[] = [
    {},
    { "go.mod": "module x" },
    { "package.json": manifest({ test: "a # b: 'c'", lint: "y", smoke: "z" }), "package-lock.json": "" },
    { "requirements.txt": "pytest" },
    { Makefile: "lint:\n\tx\n" },
  ];
  for (const texts of kinds) {
    const proposal = detect(await gatherRoot(filesWith({ keep: "", ...texts }), "/repo"));
    const text = starterPolicy(proposal, { schema: "./s.json" });
    const examined = await examinePolicy({ files: filesWith({ "surefoot.yaml": text }), root: "/repo" });
    assert.deepEqual(examined.problems, [], text);
    assert.deepEqual(
      examined.compiled?.policy.gates.full.map(({ run }) => run),
      proposal.full.map(({ value }) => value),
    );
    assert.deepEqual(
      examined.compiled?.policy.setup.run,
      proposal.setup.map(({ value }) => value),
    );
    assert.equal(text.split("\n")[0], "# yaml-language-server: $schema=./s.json");
    assert.equal(typeof parse(text), "object");
  }
});

test("the example task is a task", () => {
  assert.equal(parseTask("surefoot.task.md", starterTask()).title, "Say in one line what shall be different");
});

test("a written file knows whether it was changed, line ends aside", () => {
  const text = starterTask();
  assert.equal(starterState(text), "unchanged");
  assert.equal(starterState(text.replaceAll("\n", "\r\n")), "unchanged");
  assert.equal(starterState(`${text} `), "changed");
  assert.equal(starterState(text.replace("wrong", "odd")), "changed");
  assert.equal(starterState("version: 1\n"), "foreign");
});

test("a check is named for what it is about", () => {
  const names: Readonly<Record<string, string>> = {
    "npm test": "test",
    "npm run lint -- --fix": "lint",
    "pnpm lint": "lint",
    "npx tsc --noEmit": "tsc",
    "python3 -m pytest -q": "pytest",
    ".venv/bin/python -m pytest": "pytest",
    "uv run --locked ruff check .": "ruff",
    "CI=1 go test -v ./...": "go test",
    "cargo clippy --all": "cargo clippy",
    "make -j2 test": "make test",
    "cd web && npm run build": "build",
    "./gradlew --no-daemon test": "gradlew test",
    "node --test": "node",
    true: "true",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(names).map((run) => [run, nameOf(run)])), names);
});
