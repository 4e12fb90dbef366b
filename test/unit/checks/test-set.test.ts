import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { check } from "../../../src/checks/change/test-set.ts";
import type { Change } from "../../../src/core/change.ts";
import { changeOf, type Versions } from "./diff-of.ts";

const found = (change: Change): readonly string[] =>
  check
    .check({ change, scope: { allow: ["**"], deny: [] }, claim: undefined })
    .findings.map(
      (finding) => `${finding.code} ${finding.evidence[0]?.path}:${finding.evidence[0]?.line ?? ""}`,
    )
    .map((line) => line.replace(/:$/, ""));

const codes = (...files: readonly Versions[]): readonly string[] =>
  found(changeOf(...files)).map((line) => String(line.split(" ")[0]));

const js = `import { test } from "node:test";
import assert from "node:assert/strict";
import { sum, mean } from "./sum.js";

test("adds two numbers", () => {
  const result = sum(1, 2);
  assert.equal(result, 3);
  assert.equal(sum(-1, 1), 0);
});

test("finds the mean of a list", () => {
  const list = [1, 2, 3];
  assert.deepEqual(mean(list), { value: 2, count: 3 });
});

test("refuses text", () => {
  assert.throws(() => sum("a", 1), /number/);
});
`;
const edited = (from: string, to: string, text = js): readonly string[] => {
  assert.ok(text.includes(from), `the text holds ${from}`);
  return codes({ path: "test/sum.test.js", before: text, after: text.replace(from, to) });
};

test("a change that leaves the tests alone looked at nothing and found nothing", () => {
  assert.deepEqual(
    check.check({
      change: changeOf({ path: "src/a.js", before: "1\n", after: "2\n" }),
      scope: { allow: [], deny: [] },
      claim: undefined,
    }),
    {
      check: "test-set",
      looked: 0,
      findings: [],
    },
  );
});

test("a removed assertion is named with its place and its text", () => {
  const report = check.check({
    change: changeOf({
      path: "test/sum.test.js",
      before: js,
      after: js.replace("  assert.equal(sum(-1, 1), 0);\n", ""),
    }),
    scope: { allow: ["**"], deny: [] },
    claim: undefined,
  });
  assert.deepEqual(report, {
    check: "test-set",
    looked: 1,
    findings: [
      {
        code: "tests.weakened",
        says: "an assertion in the test “adds two numbers” (test/sum.test.js) was removed and none took its place",
        measures: {},
        evidence: [{ path: "test/sum.test.js", line: 8, excerpt: "- assert.equal(sum(-1,1),0)" }],
      },
    ],
  });
});

test("an assertion that demands less is a weakened test", () => {
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.ok(result)"), ["tests.weakened"]);
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.equal(result, result)"), ["tests.weakened"]);
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.notEqual(result, 4)"), ["tests.weakened"]);
  assert.deepEqual(edited("assert.equal(result, 3);", "assert.ok(result === 3 || true);"), [
    "tests.weakened",
  ]);
  assert.deepEqual(edited("assert.deepEqual(mean(list), { value: 2, count: 3 })", "assert.ok(mean(list))"), [
    "tests.weakened",
  ]);
});

test("an assertion that demands as much or more is not", () => {
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.strictEqual(result, 3)"), []);
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.ok(result === 3)"), []);
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.equal(total, 3)"), []);
  assert.deepEqual(
    edited("  assert.equal(result, 3);\n", "  assert.equal(result, 3);\n  assert.equal(sum(2, 2), 4);\n"),
    [],
  );
  assert.deepEqual(edited("assert.equal(result, 3);", "assert.equal(\n    result,\n    3,\n  );"), []);
});

test("a changed literal is only noted", () => {
  assert.deepEqual(edited("assert.equal(result, 3)", "assert.equal(result, 4)"), [
    "tests.expectation_changed",
  ]);
});

test("a test that is gone is named, and so is a deleted file", () => {
  const without = js.replace(/test\("finds[\s\S]*?\}\);\n\n/, "");
  assert.deepEqual(found(changeOf({ path: "test/sum.test.js", before: js, after: without })), [
    "tests.removed test/sum.test.js:11",
  ]);
  const report = check.check({
    change: changeOf({ path: "test/sum.test.js", before: js }),
    scope: { allow: [], deny: [] },
    claim: undefined,
  });
  assert.deepEqual(
    report.findings.map(({ code, measures }) => [code, measures]),
    [["tests.removed", { tests: 3 }]],
  );
});

test("a commented-out test is a removed one", () => {
  const out = js.replace(/test\("refuses[\s\S]*?\}\);\n/, (text) =>
    text.replace(/^/gm, "// ").replace(/\/\/ $/, ""),
  );
  assert.deepEqual(codes({ path: "test/sum.test.js", before: js, after: out }), ["tests.removed"]);
});

test("a test that moved to another file, or got another name, is not gone", () => {
  const body = /test\("finds[\s\S]*?\}\);\n\n/.exec(js)?.[0] ?? "";
  assert.deepEqual(
    codes(
      { path: "test/sum.test.js", before: js, after: js.replace(body, "") },
      { path: "test/mean.test.js", after: `import { test } from "node:test";\n${body}` },
    ),
    [],
  );
  assert.deepEqual(edited("finds the mean of a list", "averages"), []);
  assert.deepEqual(
    codes({
      path: "test/a.test.js",
      before: js,
      after: js.replace(body, "") + body.replace("finds the mean of a list", "averages"),
    }),
    [],
  );
});

test("tests merged into a table keep their trace", () => {
  const before = `test("adds one and two", () => {\n  expect(sum(1, 2)).toBe(3);\n});\n\ntest("adds four and five", () => {\n  expect(sum(4, 5)).toBe(9);\n});\n`;
  const after = `test.each([\n  [1, 2, 3],\n  [4, 5, 9],\n])("adds", (a, b, expected) => {\n  expect(sum(a, b)).toBe(expected);\n});\n`;
  const spread = after
    .replace("test.each([\n  [1, 2, 3],\n  [4, 5, 9],\n])(", "test(")
    .replace("{\n", "{\n  for (const [a, b, expected] of [[1, 2, 3], [4, 5, 9]])\n");
  assert.deepEqual(
    codes({ path: "a.test.ts", before, after: spread }).filter((code) => code === "tests.removed"),
    [],
  );
});

test("a test file renamed out of the runners' sight is a removed test", () => {
  assert.deepEqual(codes({ path: "test/sum.test.js.bak", from: "test/sum.test.js", before: js, after: js }), [
    "tests.removed",
  ]);
});

test("an existing test that is muted blocks; a test born muted is told apart", () => {
  assert.deepEqual(edited('test("refuses text"', 'test.skip("refuses text"'), ["tests.muted"]);
  assert.deepEqual(edited('test("refuses text", ()', 'test("refuses text", { skip: true }, ()'), [
    "tests.muted",
  ]);
  assert.deepEqual(edited('test("refuses text"', 'test.only("refuses text"'), ["tests.focused"]);
  assert.deepEqual(edited('test("refuses text"', 'test.todo("some day");\n\ntest("refuses text"'), [
    "tests.born_muted",
  ]);
  assert.deepEqual(codes({ path: "new.test.js", after: 'test.skip("later", () => {});\n' }), [
    "tests.born_muted",
  ]);
});

test("a mark that was there before, or is taken away, is no finding", () => {
  const skipped = js.replace('test("refuses text"', 'test.skip("refuses text"');
  assert.deepEqual(codes({ path: "a.test.js", before: skipped, after: js }), []);
  assert.deepEqual(
    codes({ path: "a.test.js", before: skipped, after: skipped.replace("const list", "const numbers") }),
    [],
  );
});

const muted: readonly (readonly [path: string, before: string, after: string])[] = [
  [
    "tests/test_a.py",
    "def test_a():\n    assert add(1) == 2\n",
    "import pytest\n\n@pytest.mark.skip(reason='flaky')\ndef test_a():\n    assert add(1) == 2\n",
  ],
  [
    "tests/test_a.py",
    "class T(TestCase):\n    def test_a(self):\n        self.assertEqual(1, f())\n",
    "class T(TestCase):\n    def test_a(self):\n        self.skipTest('x')\n        self.assertEqual(1, f())\n",
  ],
  [
    "a_test.go",
    "func TestA(t *testing.T) {\n\tassert.Equal(t, 1, f())\n}\n",
    'func TestA(t *testing.T) {\n\tt.Skip("x")\n\tassert.Equal(t, 1, f())\n}\n',
  ],
  [
    "src/lib.rs",
    "#[test]\nfn adds() {\n    assert_eq!(add(1), 2);\n}\n",
    "#[test]\n#[ignore]\nfn adds() {\n    assert_eq!(add(1), 2);\n}\n",
  ],
  [
    "src/test/java/ATest.java",
    "  @Test\n  void adds() {\n    assertEquals(2, add(1));\n  }\n",
    "  @Test\n  @Disabled\n  void adds() {\n    assertEquals(2, add(1));\n  }\n",
  ],
  [
    "A.Tests/SumTests.cs",
    "  [Fact]\n  public void Adds()\n  {\n    Assert.Equal(2, Add(1));\n  }\n",
    '  [Fact(Skip = "x")]\n  public void Adds()\n  {\n    Assert.Equal(2, Add(1));\n  }\n',
  ],
  [
    "spec/a_spec.rb",
    "it 'adds' do\n  expect(add(1)).to eq 2\nend\n",
    "xit 'adds' do\n  expect(add(1)).to eq 2\nend\n",
  ],
  [
    "tests/SumTest.php",
    "  public function testAdds() {\n    $this->assertSame(2, add(1));\n  }\n",
    "  public function testAdds() {\n    $this->markTestSkipped();\n    $this->assertSame(2, add(1));\n  }\n",
  ],
  [
    "test/a_test.exs",
    '  test "adds" do\n    assert add(1) == 2\n  end\n',
    '  @tag :skip\n  test "adds" do\n    assert add(1) == 2\n  end\n',
  ],
  [
    "sum_test.cc",
    "TEST(Sum, Adds) {\n  EXPECT_EQ(2, Add(1));\n}\n",
    "TEST(Sum, Adds) {\n  GTEST_SKIP();\n  EXPECT_EQ(2, Add(1));\n}\n",
  ],
];

test("muting is seen in every language", () => {
  for (const [path, before, after] of muted)
    assert.deepEqual([path, codes({ path, before, after })], [path, ["tests.muted"]]);
});

const loosenedPairs: readonly (readonly [path: string, frame: string, before: string, after: string])[] = [
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(total(cart)).toBe(12)",
    "expect(total(cart)).toBeTruthy()",
  ],
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(total(cart)).toEqual({ a: 1 })",
    "expect(total(cart)).toMatchObject({ a: 1 })",
  ],
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(total(cart)).toBe(12)",
    "expect(total(cart)).not.toBe(13)",
  ],
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(total(cart)).toBe(12)",
    "expect(total(cart)).toBeGreaterThan(1)",
  ],
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(total(cart)).toBeCloseTo(12.34, 5)",
    "expect(total(cart)).toBeCloseTo(12.34, 1)",
  ],
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(total(cart)).toBeLessThan(5)",
    "expect(total(cart)).toBeLessThan(500)",
  ],
  ["a.test.ts", 'it("a", () => {\n  §;\n});\n', "expect(total(cart)).toBe(12)", "expect(true).toBe(true)"],
  [
    "a.test.ts",
    'it("a", () => {\n  §;\n});\n',
    "expect(fn).toHaveBeenCalledWith(1, 2)",
    "expect(fn).toHaveBeenCalledWith(expect.anything(), 2)",
  ],
  ["test_a.py", "def test_a():\n    §\n", "assert total(cart) == 12", "assert total(cart)"],
  ["test_a.py", "def test_a():\n    §\n", "assert total(cart) == 12", "assert total(cart) is not None"],
  [
    "test_a.py",
    "def test_a(self):\n    §\n",
    "self.assertEqual(total(cart), 12)",
    "self.assertTrue(total(cart))",
  ],
  [
    "test_a.py",
    "def test_a(self):\n    §\n",
    "self.assertAlmostEqual(total(cart), 12, places=7)",
    "self.assertAlmostEqual(total(cart), 12, places=1)",
  ],
  [
    "test_a.py",
    "def test_a(self):\n    §\n",
    "assert total(cart) == approx(12, rel=0.001)",
    "assert total(cart) == approx(12, rel=0.5)",
  ],
  [
    "a_test.go",
    "func TestA(t *testing.T) {\n\t§\n}\n",
    "assert.Equal(t, 12, Total(cart))",
    "assert.NotNil(t, Total(cart))",
  ],
  [
    "tests/a.rs",
    "#[test]\nfn a() {\n    §;\n}\n",
    "assert_eq!(total(&cart), 12)",
    "assert!(total(&cart) > 0)",
  ],
  [
    "src/test/java/ATest.java",
    "@Test\nvoid a() {\n  §;\n}\n",
    "assertEquals(12, total(cart))",
    "assertNotNull(total(cart))",
  ],
  [
    "src/test/java/ATest.java",
    "@Test\nvoid a() {\n  §;\n}\n",
    "assertThat(total(cart)).isEqualTo(12)",
    "assertThat(total(cart)).isNotNull()",
  ],
  ["a_spec.rb", 'it "a" do\n  §\nend\n', "expect(total(cart)).to eq(12)", "expect(total(cart)).to be_truthy"],
  [
    "tests/ATest.php",
    "public function testA() {\n  §;\n}\n",
    "$this->assertSame(12, total($cart))",
    "$this->assertNotNull(total($cart))",
  ],
  ["a_test.cc", "TEST(A, B) {\n  §;\n}\n", "EXPECT_EQ(12, Total(cart))", "EXPECT_TRUE(Total(cart))"],
  [
    "a_test.cc",
    "TEST(A, B) {\n  §;\n}\n",
    "EXPECT_NEAR(12, Total(cart), 0.001)",
    "EXPECT_NEAR(12, Total(cart), 10)",
  ],
];

test("loosening is seen in every language, and its reverse is welcome", () => {
  for (const [path, frame, before, after] of loosenedPairs) {
    const one = frame.replace("§", () => before);
    const other = frame.replace("§", () => after);
    assert.deepEqual(
      [before, after, ...codes({ path, before: one, after: other })],
      [before, after, "tests.weakened"],
    );
    const back = codes({ path, before: other, after: one }).filter(
      (code) => code !== "tests.expectation_changed",
    );
    assert.deepEqual([after, before, ...back], [after, before]);
  }
});

test("a test file that could not be read is said, not passed over", () => {
  const change = changeOf({ path: "a.test.js", before: js, after: "" });
  assert.deepEqual(found({ ...change, files: change.files.map((file) => ({ ...file, hunks: "" })) }), [
    "tests.unreadable a.test.js",
  ]);
});

test("data beside the tests is not taken for tests", () => {
  const before = 'test("a", () => { expect(1).toBe(1) })\n';
  assert.deepEqual(codes({ path: "test/fixtures/a.test.js", before }), []);
});

test("any diff is read without trouble, and adding tests alone never weakens", () => {
  const line = fc.constantFrom(
    ...js.split("\n"),
    "  expect(a).toBe(1);",
    "def test_x():",
    "@@",
    "(",
    "assert(",
    "}",
  );
  const text = fc.array(line, { maxLength: 30 }).map((lines) => `${lines.join("\n")}\n`);
  fc.assert(
    fc.property(text, text, fc.constantFrom("a.test.js", "test_a.py", "a_test.go"), (before, after, path) => {
      codes({ path, before, after });
      assert.deepEqual(codes({ path, before, after: before }), []);
      assert.deepEqual(
        codes({ path, after }).filter((code) => code === "tests.weakened" || code === "tests.removed"),
        [],
      );
    }),
    { numRuns: 60 },
  );
});
