import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeExample } from "../../../src/guard/example.ts";
import { nearPopular } from "../../../src/guard/near-package.ts";
import { installsOf } from "../../../src/guard/package-commands.ts";
import { lookAlikes, popular } from "../../../src/guard/popular-packages.ts";
import type { Registry } from "../../../src/guard/popular-packages.ts";
import { read } from "../../../src/guard/read.ts";

const registries = ["npm", "pypi", "crates", "gems", "go"] as const satisfies readonly Registry[];

const near = (registry: Registry, names: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, nearPopular(registry, name)]));

const needs = (command: string): readonly string[] | undefined =>
  read({ kind: "exec", command, cwd: "/work/repo" }, { worktree: "/work/repo" }).packages;

const rulesOf = (example: Parameters<typeof judgeExample>[0]): readonly string[] =>
  judgeExample(example).reasons.map((reason) => reason.rule);

test("no popular package and no known look-alike is taken for a slip of another", () => {
  const flagged = registries.flatMap((registry) =>
    [...popular[registry], ...lookAlikes[registry]].flatMap((name) => {
      const meant = nearPopular(registry, name);
      return meant === undefined ? [] : [`${registry} ${name} ~ ${meant}`];
    }),
  );
  assert.deepEqual(flagged, []);
  const sizes = registries.map((registry) => popular[registry].size);
  assert.ok(
    sizes.every((size, index) => size >= ([300, 200, 120, 60, 30][index] ?? 0)),
    `${sizes}`,
  );
});

test("one slip, two in a long word, separators and look-alike digits are seen", () => {
  assert.deepEqual(near("npm", "expresss axois lodahs 1odash crossenv cross-evn tailwindcsss electorn"), {
    expresss: "express",
    axois: "axios",
    lodahs: "lodash",
    "1odash": "lodash",
    crossenv: "cross-env",
    "cross-evn": "cross-env",
    tailwindcsss: "tailwindcss",
    electorn: "electron",
  });
  assert.deepEqual(near("pypi", "reqeusts djnago python-datutil beautifulsup4 tensorfow"), {
    reqeusts: "requests",
    djnago: "django",
    "python-datutil": "python-dateutil",
    beautifulsup4: "beautifulsoup4",
    tensorfow: "tensorflow",
  });
});

test("names with another ecosystem's prefix, or without a scope, are seen", () => {
  assert.deepEqual(near("npm", "types-react angular-core node-lodash expressjs"), {
    "types-react": "@types/react",
    "angular-core": "@angular/core",
    "node-lodash": "lodash",
    expressjs: "express",
  });
  assert.deepEqual(near("pypi", "dateutil dotenv python-requests opencv"), {
    dateutil: "python-dateutil",
    dotenv: "python-dotenv",
    "python-requests": "requests",
    opencv: "opencv-python",
  });
});

test("real names near popular ones are left alone", () => {
  const real: readonly (readonly [Registry, string])[] = [
    [
      "npm",
      "preact color csv-loader @testing-library/preact vue3 react-tabs eslint-plugin-lit left-pad server",
    ],
    [
      "pypi",
      "scikit_learn typing_extensions ruamel.yaml docker-py psycopg-binary pandas-stubs scrypt dataset",
    ],
    ["crates", "serde-json rand_distr tokio-test clap_derive sha3 base32"],
    ["gems", "rspec-mocks rubocop-performance devise-jwt"],
    ["go", "github.com/foo/bar golang.org/x/exp"],
  ];
  for (const [registry, names] of real)
    for (const name of names.split(" ")) assert.equal(nearPopular(registry, name), undefined, name);
});

test("the names that are installed are asked for, without versions, and nothing else is", () => {
  assert.deepEqual(needs("npm i -D left-pad@1 @scope/x@^2 ./local git+ssh://git@example.org/a.git"), [
    "left-pad",
    "@scope/x",
  ]);
  assert.deepEqual(needs("sudo -H python3 -m pip install -U 'httpx[http2]>=0.27' -r requirements.txt"), [
    "httpx",
  ]);
  assert.deepEqual(needs("cd api && uv add fastapi && cargo add serde@1 --features derive"), [
    "fastapi",
    "serde",
  ]);
  assert.deepEqual(needs("npm ci && npm test && pip install -e ."), undefined);
});

test("what a lockfile holds is silent, and a locked neighbour is named", () => {
  const install = (
    packages: Readonly<Record<string, { locked: boolean; near?: string } | "unknown">>,
  ): readonly string[] => rulesOf({ command: "npm install expresss", facts: { packages } });
  assert.deepEqual(install({ expresss: { locked: true } }), []);
  assert.deepEqual(install({ expresss: { locked: false } }), ["packages/typosquat"]);
  assert.deepEqual(install({ expresss: "unknown" }), ["packages/typosquat"]);
  const judgement = judgeExample({
    command: "npm install acme-cor",
    facts: { packages: { "acme-cor": { locked: false, near: "acme-core" } } },
  });
  assert.deepEqual(
    judgement.reasons.map((reason) => [reason.says, reason.instead]),
    [["acme-cor is one slip away from acme-core", "npm view acme-core"]],
  );
});

test("every package manager's way to install is read", () => {
  const commands = [
    "npm install a-b",
    "pnpm add -w a-b",
    "yarn workspace x add a-b",
    "bun add a-b",
    "npx a-b",
    "pip3.12 install a-b",
    "uv pip install a-b",
    "poetry add a-b",
    "pipenv install a-b",
    "cargo add a-b",
    "bundle add a-b",
    "gem install a-b",
  ];
  const specs = (command: string): readonly string[] =>
    installsOf(judgeExample(command).effects).flatMap((install) => install.specs);
  assert.deepEqual(
    commands.filter((command) => !specs(command).includes("a-b")),
    [],
  );
});
