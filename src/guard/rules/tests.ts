import type { Effect, Facts } from "../../core/action.ts";
import { commandLine, given, nameSet } from "../command-line.ts";
import { once } from "../once.ts";
import { appliesPatch, isPatchProgram, patchedFiles } from "../patch-text.ts";
import { placeOf, resolvePath } from "../paths.ts";
import type { FileEffect } from "../paths.ts";
import { each, programRule } from "../program-rule.ts";
import type { Matcher } from "../program-rule.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { isSnapshot, isTestFolder, keepsTests, relOf, isTest } from "../test-files.ts";
import { holdsNothing } from "../test-marks.ts";
import { together, watching } from "../watching.ts";
import { writesTo } from "../writes-to.ts";

const untracked = (path: string): Partial<Facts> => ({
  paths: { [`/work/repo/${path}`]: { exists: true, tracked: false, ignored: false } },
});

const deletes: Rule = {
  id: "tests/delete",
  irreversible: false,
  verdict: "deny",
  says: "it deletes tests",
  instead: "npm test",
  find: watching(
    {
      effects: ["write", "delete"],
      programs: isPatchProgram,
      operations: (name) => name === "rm" || name === "update-index" || appliesPatch(name),
    },
    (scene) => [
      ...scene.effects.flatMap((effect): readonly Hit[] =>
        effect.kind === "delete" || effect.kind === "write" ? lossesOf(effect, scene) : [],
      ),
      ...forgets(scene),
      ...patchedAway(scene),
      ...overwrites(scene),
    ],
  ),
  mustBlock: [
    "rm test/parser/quotes.test.ts",
    "git rm -r tests/integration",
    "find tests -name 'test_*.py' -delete",
    "find src -name '*.spec.ts' -exec rm {} +",
    "mv test/cart.test.ts test/cart.test.ts.bak",
    "git mv tests/test_api.py docs/test_api.txt",
    "mv tests/test_billing.py /tmp/",
    ": > src/cart.test.ts",
    "truncate -s 0 spec/user_spec.rb",
    "echo '// later' > test/cart.test.ts",
    "cp /dev/null internal/api/api_test.go",
    "rm -rf __tests__",
    "git rm -r spec/requests",
    "rm test/parser.js",
    "patch -p1 <<'EOF'\n--- a/test/a.test.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-test('a');\nEOF",
    "rm -f src/*.test.ts",
    "ls tests/*.py | xargs rm",
    "bash -c 'cd test && rm cart.test.ts'",
    "git rm --cached test/cart.test.ts",
    "git ls-files 'src/**/*.test.ts' | xargs git rm -q",
    "for t in $(git ls-files 'tests/*Test.php' | head -5); do git rm -q \"$t\"; done",
    "git ls-files | grep -E '\\.(spec|test)\\.tsx?$' | xargs rm",
    "rg -l 'toMatchSnapshot' src | xargs rm",
    "fd -e test.ts -x rm",
    { edit: "test", change: { kind: "delete" } },
    { edit: "test", change: { kind: "move", to: "old" } },
    "git mv test test-old",
    "git ls-files '*test*' | xargs git rm -q",
    "rm $(find . -name '*test*')",
    "git update-index --skip-worktree test/a.test.ts",
    { edit: "test/cart.test.ts", change: { kind: "delete" } },
    { edit: "test/cart.test.ts", change: { kind: "move", to: "docs/cart.txt" } },
    {
      edit: "test/cart.test.ts",
      change: { kind: "create", text: "export {};\n" },
      facts: { paths: { "/work/repo/test/cart.test.ts": { exists: true, tracked: true, ignored: false } } },
    },
  ],
  mustAllow: [
    "git mv test/cart.test.ts test/basket.test.ts",
    "mv test/helpers.ts src/helpers.ts",
    "mkdir -p tests/unit && git mv tests/test_a.py tests/unit/test_a.py",
    "rm -rf coverage test-results dist/test",
    "rm -rf tests/__pycache__",
    "rm -f tests/*.log tests/*.pyc",
    "git ls-files tests | grep '\\.pyc$' | xargs git rm --cached",
    "git ls-files 'tests/*.py' | xargs wc -l",
    "rg -l foo -g '*.test.ts' | xargs sed -i 's/foo/bar/g'",
    "rm -rf test/tmp tests/output spec/support",
    "git rm test/helpers.js",
    "rm /tmp/scratch.test.ts",
    "cp test/cart.test.ts /tmp/",
    "cat > test/new.test.ts <<'EOF'\nimport { test } from 'node:test';\ntest('works', () => {});\nEOF",
    "touch tests/__init__.py",
    "echo '' > tests/__init__.py",
    "sed -i 's/foo/bar/' test/cart.test.ts",
    { command: "rm test/scratch.test.ts", facts: untracked("test/scratch.test.ts") },
    { edit: "test/new.test.ts", change: { kind: "create", text: "test('a', () => {});\n" } },
    { edit: "test/a.test.ts", change: { kind: "move", to: "test/b.test.ts" } },
    { edit: "test", change: { kind: "move", to: "tests" } },
    { edit: "scripts/test", change: { kind: "delete" } },
    "git mv test tests",
    "find . -name '*test*.log' -delete",
    "git update-index --chmod=+x test/a.test.ts",
    "git update-index --skip-worktree config/local.json",
    "rm src/contest.ts",
    "git commit -m 'Remove test/old.test.ts'",
  ],
};

function lossesOf(effect: FileEffect, scene: Scene): readonly Hit[] {
  const rel = relOf(effect, scene.facts);
  if (rel === undefined || isUntracked(effect, scene.facts)) return [];
  // What an editing tool or git names may be a folder as well; a program named `test` may lie among others.
  const named = (effect.by === "edit" || effect.by === "git") && !/(^|\/)(s?bin|scripts?|tools?)\//.test(rel);
  const many = effect.recursive || effect.glob === true || named;
  const folder = !isTest(rel) && many && isTestFolder(rel);
  const selected =
    effect.glob === true && (effect.by === "git" || rel.startsWith("**/")) && anyTest.test(rel);
  if (!folder && !selected && !isTest(rel)) return [];
  const hit = (says: string): Hit => ({ ...spanned(effect), says });
  if (effect.kind === "write") return effect.by === "truncate" ? [hit(`it empties the test ${rel}`)] : [];
  if (effect.kind !== "delete" || effect.by === "rsync") return [];
  if (staysATest(effect, scene)) return [];
  return [hit(`it deletes ${folder ? "the tests in" : "the test"} ${rel}`)];
}

// `*test*`, as git and find select by.
const anyTest = /(?:^|\/)\*[._-]?(?:test|spec)s?[._-]?\*$/;

/** A patch in the command's text that deletes a test. */
function patchedAway({ action, effects, facts }: Scene): readonly Hit[] {
  if (action.kind !== "exec") return [];
  return patchedFiles(action.command, effects).flatMap(({ path, deleted }): readonly Hit[] => {
    const full = deleted ? resolvePath(path, facts.worktree) : undefined;
    const rel =
      full === undefined ? undefined : relOf({ kind: "delete", path: full, recursive: false }, facts);
    return rel !== undefined && isTest(rel) ? [{ says: `it deletes the test ${rel}` }] : [];
  });
}

/** `git rm --cached`, `git update-index --skip-worktree`: the file stays, and the next commit has no such test. */
function forgets({ effects, facts }: Scene): readonly Hit[] {
  return effects.flatMap((effect): readonly Hit[] => {
    if (effect.kind !== "git") return [];
    const { operation, args } = effect;
    const hides = operation === "update-index" && args.some((arg) => hiding.test(arg ?? ""));
    if (!hides && !(operation === "rm" && args.includes("--cached"))) return [];
    const rels = effect.args.flatMap((arg) => {
      const path = arg === undefined || arg.startsWith("-") ? undefined : resolvePath(arg, effect.cwd);
      const rel = path === undefined ? undefined : relOf({ kind: "delete", path, recursive: false }, facts);
      return rel !== undefined && (isTest(rel) || isTestFolder(rel)) ? [rel] : [];
    });
    return rels[0] === undefined
      ? []
      : [
          {
            ...spanned(effect),
            says: `it ${hides ? "hides changes of" : "takes"} ${rels[0]}${hides ? "" : " out of the repository"}`,
          },
        ];
  });
}

// Changes of such a file show in no diff, and go into no commit.
const hiding = /^--(?:skip-worktree|assume-unchanged|force-remove)$/;

/** Whether what is deleted here is moved to where it is still run. */
function staysATest(effect: FileEffect, scene: Scene): boolean {
  if (effect.by !== "mv" && effect.by !== "git" && effect.by !== "edit") return false;
  return testWriters(scene).has(effect.by);
}

/** What writes files that are run as tests. */
const testWriters = once(({ effects, facts }: Scene): ReadonlySet<string | undefined> => {
  const tests = effects.filter((effect) => {
    if (effect.kind !== "write") return false;
    const rel = relOf(effect, facts);
    return rel !== undefined && keepsTests(rel) && !/\.(bak|old|orig|off|skip|disabled|txt|_)$/i.test(rel);
  });
  return new Set(tests.map((effect) => ("by" in effect ? effect.by : undefined)));
});

function isUntracked({ path, glob }: FileEffect, { paths }: Facts): boolean {
  if (path === undefined || glob === true) return false;
  const fact = new Map(Object.entries(paths ?? {})).get(path);
  return fact !== undefined && (fact.tracked === false || fact.exists === false);
}

/** A test that is written anew and holds no test any more. */
function overwrites({ action, effects, facts, reading }: Scene): readonly Hit[] {
  const created: readonly (readonly [string, string])[] =
    action.kind === "edit" && action.change.kind === "create"
      ? effects.flatMap((effect) =>
          effect.kind === "write" && effect.path !== undefined && action.change.kind === "create"
            ? [[effect.path, action.change.text] as const]
            : [],
        )
      : [...reading.written];
  return created.flatMap(([path, text]): readonly Hit[] => {
    const effect = writesTo(effects, path).find(({ by }) => by === ">" || by === "tee" || by === "edit");
    const rel = effect === undefined ? undefined : relOf(effect, facts);
    if (effect === undefined || rel === undefined || !isTest(rel) || isUntracked(effect, facts)) return [];
    // An edit of a file that is not there yet makes it, and without facts that is the likely case.
    const known = new Map(Object.entries(facts.paths ?? {})).has(path);
    if (action.kind === "edit" && !known) return [];
    if (text.includes("\uE000") || !holdsNothing(rel, text)) return [];
    return [{ ...spanned(effect), says: `it leaves no test in ${rel}` }];
  });
}

const updates: Matcher = (line) =>
  given(
    line,
    "u",
    "update",
    "updateSnapshot",
    "update-snapshots",
    "snapshot-update",
    "force-regen",
    "test-update-snapshots",
    "auto-accept-changes",
  ) || line.options.get("inline-snapshot")?.some((value) => /fix|update|create/.test(value)) === true;

const behind: Matcher = (line, call, scene) => {
  const tests = /^(test|t|run|exec|x)\b/.test(line.words.join(" "));
  const rest = commandLine({ words: line.rest }, new Set());
  return (
    tests &&
    line.words.some((word) => /^(t|test([:-].*)?|.*:test|jest|vitest|ava|playwright)$/.test(word)) &&
    (updates(rest, call, scene) || updates(line, call, scene))
  );
};

const snapshotUpdate: Rule = also(
  programRule({
    id: "tests/snapshot-update",
    irreversible: false,
    verdict: "ask",
    says: "it rewrites the expected results with the actual ones",
    instead: "npx jest --ci",
    valued: nameSet("t c config project k m p run count timeout reporter"),
    matchers: {
      ...each("jest vitest ava playwright react-scripts tap chromatic backstop storycap loki", updates),
      ...each("npm yarn bun", behind),
      pnpm: (line, call, scene) => behind(line, call, scene),
      ...each("pytest py.test", updates),
      ...each(
        "python python3",
        (line, call, scene) => call.words.includes("pytest") && updates(line, call, scene),
      ),
      node: (line) => given(line, "test-update-snapshots"),
      go: (line) => line.words[0] === "test" && given(line, "update", "update-golden", "golden", "u"),
      cargo: ({ words, options }) => words[0] === "insta" && (words[1] === "accept" || options.has("accept")),
      dotnet: ({ words }) => words[0] === "verify" && words[1] === "accept",
      ...each("rspec phpunit pest", (line) => given(line, "update-snapshots")),
    },
    mustBlock: [
      "npx jest -u",
      "npx vitest run -u",
      "npx jest --updateSnapshot --ci=false",
      "npm test -- -u",
      "pytest --snapshot-update tests/test_render.py",
      "python -m pytest --inline-snapshot=fix",
      "npx playwright test --update-snapshots",
      "go test ./... -update",
      "cargo insta accept",
      "UPDATE_GOLDEN=1 go test ./...",
      "INSTA_UPDATE=always cargo test",
      "rm -rf src/__snapshots__",
      { edit: "src/__snapshots__/cart.test.ts.snap" },
      "node --test --test-update-snapshots",
    ],
    mustAllow: [
      "npx jest",
      "npm test",
      "npx vitest run -t 'cart'",
      "pytest -k render",
      "go test ./... -run TestUpdate",
      "cargo insta test",
      "git diff -- '*.snap'",
      "npm update",
      "yarn upgrade",
      "pip install -U pytest",
      "python -u scripts/report.py",
      "npm run build -- -u",
      "cat src/__snapshots__/cart.test.ts.snap",
      "npm i -D vitest",
      "git add -u",
    ],
  }),
);

const runners =
  /^(jest|vitest|ava|playwright|npm|npx|pnpm|yarn|bun|pytest|python3?|go|cargo|node|make|dotnet|rspec|mix|bazel)$/;
// Variables by which runners and libraries of golden files are told to write.
const variables =
  /(?:^|[\s;&|(])(?:\w*UPDATE_(?:SNAPSHOTS?|GOLDENS?(?:_FILES)?|EXPECT(?:ED|ATIONS?)?|BASELINES?|FIXTURES|REFERENCES)|SNAPSHOT_UPDATE|UPDATE_EXPECT|INSTA_UPDATE|INSTA_FORCE_UPDATE|REGEN(?:ERATE)?_GOLDENS?|BLESS|TRYBUILD)=(?:1|true|yes|y|on|all|always|overwrite)\b/;

/** The rule, and the ways that lie in a variable or in the snapshots themselves. */
function also(rule: Rule): Rule {
  const others = watching(
    { effects: ["write", "delete"], programs: (name) => runners.test(name) },
    ({ action, effects, facts }) => {
      const told = action.kind === "exec" && variables.test(action.command.slice(0, 20_000));
      const started = effects.filter(
        (effect) => effect.kind === "execute" && runners.test(effect.program ?? ""),
      );
      return [
        ...(told ? started.slice(0, 1).map(spanned) : []),
        ...effects.flatMap((effect): readonly Hit[] =>
          (effect.kind === "delete" ||
            (effect.kind === "write" && effect.by !== "git" && effect.by !== "mkdir")) &&
          snapshot(effect, facts)
            ? [{ ...spanned(effect), says: `${relOf(effect, facts) ?? "it"} holds expected results` }]
            : [],
        ),
      ];
    },
  );
  return { ...rule, find: together(rule.find, others) };
}

function snapshot(effect: FileEffect, facts: Facts): boolean {
  const rel = relOf(effect, facts);
  return (
    rel !== undefined &&
    placeOf(effect, facts).kind === "inside" &&
    isSnapshot(rel) &&
    !isUntracked(effect, facts)
  );
}

export const rules: readonly Rule[] = [deletes, snapshotUpdate];

function spanned({ span }: Effect): Hit {
  return span === undefined ? {} : { span };
}
