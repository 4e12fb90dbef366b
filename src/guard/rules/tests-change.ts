import type { Effect } from "../../core/action.ts";
import { resolvePath } from "../paths.ts";
import type { FileEffect } from "../paths.ts";
import { rewritesOf } from "../rewrites.ts";
import type { Rewrite, Swap } from "../rewrites.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { lowersThreshold, passesAnyway, setsAside } from "../test-config.ts";
import { isTestConfig, isTestFolder, relOf, isTest } from "../test-files.ts";
import { addsMark, dropsAssertion, lostTests } from "../test-marks.ts";

const skip: Rule = {
  id: "tests/skip",
  irreversible: false,
  verdict: "deny",
  says: "it skips tests, or keeps only some of them",
  instead: "npm test",
  find: (scene) => [
    ...edited(scene).flatMap(({ rel, before, after, effect }): readonly Hit[] => {
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
    ...configured(scene, (text) => setsAside("", text)).map((hit) => ({
      ...hit,
      says: "it leaves tests out by configuration",
    })),
    ...appended(scene),
  ],
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
    "jq '.jest.testPathIgnorePatterns += [\"integration\"]' package.json > p && mv p package.json",
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

const weaken: Rule = {
  id: "tests/weaken",
  irreversible: false,
  verdict: "deny",
  says: "it removes assertions, or makes a failing test command succeed",
  instead: "npm test",
  find: (scene) => [
    ...edited(scene).flatMap(({ rel, before, after, effect }): readonly Hit[] => {
      const lost = !isTest(rel) ? undefined : lostTests(rel, before, after);
      if (lost !== undefined && lost.assertions > 0)
        return [
          {
            ...spanned(effect),
            verdict: "ask",
            says: `it takes ${lost.assertions === 1 ? "an assertion" : `${lost.assertions} assertions`} away and puts none in their place`,
          },
        ];
      if (!isTestConfig(rel)) return [];
      const anyway = passesAnyway(before, after);
      if (anyway !== undefined)
        return [{ ...spanned(effect), says: `it lets a failing test command succeed: ${short(anyway)}` }];
      const lower = lowersThreshold(before, after);
      return lower === undefined
        ? []
        : [{ ...spanned(effect), verdict: "ask", says: `it lowers a threshold: ${short(lower)}` }];
    }),
    ...rewritten(
      scene,
      ({ removed, added, drops }) => (drops ? dropsAssertion(removed, "") : dropsAssertion(removed, added)),
      false,
    ).map((hit) => ({ ...hit, says: "its script takes assertions out of tests" })),
    ...configRewrites(scene),
    ...configured(scene, (text) => passesAnyway("", text)).map((hit) => ({
      ...hit,
      says: "it lets a failing test command succeed",
    })),
  ],
  mustBlock: [
    "sed -i '/expect(/d' src/cart/total.test.ts",
    "sed -i 's/self.assertEqual(.*)/pass/' tests/test_models.py",
    "sed -i 's/^\\(\\s*\\)assert /\\1# assert /' tests/test_models.py",
    "perl -ni -e 'print unless /assert/' tests/test_models.py; sed -i '/assert/d' tests/test_models.py",
    "vim -es -c '%s/expect(.*);//g' -c 'wq' src/cart/total.test.ts",
    "npm pkg set scripts.test='vitest run || true'",
    'sed -i \'s/"test": ".*"/"test": "exit 0"/\' package.json',
    "sed -i 's/jest/jest || true/' package.json",
    "jq '.scripts.test = \"vitest run || true\"' package.json > /tmp/p.json && cp /tmp/p.json package.json",
    "sed -i 's/fail_under = 90/fail_under = 10/' pyproject.toml",
    "python3 -c \"import re; p='tests/test_a.py'; s=open(p).read(); open(p,'w').write(re.sub(r'assert .*', 'pass', s))\"",
    "npm pkg set scripts.test='jest --passWithNoTests'",
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
  ],
  mustAllow: [
    "npm test || true",
    "npx jest --onlyChanged --passWithNoTests",
    "pytest -q || echo failed",
    "sed -i 's/assertEquals/assertEqual/' tests/test_models.py",
    "sed -i 's/expect(a)/expect(b)/' src/cart.test.ts",
    "sed -i '/expect(/d' src/parser.ts",
    "sed -i '/console.log/d' src/cart.test.ts",
    "npm pkg set scripts.test='vitest run'",
    "npm pkg get scripts.test",
    'sed -i \'s/"test": "jest"/"test": "vitest run"/\' package.json',
    "jq -r '.scripts.test' package.json",
    "grep -rn 'expect(' src",
    "sed -i 's/fail_under = 80/fail_under = 90/' pyproject.toml",
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "expect(total()).toBe(3);", newText: "expect(total()).toBe(4);" },
    },
    {
      edit: "src/cart.test.ts",
      change: { kind: "replace", oldText: "const a = 1;", newText: "const a = 2;\nexpect(a).toBe(2);" },
    },
    { edit: "src/cart.ts", change: { kind: "replace", oldText: "assert(a);", newText: "" } },
    {
      edit: "package.json",
      change: { kind: "replace", oldText: '"lint": "eslint ."', newText: '"lint": "eslint src"' },
    },
    { edit: "jest.config.js", change: { kind: "replace", oldText: "branches: 80", newText: "branches: 90" } },
  ],
};

export const rules: readonly Rule[] = [skip, weaken];

interface Edited {
  readonly rel: string;
  readonly before: string;
  readonly after: string;
  readonly effect: FileEffect;
}

/** The text of an edit before and after, where both are known. */
function edited({ action, effects, facts }: Scene): readonly Edited[] {
  if (action.kind !== "edit" || action.change.kind !== "replace") return [];
  const { oldText: before, newText: after } = action.change;
  return effects.flatMap((effect) => {
    if (effect.kind !== "write") return [];
    const rel = relOf(effect, facts);
    return rel === undefined ? [] : [{ rel, before, after, effect }];
  });
}

/** Scripts that rewrite tests in a certain way. `anywhere`: also where it is not known that the files are tests. */
function rewritten(
  { effects, facts }: Scene,
  meant: (swap: Swap) => boolean,
  anywhere: boolean,
): readonly Hit[] {
  return rewritesOf(effects, facts).flatMap(({ swaps, targets, effect }): readonly Hit[] => {
    const tests = targets.some((target) => {
      const rel = relOf(target, facts);
      if (rel === undefined) return anywhere && target.path === undefined;
      if (isTest(rel) || isTestFolder(rel)) return true;
      return anywhere && (target.glob === true || rel.endsWith(".rs"));
    });
    return tests && swaps.some(meant) ? [spanned(effect)] : [];
  });
}

/** Scripts that rewrite the configuration of tests. */
function configRewrites({ effects, facts }: Scene): readonly Hit[] {
  return rewritesOf(effects, facts).flatMap((rewrite): readonly Hit[] => {
    if (!rewrite.targets.some((target) => isTestConfig(relOf(target, facts) ?? ""))) return [];
    const says = weakening(rewrite);
    return says === undefined ? [] : [{ ...spanned(rewrite.effect), says }];
  });
}

function weakening({ swaps }: Rewrite): string | undefined {
  for (const { removed, added } of swaps) {
    if (passesAnyway(removed, added) !== undefined) return "it lets a failing test command succeed";
    const key = /"(?:test|check|lint|typecheck)[\w:-]*"\s*:/.test(removed);
    if (key && /:\s*"(?:exit 0|true|:|echo\b[^"]*)"/.test(added))
      return "it replaces a test command by one that always succeeds";
    if (lowersThreshold(removed, added) !== undefined) return "it lowers a threshold";
  }
  return undefined;
}

/** What a command writes into the configuration of tests: `npm pkg set`, `jq`, a whole file. */
function configured(
  { effects, facts, reading }: Scene,
  meant: (text: string) => string | undefined,
): readonly Hit[] {
  const started = effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "execute") return [];
    const words = effect.args.map((arg) => arg ?? "");
    const [first, second] = words;
    const set = /^(npm|pnpm|yarn|bun)$/.test(effect.program ?? "") && first === "pkg" && second === "set";
    const value = set
      ? words
          .slice(2)
          .filter((word) => /^(scripts|jest|vitest|nyc|c8|ava)\b/.test(word))
          .join("\n")
      : "";
    const filter =
      /^(jq|yq|dasel|toml)$/.test(effect.program ?? "") && words.some((word) => isTestConfig(word))
        ? words.filter((word) => /[|+*]?=|del\(|setpath/.test(word)).join("\n")
        : "";
    return meant(value) !== undefined || meant(filter) !== undefined ? [spanned(effect)] : [];
  });
  const files = [...reading.written].flatMap(([path, text]): readonly Hit[] => {
    const effect = effects.find((item): item is FileEffect => item.kind === "write" && item.path === path);
    const rel = effect === undefined ? undefined : relOf(effect, facts);
    return effect !== undefined && rel !== undefined && isTestConfig(rel) && meant(text) !== undefined
      ? [{ ...spanned(effect), verdict: "ask" }]
      : [];
  });
  return [...started, ...files];
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

function short(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function spanned({ span }: Effect): Hit {
  return span === undefined ? {} : { span };
}
