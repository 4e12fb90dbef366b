import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { MemoryFiles } from "../../../src/host/memory-files.ts";
import { compiledPath, readCompiled, writeCompiled } from "../../../src/policy/compiled.ts";
import type { CompiledRead } from "../../../src/policy/compiled.ts";
import { loadPolicy } from "../../../src/policy/load.ts";
import { faultFrom, filesWith } from "./support.ts";

const path = `/repo/${compiledPath}`;

async function written(texts: Readonly<Record<string, string>>, service?: string): Promise<MemoryFiles> {
  const files = filesWith(texts);
  const compiled = await loadPolicy({ files, root: "/repo", ...(service === undefined ? {} : { service }) });
  await writeCompiled({ files, root: "/repo" }, compiled);
  return files;
}

const read = (files: MemoryFiles): Promise<CompiledRead> => readCompiled({ files, root: "/repo" });

test("what was written is read back with its digest", async () => {
  const files = await written({ "surefoot.yaml": "budgets: {iterations: 7}" });
  const result = await read(files);
  const compiled = await loadPolicy({ files, root: "/repo" });
  assert.deepEqual(
    result.kind === "current" && [
      result.compiled.policy.budgets,
      result.compiled.digest,
      result.compiled.taxonomy,
    ],
    [compiled.policy.budgets, compiled.digest, compiled.taxonomy],
  );
  assert.equal(await files.readText("/repo/.surefoot/.gitignore"), "*\n");
});

test("without the file there is nothing, and that is said", async () => {
  assert.deepEqual(await read(filesWith()), { kind: "absent" });
});

test("a changed, a new and a removed source make it stale", async () => {
  const files = await written({ "surefoot.yaml": "version: 1", "services/web.yaml": "version: 1" }, "web");
  await files.write("/repo/surefoot.yaml", "jail: off");
  await files.write("/repo/surefoot.local.yaml", "version: 1");
  assert.deepEqual(await read(files), { kind: "stale", changed: ["surefoot.local.yaml", "surefoot.yaml"] });
});

test("another version of surefoot and other settings of the user make it stale", async () => {
  const files = filesWith({ "surefoot.yaml": "version: 1" });
  const outside = ["/home/me/.config/surefoot/config.yaml"];
  const place = { files, root: "/repo", outside, version: "1.0.0" };
  await writeCompiled(place, await loadPolicy({ files, root: "/repo" }));
  const kinds = async (): Promise<unknown> => [
    (await readCompiled(place)).kind,
    await readCompiled({ ...place, version: "1.0.1" }),
    await readCompiled({ ...place, outside: ["/elsewhere/config.yaml"] }),
  ];
  const others = [
    { kind: "stale", changed: ["the version of surefoot"] },
    { kind: "stale", changed: ["/elsewhere/config.yaml"] },
  ];
  assert.deepEqual(await kinds(), ["current", ...others]);
  await files.write(outside[0] ?? "", "trust: []");
  assert.deepEqual(await readCompiled(place), { kind: "stale", changed: outside });
});

test("what another user compiled is stale, whatever else it got right", async () => {
  const files = filesWith({ "surefoot.yaml": "version: 1" });
  const place = { files, root: "/repo", secret: "/home/me/key.pem" };
  const compiled = await loadPolicy({ files, root: "/repo" });
  const state = async (): Promise<string> => (await readCompiled(place)).kind;
  await writeCompiled(place, compiled);
  const unproven = await state();
  await files.write("/home/me/key.pem", "mine");
  await writeCompiled(place, compiled);
  const mine = await state();
  await files.write("/home/me/key.pem", "another's");
  const others = await state();
  await writeCompiled({ files, root: "/repo" }, compiled);
  assert.deepEqual([unproven, mine, others, await state()], ["stale", "current", "stale", "stale"]);
});

test("one changed letter anywhere is noticed", async () => {
  const files = await written({ "surefoot.yaml": "version: 1" });
  const text = (await files.readText(path)) ?? "";
  for (const [from, to] of [
    ['"iterations":3', '"iterations":4'],
    ['"severity":"block"', '"severity":"info"'],
    ['"schemaVersion":1', '"schemaVersion":2'],
    ["{", "["],
    ["\n", ""],
  ] as const) {
    await files.write(path, text.replace(from, to));
    assert.equal((await faultFrom(read(files))).code, "policy/invalid", from);
  }
});

test("the reader loads neither YAML nor a schema library", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../src/policy/compiled.ts"), "utf8");
  const imports = [...text.matchAll(/from "([^"]+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual(
    imports.filter((name) => !name.startsWith("../core/")),
    [],
  );
});
