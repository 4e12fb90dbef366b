import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryFiles } from "../../../src/host/memory-files.ts";
import { packageFacts } from "../../../src/host/package-facts.ts";

const locks: Readonly<Record<string, string>> = {
  "package-lock.json":
    '{\n  "packages": {\n    "": {\n      "name": "shop"\n    },\n    "node_modules/express": {\n    },\n    "node_modules/a/node_modules/@scope/deep": {\n    }\n  }\n}\n',
  "pnpm-lock.yaml":
    "packages:\n\n  '@types/node@24.0.0':\n    resolution: {}\n\n  /lodash@4.17.21:\n  left-pad@1.3.0:\n",
  "yarn.lock":
    '# yarn lockfile v1\n\n"@babel/core@^7.0.0", "@babel/core@^7.1.0":\n  version "7.1.0"\n\nreact@^19.0.0:\n  version "19.0.0"\n',
  "requirements-dev.txt": "# tools\nDjango>=5\nrequests[socks]==2.32 \\\n    --hash=sha256:0\nnumpy\n",
  "poetry.lock": '[[package]]\nname = "sqlalchemy"\nversion = "2.0"\n',
  "uv.lock": '[[package]]\nname = "pydantic-core"\n',
  "Cargo.lock": '[[package]]\nname = "serde_json"\n',
  "Gemfile.lock": "GEM\n  specs:\n    rails (8.0.0)\n      activerecord (= 8.0.0)\n",
  "go.sum": "github.com/gorilla/mux v1.8.1 h1:abc=\ngithub.com/go-chi/chi/v5 v5.0.0 h1:abc=\n",
};

async function facts(names: readonly string[], only?: string): Promise<unknown> {
  const files = memoryFiles({}, () => 0);
  for (const [name, text] of Object.entries(locks))
    if (only === undefined || only === name) await files.write(`/repo/${name}`, text);
  return await packageFacts(files, "/repo", names);
}

test("every kind of lockfile is searched for its packages", async () => {
  const held: Readonly<Record<string, readonly string[]>> = {
    "package-lock.json": ["express", "@scope/deep"],
    "pnpm-lock.yaml": ["@types/node", "lodash", "left-pad"],
    "yarn.lock": ["@babel/core", "react"],
    "requirements-dev.txt": ["django", "requests", "numpy"],
    "poetry.lock": ["SQLAlchemy"],
    "uv.lock": ["pydantic_core"],
    "Cargo.lock": ["serde_json"],
    "Gemfile.lock": ["rails"],
    "go.sum": ["github.com/gorilla/mux", "github.com/go-chi/chi"],
  };
  for (const [file, names] of Object.entries(held))
    assert.deepEqual(
      await facts([...names, "shop", "version"], file),
      {
        ...Object.fromEntries(names.map((name) => [name, { locked: true }])),
        shop: { locked: false },
        version: { locked: false },
      },
      file,
    );
});

test("a name that is a slip away from a locked one is told with it, a short or a far one is not", async () => {
  assert.deepEqual(
    await facts(["expres", "expresss", "lodahs", "sqlalchmey", "reakt", "numpi", "vue", "raels"]),
    {
      expres: { locked: false, near: "express" },
      expresss: { locked: false, near: "express" },
      lodahs: { locked: false, near: "lodash" },
      sqlalchmey: { locked: false, near: "sqlalchemy" },
      reakt: { locked: false, near: "react" },
      numpi: { locked: false, near: "numpy" },
      vue: { locked: false },
      raels: { locked: false, near: "rails" },
    },
  );
});

test("without a lockfile nothing is locked, and one that is too large leaves it open", async () => {
  const files = memoryFiles({}, () => 0);
  await files.write("/repo/index.js", "");
  assert.deepEqual(await packageFacts(files, "/repo", ["x"]), { x: { locked: false } });
  await files.write("/repo/yarn.lock", "x".repeat(20 * 1024 * 1024 + 1));
  assert.deepEqual(await packageFacts(files, "/repo", ["x"]), { x: "unknown" });
});
