import assert from "node:assert/strict";
import { test } from "node:test";
import { muted, withComments } from "../../../bench/evidence/damage.ts";
import { addedAt, addedLines, halfOf, hunksOf, pathsOf, splitPatch } from "../../../bench/evidence/parts.ts";

const places = { source: ["lib/**"], tests: ["test/**", "**/*.test.js"] };

const section = (path: string, ...hunks: readonly string[]): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n${hunks.join("")}`;
const first = "@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";
const second = "@@ -8,2 +8,3 @@ heading\n eight\n+more\n nine\n";
const third = "@@ -20,2 +21,1 @@\n twenty\n-gone\n";

test("a patch is split into source, tests and the rest, and a test among the sources is a test", () => {
  const source = section("lib/a.js", first);
  const inside = section("lib/a.test.js", second);
  const tests = section("test/b.js", second);
  const log = section("CHANGELOG.md", third);
  assert.deepEqual(splitPatch(source + inside + log + tests, places), {
    source,
    tests: inside + tests,
    rest: ["CHANGELOG.md"],
  });
});

test("a patch without tests has an empty test part", () => {
  const source = section("lib/a.js", first);
  assert.deepEqual(splitPatch(source, places), { source, tests: "", rest: [] });
  assert.deepEqual(splitPatch("", places), { source: "", tests: "", rest: [] });
});

test("half of a patch is the first half of its hunks, across files and rounded down", () => {
  assert.equal(halfOf(section("lib/a.js", first, second)), section("lib/a.js", first));
  assert.equal(halfOf(section("lib/a.js", first, second, third)), section("lib/a.js", first));
  assert.equal(
    halfOf(section("lib/a.js", first) + section("lib/b.js", first, second, third)),
    section("lib/a.js", first) + section("lib/b.js", first),
  );
  assert.equal(halfOf(""), undefined);
});

test("half of one hunk with changes apart is the first of them, with counts that fit", () => {
  const hunk = "@@ -1,4 +1,4 @@ head\n-one\n+ONE\n two\n three\n-four\n+FOUR\n";
  const half = "@@ -1,4 +1,4 @@ head\n-one\n+ONE\n two\n three\n four\n";
  assert.equal(halfOf(section("lib/a.js", hunk)), section("lib/a.js", half));
});

test("half of one change is the upper half of what goes and of what comes", () => {
  const hunk = "@@ -1,3 +1,5 @@\n top\n-one\n-two\n+ONE\n+TWO\n+THREE\n+FOUR\n";
  const half = "@@ -1,3 +1,4 @@\n top\n-one\n two\n+ONE\n+TWO\n";
  assert.equal(halfOf(section("lib/a.js", hunk)), section("lib/a.js", half));
});

test("of one replaced line only its removal is left, and one added line has no half", () => {
  assert.equal(
    halfOf(section("lib/a.js", "@@ -1,2 +1,2 @@\n top\n-one\n+ONE\n")),
    section("lib/a.js", "@@ -1,2 +1,1 @@\n top\n-one\n"),
  );
  assert.equal(halfOf(section("lib/a.js", "@@ -1,1 +1,2 @@\n top\n+one\n")), undefined);
});

test("hunks, paths and added lines are read from a patch", () => {
  const patch = section("lib/a.js", first, second) + section("lib/b.js", third);
  assert.equal(hunksOf(patch), 3);
  assert.deepEqual(pathsOf(patch), ["lib/a.js", "lib/b.js"]);
  assert.deepEqual(addedLines(patch), ["TWO", "more"]);
  assert.deepEqual(addedAt(section("lib/a.js", first, second)), [2, 9]);
});

test("the lines of a fix become comments of the language at the end of the file", () => {
  assert.equal(withComments("a.py", "x = 1\n", ["  y = 2"]), "x = 1\n\n# y = 2\n");
  assert.equal(withComments("a.go", "package a", ["b()"]), "package a\n\n// b()\n");
});

test("the tests around the given lines are skipped as their runner spells it, the others are not", () => {
  assert.equal(
    muted("test/a.js", "it('one', () => {\n  a();\n});\n\nit('two', () => {\n  b();\n});\n", [6]),
    "it('one', () => {\n  a();\n});\n\nit.skip('two', () => {\n  b();\n});\n",
  );
  assert.equal(
    muted("tests/test_a.py", "import os\n\ndef test_one():\n    assert os\n", [3, 4]),
    'import pytest\nimport os\n\n@pytest.mark.skip(reason="not now")\ndef test_one():\n    assert os\n',
  );
  assert.equal(
    muted("a_test.go", "func TestOne(t *testing.T) {\n\ta()\n}\n", [2]),
    'func TestOne(t *testing.T) {\n\tt.Skip("not now")\n\ta()\n}\n',
  );
});

test("a line in a table of fixtures has no test around it", () => {
  assert.equal(muted("test/fixtures/ranges.js", "module.exports = [\n  ['1'],\n]\n", [2]), undefined);
  assert.equal(muted("notes.txt", "it(\n", [1]), undefined);
});
