import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../../src/checks/change/gate-definition.ts";
import type { Judges } from "../../../src/checks/change-check.ts";
import { changeOf } from "./diff-of.ts";
import type { Versions } from "./diff-of.ts";

const judges: Judges = { scripts: ["test", "lint"], files: ["scripts/lint.js", "test/all.test.js"] };
const says = (file: Versions, allow: readonly string[] = ["**"]): readonly string[] =>
  check
    .check({ change: changeOf(file), scope: { allow, deny: [] }, claim: undefined, judges })
    .findings.map((finding) => finding.says);
const scripts = (body: string): string => `{\n  "scripts": {\n${body}\n  }\n}\n`;

test("a script that the gate runs must stay as it was; another one may change", () => {
  const before = scripts('    "test": "node --test",\n    "start": "node ."');
  const changed = (after: string): readonly string[] =>
    says({ path: "package.json", before, after: scripts(after) });
  assert.deepEqual(changed('    "test": "echo ok",\n    "start": "node ."'), [
    "the script test of package.json, which the gate runs, was changed, and no allowed path names package.json",
  ]);
  assert.deepEqual(changed('    "start": "node ."').length, 1);
  assert.deepEqual(changed('    "test": "node --test",\n    "start": "node ./main.js"'), []);
});

test("a script that only got a comma behind it is the same script", () => {
  const before = scripts('    "test": "node --test"');
  const after = scripts('    "test": "node --test",\n    "start": "node ."');
  assert.deepEqual(says({ path: "package.json", before, after }), []);
});

test("a file that the gate starts may not change or go, unless it is a test", () => {
  const file = { path: "scripts/lint.js", before: "process.exit(1)\n", after: "\n" };
  assert.deepEqual(says(file), [
    "scripts/lint.js, which the gate runs, was changed, and no allowed path names scripts/lint.js",
  ]);
  assert.equal(says({ path: "scripts/lint.js", before: "a\n" }).length, 1);
  assert.equal(says({ path: "old/lint.js", from: "scripts/lint.js", before: "a\n", after: "a\n" }).length, 1);
  assert.deepEqual(says({ path: "test/all.test.js", before: "a\n", after: "b\n" }), []);
  assert.deepEqual(says({ path: "src/a.js", before: "a\n", after: "b\n" }), []);
});

test("the settings of a runner, and which tests it takes, may not change", () => {
  assert.equal(says({ path: "jest.config.js", after: "a\n" }).length, 1);
  assert.equal(
    says({ path: "pyproject.toml", before: "a\n", after: 'a\naddopts = "--deselect x"\n' }).length,
    1,
  );
  assert.deepEqual(says({ path: "pyproject.toml", before: "a\n", after: 'a\ndependencies = ["b"]\n' }), []);
});

test("a scope that names the file lets it change", () => {
  const file = { path: "scripts/lint.js", before: "a\n", after: "b\n" };
  assert.deepEqual(says(file, ["scripts/**"]), []);
  assert.deepEqual(says(file, ["scripts/lint.js"]), []);
  assert.equal(says(file, ["**/*.js"]).length, 1);
});
