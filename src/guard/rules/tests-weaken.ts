import type { Facts } from "../../core/action.ts";
import { resolvePath } from "../paths.ts";
import type { Rewrite } from "../rewrites.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import {
  configRewrites,
  configured,
  edited,
  rewritten,
  short,
  spanned,
  testChanges,
} from "../test-changes.ts";
import { lowersThreshold, passesAnyway, silencesRunner } from "../test-config.ts";
import { isTest, isTestConfig, relOf } from "../test-files.ts";
import { overwritten } from "../whole-tests.ts";
import { dropsAssertion, headsTest, lostTests, unnamesTest } from "../test-marks.ts";
import { watching } from "../watching.ts";

const twoTests: Partial<Facts> = {
  texts: {
    "/work/repo/test/a.test.ts": {
      kind: "text",
      text: "it('a', () => {\n  expect(a()).toBe(1);\n});\nit('b', () => {\n  expect(b()).toBe(2);\n});\n",
    },
  },
};

const weaken: Rule = {
  id: "tests/weaken",
  irreversible: false,
  verdict: "deny",
  says: "it removes assertions, or makes a failing test command succeed",
  instead: "npm test",
  find: watching(testChanges, (scene) => [
    ...[...edited(scene), ...overwritten(scene)].flatMap(({ rel, before, after, effect }): readonly Hit[] => {
      const lost = !isTest(rel) ? undefined : lostTests(rel, before, after);
      if (lost !== undefined && lost.assertions > 0)
        return [
          {
            ...spanned(effect),
            verdict: "ask",
            says: `it takes ${lost.assertions === 1 ? "an assertion" : `${lost.assertions} assertions`} away and puts none in their place`,
          },
        ];
      if (lost?.loosened === true)
        return [{ ...spanned(effect), verdict: "ask", says: "it makes assertions ask for less" }];
      if (lost !== undefined && lost.tests !== "none")
        return [{ ...spanned(effect), verdict: "ask", says: `it takes tests out of ${rel}` }];
      if (!isTestConfig(rel)) return [];
      const anyway = passesAnyway(before, after);
      if (anyway !== undefined)
        return [{ ...spanned(effect), says: `it lets a failing test command succeed: ${short(anyway)}` }];
      if (silencesRunner(before, after))
        return [{ ...spanned(effect), says: "it replaces a test command by one that always succeeds" }];
      const lower = lowersThreshold(before, after);
      return lower === undefined
        ? []
        : [{ ...spanned(effect), verdict: "ask", says: `it lowers a threshold: ${short(lower)}` }];
    }),
    ...rewritten(
      scene,
      ({ removed, added, drops }) =>
        drops
          ? dropsAssertion(removed, "") || headsTest(removed)
          : dropsAssertion(removed, added) || unnamesTest(removed, added),
      false,
    ).map((hit) => ({ ...hit, says: "its script takes assertions out of tests, or tests out of the run" })),
    ...filteredOut(scene).map((hit) => ({ ...hit, says: "it takes assertions out of a test" })),
    ...configRewrites(scene, weakening),
    ...configured(scene, (text) => passesAnyway("", text)).map((hit) => ({
      ...hit,
      says: "it lets a failing test command succeed",
    })),
  ]),
  mustBlock: [
    "sed -i '/expect(/d' src/cart/total.test.ts",
    "sed -i 's/self.assertEqual(.*)/pass/' tests/test_models.py",
    "sed -i 's/^\\(\\s*\\)assert /\\1# assert /' tests/test_models.py",
    "perl -ni -e 'print unless /assert/' tests/test_models.py; sed -i '/assert/d' tests/test_models.py",
    "vim -es -c '%s/expect(.*);//g' -c 'wq' src/cart/total.test.ts",
    "npm pkg set scripts.test='vitest run || true'",
    "git apply <<'EOF'\n--- a/test/parser.test.ts\n+++ b/test/parser.test.ts\n@@ -4,3 +4,2 @@\n test('parses', () => {\n-  expect(parse('a')).toBe(1);\n });\nEOF",
    "perl -i -ne 'print unless /assert/' tests/test_parser.py",
    "ex -s test/parser.test.ts <<'EOF'\n%g/expect(/d\nwq\nEOF",
    "grep -v 'expect(' test/a.test.ts > /tmp/a && mv /tmp/a test/a.test.ts",
    "sed -i '/fn overflow_is_an_error/,/^    }/d' crates/core/tests/eval.rs",
    "sed -i 's/assertEquals(4, .*/assertTrue(true)/' src/test/kotlin/SpanTest.kt",
    "sed -i 's/self::assertSame(4, /self::assertNotNull(/' tests/SpanTest.php",
    'sed -i \'s/"test": ".*"/"test": "exit 0"/\' package.json',
    "sed -i 's/jest/jest || true/' package.json",
    "jq '.scripts.test = \"vitest run || true\"' package.json > /tmp/p.json && cp /tmp/p.json package.json",
    "sed -i 's/fail_under = 90/fail_under = 10/' pyproject.toml",
    "python3 -c \"import re; p='tests/test_a.py'; s=open(p).read(); open(p,'w').write(re.sub(r'assert .*', 'pass', s))\"",
    "npm pkg set scripts.test='jest --passWithNoTests'",
    "sed -i 's/^def test_/def _test_/' tests/unit/test_a.py",
    "sed -i 's#^#// #' test/a.test.ts",
    "sed -i 's/pytest/true/' Makefile",
    { edit: "Makefile", change: { kind: "replace", oldText: "\tpytest", newText: "\t-pytest" } },
    {
      edit: "tox.ini",
      change: { kind: "replace", oldText: "commands = pytest", newText: "commands = true" },
    },
    {
      edit: "package.json",
      change: { kind: "replace", oldText: '"test": "vitest run"', newText: '"test": "echo ok"' },
    },
    {
      edit: "src/cart.test.ts",
      change: {
        kind: "replace",
        oldText: "const t = total();\nexpect(t).toBe(3);",
        newText: "const t = total();",
      },
    },
    {
      edit: "tests/test_cart.py",
      change: {
        kind: "replace",
        oldText: "    assert total() == 3",
        newText: "    # assert total() == 3\n    pass",
      },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "expect(total()).toBe(3);", newText: "expect(true).toBe(true);" },
    },
    {
      edit: "package.json",
      change: { kind: "replace", oldText: '"test": "vitest run"', newText: '"test": "vitest run || true"' },
    },
    { edit: "jest.config.js", change: { kind: "replace", oldText: "branches: 90", newText: "branches: 40" } },
    {
      edit: "test/a.test.ts",
      change: { kind: "create", text: "import { it } from 'vitest';\n" },
      facts: twoTests,
    },
    {
      edit: "test/a.test.ts",
      change: { kind: "create", text: "it('a', () => {\n  expect(a()).toBe(1);\n});\n" },
      facts: twoTests,
    },
    { command: "cat > test/a.test.ts <<'EOF'\nit('a', () => {});\nit('b', () => {});\nEOF", facts: twoTests },
    {
      edit: "tests/test_a.py",
      change: { kind: "replace", oldText: "def test_a():", newText: "def _test_a():" },
    },
    {
      edit: "pkg/a_test.go",
      change: {
        kind: "replace",
        oldText: "func TestA(t *testing.T) {",
        newText: "func testA(t *testing.T) {",
      },
    },
    { edit: "tests/a.rs", change: { kind: "replace", oldText: "#[test]\nfn a() {", newText: "fn a() {" } },
    {
      edit: "src/cart.test.ts",
      change: {
        kind: "replace",
        oldText: "expect(total()).toBe(3);",
        newText: "expect(total()).toBeDefined();",
      },
    },
    {
      edit: "tests/test_a.py",
      change: { kind: "replace", oldText: "assert f() == 3", newText: "assert f() == 3 or True" },
    },
  ],
  mustAllow: [
    "npm test || true",
    "npx jest --onlyChanged --passWithNoTests",
    "pytest -q || echo failed",
    "sed -i 's/assertEquals/assertEqual/' tests/test_models.py",
    "sed -i 's/assertEquals(true, /assertTrue(/' src/test/java/CartTest.java",
    "grep -v expect test/a.test.ts",
    "git apply <<'EOF'\n--- a/test/a.test.ts\n+++ b/test/a.test.ts\n@@ -1,2 +1,3 @@\n test('a', () => {\n+  expect(a()).toBe(1);\n });\nEOF",
    "sed -i 's/expect(a)/expect(b)/' src/cart.test.ts",
    "sed -i '/expect(/d' src/parser.ts",
    "sed -i '/console.log/d' src/cart.test.ts",
    "npm pkg set scripts.test='vitest run'",
    "npm pkg get scripts.test",
    'sed -i \'s/"test": "jest"/"test": "vitest run"/\' package.json',
    "jq -r '.scripts.test' package.json",
    "grep -rn 'expect(' src",
    "sed -i 's/fail_under = 80/fail_under = 90/' pyproject.toml",
    "sed -i 's/def test_old/def test_new/' tests/unit/test_a.py",
    "sed -i 's/pytest/pytest -q/' Makefile",
    { edit: "Makefile", change: { kind: "replace", oldText: "\tpytest", newText: "\t@echo run\n\tpytest" } },
    {
      edit: "package.json",
      change: {
        kind: "replace",
        oldText: '"name": "a"',
        newText: '"test": "echo \\"Error: no test specified\\" && exit 1"',
      },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "expect(total()).toBe(3);", newText: "expect(total()).toBe(4);" },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "const a = 1;", newText: "const a = 2;\nexpect(a).toBe(2);" },
    },
    {
      edit: "test/a.test.ts",
      change: {
        kind: "create",
        text: "for (const [name, value] of cases)\n  it(name, () => {\n    expect(a(name)).toBe(value);\n  });\n",
      },
      facts: twoTests,
    },
    {
      edit: "test/a.test.ts",
      change: {
        kind: "create",
        text: "it('a', () => {\n  expect(a()).toBe(1);\n});\nit('b', () => {\n  expect(b()).toBe(3);\n});\n",
      },
      facts: twoTests,
    },
    { edit: "test/new.test.ts", change: { kind: "create", text: "it('a', () => {});\n" } },
    "sed -i 's/expect(1).toBe(1)/expect(2).toBe(2)/' test/a.test.ts",
    {
      edit: "tests/test_a.py",
      change: { kind: "replace", oldText: "def test_a():", newText: "def test_adds_nothing():" },
    },
    { edit: "src/cart.ts", change: { kind: "replace", oldText: "assert(a);", newText: "" } },
    {
      edit: "package.json",
      change: { kind: "replace", oldText: '"lint": "eslint ."', newText: '"lint": "eslint src"' },
    },
    { edit: "jest.config.js", change: { kind: "replace", oldText: "branches: 80", newText: "branches: 90" } },
  ],
};

export const rules: readonly Rule[] = [weaken];

/** `grep -v expect a.test.ts > b && mv b a.test.ts`: a test without its assertions takes the test's place. */
function filteredOut({ effects, facts }: Scene): readonly Hit[] {
  return effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "execute" || !/^(e|f)?grep$|^rg$/.test(effect.program ?? "")) return [];
    if (!effect.args.some((arg) => /^-\w*v|^--invert-match$/.test(arg ?? ""))) return [];
    const [pattern = "", ...files] = effect.args.flatMap((arg) =>
      arg === undefined || arg.startsWith("-") ? [] : [arg],
    );
    const taken = new Set(files.map((file) => resolvePath(file, effect.cwd)));
    const written = effects.some((other) => {
      const rel = other.kind === "write" && taken.has(other.path) ? relOf(other, facts) : undefined;
      return rel !== undefined && isTest(rel);
    });
    return written && (dropsAssertion(pattern, "") || headsTest(pattern)) ? [spanned(effect)] : [];
  });
}

function weakening({ swaps }: Rewrite): string | undefined {
  for (const { removed, added } of swaps) {
    if (passesAnyway(removed, added) !== undefined) return "it lets a failing test command succeed";
    if (silencesRunner(removed, added)) return "it replaces a test command by one that always succeeds";
    const key = /"(?:test|check|lint|typecheck)[\w:-]*"\s*:/.test(removed);
    if (key && /:\s*"(?:exit 0|true|:|echo\b[^"]*)"/.test(added))
      return "it replaces a test command by one that always succeeds";
    if (lowersThreshold(removed, added) !== undefined) return "it lowers a threshold";
  }
  return undefined;
}
