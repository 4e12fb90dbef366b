import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../../src/checks/change/test-set.ts";
import { changeOf, type Versions } from "./diff-of.ts";

const lost = (...files: readonly Versions[]): readonly string[] =>
  check
    .check({ change: changeOf(...files), scope: { allow: ["**"], deny: [] }, claim: undefined })
    .findings.map(({ code, says, evidence }) => `${code} ${evidence[0]?.path}:${evidence[0]?.line}: ${says}`);

const table = `module.exports = [
  ['~1', '>=1.0.0', { loose: true }],
  ['~2', '>=2.0.0', { loose: true }], // two
  ["~3", ">=3.0.0"],
  ['^4', '>=4.0.0']
]
`;
const fixture = (after: string): readonly string[] =>
  lost({ path: "test/fixtures/ranges.js", before: table, after });

test("a row that goes from a table of cases beside the tests is a weaker test", () => {
  assert.deepEqual(fixture(table.replace("  ['~2', '>=2.0.0', { loose: true }], // two\n", "")), [
    "tests.weakened test/fixtures/ranges.js:3: a table of cases in test/fixtures/ranges.js lost a row and none took its place",
  ]);
  assert.deepEqual(fixture(`module.exports = [\n  ["~3", ">=3.0.0"],\n  ['^4', '>=4.0.0']\n]\n`), [
    "tests.weakened test/fixtures/ranges.js:2: a table of cases in test/fixtures/ranges.js lost 2 rows and none took their place",
  ]);
});

test("tables inside Python and Go tests are tables too", () => {
  const python = `@pytest.mark.parametrize("text, number", [
    ("one", 1),
    pytest.param("two", 2, id="b"),
    ("three", 3),
])
def test_number(text, number):
    assert parse(text) == number
`;
  const go = `func TestParse(t *testing.T) {
	cases := []struct{ in string; out bool }{
		{"1", true},
		{"01", false}, // a leading zero
		{"1.2", true},
	}
	for _, c := range cases {
		if parse(c.in) != c.out {
			t.Fatal(c.in)
		}
	}
}
`;
  assert.deepEqual(
    lost({
      path: "tests/test_number.py",
      before: python,
      after: python.replace('    pytest.param("two", 2, id="b"),\n', ""),
    }),
    [
      "tests.weakened tests/test_number.py:3: a table of cases in tests/test_number.py lost a row and none took its place",
    ],
  );
  assert.deepEqual(
    lost({
      path: "parse_test.go",
      before: go,
      after: go.replace('\t\t{"01", false}, // a leading zero\n', ""),
    }),
    ["tests.weakened parse_test.go:4: a table of cases in parse_test.go lost a row and none took its place"],
  );
});

test("a row that is replaced, restyled, moved or added is not lost", () => {
  assert.deepEqual(fixture(table.replace("'>=2.0.0'", "'>=2.0.0-0'")), []);
  assert.deepEqual(fixture(table.replaceAll('"', "'").replace("'>=4.0.0']", "'>=4.0.0'],")), []);
  assert.deepEqual(
    fixture(table.replace("module.exports = [\n", "module.exports = [\n  ['~0', '<1'],\n")),
    [],
  );
  const row = "  ['~2', '>=2.0.0', { loose: true }], // two\n";
  assert.deepEqual(
    lost(
      { path: "test/fixtures/ranges.js", before: table, after: table.replace(row, "") },
      { path: "test/fixtures/loose.js", before: table.replace(row, ""), after: table },
    ),
    [],
  );
});

test("an argument on a line of its own is no row, and neither is a table outside the tests", () => {
  const call = "test('adds', () => {\n  assert.equal(\n    (1 + 2),\n    3,\n  );\n});\n";
  assert.deepEqual(
    lost({ path: "test/sum.test.js", before: call, after: call.replace("    (1 + 2),\n", "    1 + 2,\n") }),
    [],
  );
  assert.deepEqual(
    lost({ path: "src/table.js", before: table, after: table.replace("  ['^4', '>=4.0.0']\n", "") }),
    [],
  );
});
