import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeExample } from "../../../src/guard/example.ts";
import { patchedFiles } from "../../../src/guard/patch-text.ts";
import { read } from "../../../src/guard/read.ts";
import { rewritesOf } from "../../../src/guard/rewrites.ts";
import { lowersThreshold, passesAnyway, setsAside } from "../../../src/guard/test-config.ts";
import { isTest, isTestConfig, isTestFolder } from "../../../src/guard/test-files.ts";
import { lostTests } from "../../../src/guard/test-marks.ts";

const which = (paths: string, holds: (path: string) => boolean): readonly string[] =>
  paths.split(" ").filter(holds);

const edit = (path: string, oldText: string, newText: string): readonly string[] =>
  judgeExample({ edit: path, change: { kind: "replace", oldText, newText } }).reasons.map(
    ({ rule, verdict }) => `${verdict} ${rule}`,
  );

const run = (command: string, tracked?: boolean): readonly string[] =>
  judgeExample({
    command,
    ...(tracked === undefined
      ? {}
      : { facts: { paths: { "/work/repo/test/a.test.ts": { exists: true, tracked, ignored: false } } } }),
  }).reasons.map(({ rule, verdict }) => `${verdict} ${rule}`);

test("tests of the usual runners are told from helpers, fixtures and sources", () => {
  const paths =
    "src/a.test.ts src/__tests__/a.tsx test/a.js test/helpers.js tests/test_a.py tests/conftest.py tests/data.py pkg/a_test.go crates/x/tests/eval.rs src/lib.rs src/test/java/ATest.java A.Tests/CartTests.cs spec/a_spec.rb tests/SpanTest.php test/a_test.exs a.bats src/contest.ts test/fixtures/a.test.ts node_modules/x/a.test.js src/**/*.spec.ts";
  assert.deepEqual(
    which(paths, isTest),
    "src/a.test.ts src/__tests__/a.tsx test/a.js tests/test_a.py pkg/a_test.go crates/x/tests/eval.rs src/test/java/ATest.java A.Tests/CartTests.cs spec/a_spec.rb tests/SpanTest.php test/a_test.exs a.bats src/**/*.spec.ts".split(
      " ",
    ),
  );
  assert.deepEqual(
    which(
      "tests test/unit spec/requests tests/tmp dist/test test-results tests/__pycache__ tests/* src",
      isTestFolder,
    ),
    ["tests", "test/unit", "spec/requests", "tests/*"],
  );
  assert.deepEqual(which("package.json api/jest.config.ts pyproject.toml src/config.ts", isTestConfig), [
    "package.json",
    "api/jest.config.ts",
    "pyproject.toml",
  ]);
});

test("a mark that was not there before is found in every language, a moved or reworded one is none", () => {
  const marks: readonly (readonly [string, string, string])[] = [
    ["a.test.ts", "it('a', f)", "it.skip('a', f)"],
    ["a.test.ts", "describe('a', f)", "describe.only('a', f)"],
    ["test_a.py", "def test_a():", "@pytest.mark.skip\ndef test_a():"],
    ["a_test.go", "func TestA(t *testing.T) {", 'func TestA(t *testing.T) {\n\tt.Skip("later")'],
    ["tests/a.rs", "#[test]", "#[test]\n#[ignore]"],
    ["ATest.java", "@Test", "@Test\n@Disabled"],
    ["CartTests.cs", "[Fact]", '[Fact(Skip = "later")]'],
    ["a_spec.rb", "it 'a' do", "xit 'a' do"],
    ["ATest.php", "public function testA() {", "public function testA() {\n$this->markTestSkipped();"],
    ["a_test.exs", 'test "a" do', '@tag :skip\ntest "a" do'],
    ["ATests.swift", "func testA() {", "func testA() throws {\nthrow XCTSkip()"],
  ];
  assert.deepEqual(
    marks.filter(([path, before, after]) => lostTests(path, before, after)?.skip === undefined),
    [],
  );
  assert.deepEqual(
    marks.filter(([path, before, after]) => lostTests(path, after, before)?.skip !== undefined),
    [],
  );
  assert.equal(lostTests("a.test.ts", "it.skip('a')", "it.skip('a and b')")?.skip, undefined);
  assert.equal(lostTests("a.test.ts", "", "it.todo('c')")?.skip, undefined);
});

test("a mark with a condition is asked about, one without is refused", () => {
  assert.deepEqual(edit("test/a.test.ts", "test('a', f)", "test.skip('a', f)"), ["deny tests/skip"]);
  assert.deepEqual(edit("test/a.test.ts", "test('a', f)", "test.skipIf(!docker)('a', f)"), [
    "ask tests/skip",
  ]);
  assert.deepEqual(
    edit("tests/test_a.py", "def test_a():", "@pytest.mark.skipif(not POSIX, reason='x')\ndef test_a():"),
    ["ask tests/skip"],
  );
  assert.deepEqual(edit("src/a.ts", "it('a', f)", "it.skip('a', f)"), []);
});

test("assertions that go without one in their place are asked about", () => {
  const says = (before: string, after: string): number | undefined =>
    lostTests("test/a.test.ts", before, after)?.assertions;
  assert.equal(says("expect(a).toBe(1);\nexpect(b).toBe(2);", "expect(a).toBe(1);"), 1);
  assert.equal(says("expect(a).toBe(1);", "// expect(a).toBe(1);"), 1);
  assert.equal(says("expect(a).toBe(1);", "expect(true).toBe(true);"), 1);
  assert.equal(says("expect(a).toBe(1);", "expect(a).toBe(2);"), 0);
  assert.equal(says("expect(a).toBe(1);", "  expect(a).toBe(1);"), 0);
  assert.deepEqual(edit("test/a.test.ts", "f();\nexpect(a).toBe(1);", "f();"), ["ask tests/weaken"]);
});

test("a script that rewrites files is read as pairs of texts", () => {
  const swaps = (command: string): unknown => {
    const { effects, facts } = judgeExample(command);
    return rewritesOf({ effects, facts }).flatMap((rewrite) => rewrite.swaps);
  };
  assert.deepEqual(swaps("sed -i 's/it(/it.skip(/; /expect(/d' a.test.ts"), [
    { removed: "it(", added: "it.skip(", drops: false },
    { removed: "expect(", added: "", drops: true },
  ]);
  assert.deepEqual(swaps("perl -pi -e 's{a}{b}g' a.test.ts"), [{ removed: "a", added: "b", drops: false }]);
  assert.deepEqual(swaps("sed 's/a/b/' a.test.ts"), []);
  assert.deepEqual(swaps("python3 -c \"s=open('a').read(); open('a','w').write(s.replace('x', 'y'))\""), [
    { removed: "x", added: "y", drops: false },
  ]);
});

test("a patch in a command is read file by file", () => {
  const patch =
    "git apply <<'EOF'\n--- a/x.ts\n+++ b/x.ts\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n--- a/y.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-d\nEOF";
  assert.deepEqual(patchedFiles(patch, judgeExample(patch).effects), [
    { path: "x.ts", before: "a\nb", after: "a\nc", deleted: false },
    { path: "y.ts", before: "d", after: "", deleted: true },
  ]);
  assert.deepEqual(patchedFiles(patch.replace("git apply", "cat"), []), []);
});

test("configuration that leaves tests out, accepts failures or lowers a bar is found by what is new in it", () => {
  const found = (path: string, before: string, after: string): readonly string[] => edit(path, before, after);
  assert.deepEqual(found("package.json", '"test": "jest"', '"test": "jest || true"'), ["deny tests/weaken"]);
  assert.deepEqual(found("package.json", '"test": "jest || true"', '"test": "jest --ci || true"'), []);
  assert.deepEqual(found("pyproject.toml", "fail_under = 90", "fail_under = 50"), ["ask tests/weaken"]);
  assert.deepEqual(found("pyproject.toml", "fail_under = 50", "fail_under = 90"), []);
  assert.deepEqual(found("pytest.ini", "addopts = -q", "addopts = -q --ignore=tests/slow"), [
    "ask tests/skip",
  ]);
  assert.equal(setsAside("", "verbose: true"), undefined);
  assert.equal(passesAnyway("", '"build": "tsc"'), undefined);
  assert.equal(lowersThreshold("lines: 80", "lines: 80"), undefined);
});

test("a test that git does not know may go, and one that is moved to where it runs is not deleted", () => {
  assert.deepEqual(run("rm test/a.test.ts", true), ["deny tests/delete"]);
  assert.deepEqual(run("rm test/a.test.ts", false), []);
  assert.deepEqual(run("git mv test/a.test.ts test/unit/a.test.ts"), []);
  assert.deepEqual(run("git mv test/a.test.ts test/a.test.ts.bak"), ["deny tests/delete"]);
  assert.deepEqual(run("echo > test/a.test.ts", false), []);
});

test("what a test held before is asked for where it is written whole, and nowhere else", () => {
  const where = { worktree: "/work/repo" };
  const exec = (command: string): readonly string[] | undefined =>
    read({ kind: "exec", command, cwd: "/work/repo" }, where).texts;
  const create = (path: string): readonly string[] | undefined =>
    read({ kind: "edit", path, change: { kind: "create", text: "it('a', f);" } }, where).texts;
  assert.deepEqual(
    [
      create("test/a.test.ts"),
      create("src/a.ts"),
      exec("cat > test/a.test.ts <<'EOF'\nit('a', f);\nEOF"),
      exec("echo \"it('a', f);\" >> test/a.test.ts"),
      exec("cat test/a.test.ts"),
    ],
    [["/work/repo/test/a.test.ts"], undefined, ["/work/repo/test/a.test.ts"], undefined, undefined],
  );
});
