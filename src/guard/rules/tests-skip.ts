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
import { setsAside } from "../test-config.ts";
import { isTest, isTestConfig, relOf } from "../test-files.ts";
import { addsMark, lostTests } from "../test-marks.ts";
import { overwritten } from "../whole-tests.ts";
import { watching } from "../watching.ts";

const skip: Rule = {
  id: "tests/skip",
  irreversible: false,
  verdict: "deny",
  says: "it skips tests, or keeps only some of them",
  instead: "npm test",
  find: watching(testChanges, (scene) => [
    ...[...edited(scene), ...overwritten(scene)].flatMap(({ rel, before, after, effect }): readonly Hit[] => {
      const mark = lostTests(rel, before, after)?.skip;
      const named = isTest(rel) || (rel.endsWith(".rs") && mark?.text.startsWith("#[ignore") === true);
      if (mark !== undefined && named)
        return [
          {
            ...spanned(effect),
            says: `it marks a test not to count: ${short(mark.text)}`,
            ...(mark.conditional ? { verdict: "ask" } : {}),
          },
        ];
      const apart = isTestConfig(rel) ? setsAside(before, after) : undefined;
      return apart === undefined
        ? []
        : [{ ...spanned(effect), verdict: "ask", says: `it leaves tests out in ${rel}: ${short(apart)}` }];
    }),
    ...rewritten(scene, ({ removed, added }) => addsMark(removed, added), true).map((hit) => ({
      ...hit,
      says: "its script marks tests not to count",
    })),
    ...configRewrites(scene, setsAsideBy),
    ...configured(scene, (text) => setsAside("", text)).map((hit) => ({
      ...hit,
      says: "it leaves tests out by configuration",
    })),
    ...appended(scene),
  ]),
  mustBlock: [
    "sed -i 's/^  it(/  it.skip(/' src/tokenize.test.ts",
    "sed -i \"s/test('slow'/test.skip('slow'/\" test/cart.test.ts && npx jest",
    "perl -pi -e 's/describe\\(/describe.only(/ if $. == 12' test/cart.test.ts",
    "sed -i 's/def test_timeout/@pytest.mark.skip\\ndef test_timeout/' tests/test_queue.py",
    "sed -i '12i @Disabled' src/test/java/CartTest.java",
    "find . -name '*_test.go' -exec sed -i 's/func TestX(t \\*testing.T) {/&\\n\\tt.Skip()/' {} +",
    "sed -i 's/#\\[test\\]/#[test]\\n#[ignore]/' src/lib.rs",
    "grep -rl 'it(' src | xargs sed -i 's/it(/xit(/'",
    "echo 'collect_ignore = [\"test_slow.py\"]' >> tests/conftest.py",
    "python3 -c \"p='tests/test_a.py'; s=open(p).read(); open(p,'w').write(s.replace('def test_a', '@pytest.mark.skip\\ndef test_a'))\"",
    'sed -i \'s/addopts = "-q"/addopts = "-q --ignore=tests.slow"/\' pyproject.toml',
    "git apply <<'EOF'\n--- a/test/a.test.ts\n+++ b/test/a.test.ts\n@@ -1,2 +1,2 @@\n-test('a', () => {\n+test.skip('a', () => {\n });\nEOF",
    "jq '.jest.testPathIgnorePatterns += [\"integration\"]' package.json > p && mv p package.json",
    {
      edit: "jest.config.js",
      change: { kind: "replace", oldText: "testMatch: ['**/*.test.ts']", newText: "testMatch: []" },
    },
    {
      edit: "tests/conftest.py",
      change: {
        kind: "replace",
        oldText: "import pytest",
        newText: "import pytest\ndef pytest_collection_modifyitems(items):\n    items[:] = []",
      },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "create", text: "it.skip('adds', () => {\n  expect(a()).toBe(1);\n});\n" },
      facts: {
        texts: {
          "/work/repo/src/cart.test.ts": {
            kind: "text",
            text: "it('adds', () => {\n  expect(a()).toBe(1);\n});\n",
          },
        },
      },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "it('adds', () => {", newText: "it.skip('adds', () => {" },
    },
    {
      edit: "src/cart.test.ts",
      change: {
        kind: "replace",
        oldText: "describe('cart', () => {",
        newText: "describe.only('cart', () => {",
      },
    },
    {
      edit: "tests/test_cart.py",
      change: {
        kind: "replace",
        oldText: "def test_add():",
        newText: "@pytest.mark.skip(reason='flaky')\ndef test_add():",
      },
    },
    {
      edit: "pkg/cart_test.go",
      change: {
        kind: "replace",
        oldText: "func TestAdd(t *testing.T) {",
        newText: 'func TestAdd(t *testing.T) {\n\tt.Skip("flaky")',
      },
    },
    {
      edit: "src/test/java/CartTest.java",
      change: {
        kind: "replace",
        oldText: "@Test\nvoid adds() {",
        newText: "@Disabled\n@Test\nvoid adds() {",
      },
    },
    {
      edit: "src/lib.rs",
      change: {
        kind: "replace",
        oldText: "#[test]\nfn adds() {",
        newText: "#[test]\n#[ignore]\nfn adds() {",
      },
    },
    {
      edit: "spec/cart_spec.rb",
      change: { kind: "replace", oldText: "it 'adds' do", newText: "xit 'adds' do" },
    },
    {
      edit: "jest.config.js",
      change: {
        kind: "replace",
        oldText: "testMatch: ['**/*.test.ts'],",
        newText: "testMatch: ['**/*.test.ts'],\n  testPathIgnorePatterns: ['cart'],",
      },
    },
  ],
  mustAllow: [
    "sed -i 's/foo/bar/' test/cart.test.ts",
    "sed -i 's/it.skip(/it(/' test/cart.test.ts",
    "npx jest -t 'adds'",
    "pytest -k 'not slow'",
    "npx mocha --grep cart",
    "grep -rn 'it.only' test",
    "cat > /tmp/scratch.test.ts <<'EOF'\nit.only('x', () => {});\nEOF",
    "git commit -m 'Use it.skip( nowhere'",
    "sed -i 's/skip/pass/' src/lexer.ts",
    'echo "def pytest_configure(config): pass" >> tests/conftest.py',
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "it.skip('adds', () => {", newText: "it('adds', () => {" },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "it.skip('adds', () => {", newText: "it.skip('adds two', () => {" },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "});", newText: "});\nit.todo('handles refunds');" },
    },
    { edit: "src/lexer.ts", change: { kind: "replace", oldText: "a", newText: "token.skip(1);" } },
    { edit: "/tmp/x.test.ts", change: { kind: "create", text: "it.only('x', () => {});" } },
    {
      edit: "jest.config.js",
      change: { kind: "replace", oldText: "verbose: true", newText: "verbose: false" },
    },
  ],
};

export const rules: readonly Rule[] = [skip];

function setsAsideBy({ swaps }: Rewrite): string | undefined {
  const found = swaps.some(({ removed, added }) => setsAside(removed, added) !== undefined);
  return found ? "it leaves tests out by configuration" : undefined;
}

/** Text that is put at the end of a test. */
function appended({ effects, facts, reading }: Scene): readonly Hit[] {
  return effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "write" || effect.by !== ">>" || effect.path === undefined) return [];
    const rel = relOf(effect, facts);
    const text = reading.written.get(effect.path);
    if (rel === undefined || text === undefined) return [];
    const named = isTest(rel) || resolvePath(rel, "/")?.endsWith("/conftest.py") === true;
    return named && addsMark("", text)
      ? [{ ...spanned(effect), says: `it marks tests in ${rel} not to count` }]
      : [];
  });
}
