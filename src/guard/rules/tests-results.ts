import type { Effect, Facts } from "../../core/action.ts";
import { mayRewrite } from "../rewrites.ts";
import type { FileEffect } from "../paths.ts";
import type { Hit, Rule } from "../rule.ts";
import { rewritten } from "../test-changes.ts";
import { relOf } from "../test-files.ts";
import { dropsAssertion } from "../test-marks.ts";
import { watching } from "../watching.ts";

const expected: Rule = {
  id: "tests/expected-rewrite",
  irreversible: false,
  verdict: "ask",
  says: "it writes what a program prints over what tests expect of it",
  instead: "git diff --stat",
  find: watching({ effects: ["write"] }, ({ effects, facts }) =>
    effects.flatMap((effect): readonly Hit[] => {
      if (effect.kind !== "write" || !/^(>|>\||&>|tee|cp|mv|rsync|sponge)$/.test(effect.by ?? "")) return [];
      const rel = relOf(effect, facts);
      if (rel === undefined || !(effect.glob === true || isCommitted(effect, facts)) || !golden(rel))
        return [];
      return [{ ...spanned(effect), says: `${rel} holds expected results` }];
    }),
  ),
  mustBlock: [
    'for f in test/golden/*.in; do ./bin/tool < "$f" > "${f%.in}.out"; done',
    'for f in testdata/*.in; do ./bin/app parse "$f" > "${f%.in}.expected"; done',
    'for f in tests/cases/*.txt; do ./app "$f" | tee "${f%.txt}.golden"; done',
    'for f in out/*.json; do cp "$f" test/expected/$(basename "$f" .json)*; done',
    {
      command: "./bin/app a.in > testdata/a.golden",
      facts: {
        paths: { "/work/repo/testdata/a.golden": { exists: true, tracked: true, ignored: false } },
      },
    },
  ],
  mustAllow: [
    "./bin/app a.in > testdata/a.golden",
    'for f in test/golden/*.in; do ./bin/tool < "$f" | diff - "${f%.in}.out"; done',
    'for f in test/golden/*.in; do ./bin/tool < "$f" > /tmp/out/$(basename "$f"); done',
    'for f in src/*.proto; do protoc "$f" > "${f%.proto}.out"; done',
    "cat test/golden/a.out",
    "cp test/golden/a.out /tmp/a.out",
  ],
};

function golden(rel: string): boolean {
  return (
    /\.(golden|expected)(\.\w+)?$/.test(rel) ||
    /(^|\/)(goldens?|goldenfiles|expected|expectations)\/[^/]*$/.test(rel) ||
    /(^|\/)(testdata|test-data)\/([^/]+\/)?[^/]*\.(out|want|stdout|stderr)$/.test(rel)
  );
}

function isCommitted({ path }: FileEffect, { paths = {} }: Facts): boolean {
  const fact = path === undefined ? undefined : new Map(Object.entries(paths)).get(path);
  return fact?.exists === true && fact.tracked === true;
}

const ignored: Rule = {
  id: "tests/ignored-result",
  irreversible: false,
  verdict: "ask",
  says: "it commits whatever the tests say",
  instead: "npm test",
  find: watching({ operations: (name) => /^(commit|push)$/.test(name) }, ({ action, effects }) => {
    const run = action.kind === "exec" ? passedOver.exec(action.command.slice(0, textAtMost)) : null;
    if (run === null) return [];
    const end = run.index + run[0].length;
    const commit = effects.find(
      (effect) =>
        effect.kind === "git" && /^(commit|push)$/.test(effect.operation) && (effect.span?.start ?? 0) >= end,
    );
    return commit === undefined ? [] : [{ span: { start: run.index, end } }];
  }),
  mustBlock: [
    'npm test || true; git commit -am "all tests pass"',
    "pytest -q || exit 0; git commit -am x",
    "go test ./... || : ; git commit -am wip && git push",
    "npx vitest run 2>&1 || echo skipped && git commit -m x",
    "cargo test --workspace || true\ngit add -A\ngit commit -m 'fix: lexer'",
  ],
  mustAllow: [
    "npm test || true",
    "npm test && git commit -am x",
    "npm run lint || true; git commit -am x",
    "git commit -am 'drop npm test || true; from the script'",
    "npm test || exit 1; git commit -am x",
    "pytest -q || echo failed",
  ],
};

const textAtMost = 20_000;

// A run of the tests whose failure is turned into success, with something after it.
const passedOver =
  /(?<![\w"'-])(?:(?:npm|pnpm|yarn|bun)(?: run)? t(?:est)?(?![\w-])[\w:.-]*|jest|vitest|mocha|ava|pytest|py\.test|(?:go|cargo|dotnet|mix|swift|deno|zig|bazel|sbt) (?:nextest run|test)|mvn(?:w)? (?:-\S+ )*(?:test|verify)|gradlew? (?:\S+ )*(?:test|check)|make (?:test|check)|rspec|phpunit|ctest|tox|nox)\b(?:>&|&>|[^\n;|&"']){0,200}\|\|\s*(?:true|:|exit 0|echo\b[^\n;&|]{0,200})\s*(?:;|&&|\n)/;

const inline: Rule = {
  id: "tests/inline-assertions",
  irreversible: false,
  verdict: "ask",
  says: "its script takes assertions out of tests that stand beside the code",
  instead: "cargo test",
  find: watching({ programs: mayRewrite }, (scene) =>
    rewritten(
      scene,
      ({ removed, added, drops }) =>
        /\bassert_(?:eq|ne|matches)!|#\[test\]/.test(removed) && (drops || dropsAssertion(removed, added)),
      true,
    ),
  ),
  mustBlock: [
    "sed -i 's/assert_eq!(toks.len(), 2);//' crates/core/src/lexer.rs",
    "sed -i '/assert_eq!/d' src/lib.rs",
    "sed -i '/#\\[test\\]/d' src/lexer.rs",
    "perl -pi -e 's/assert_ne!\\(.*\\);//' src/parser.rs",
    "find src -name '*.rs' -exec sed -i '/assert_eq!/d' {} +",
  ],
  mustAllow: [
    "sed -i 's/assert_eq!(a, b)/assert_eq!(a, c)/' src/lib.rs",
    "sed -i 's/assert_eq!/pretty_assertions::assert_eq!/' src/lib.rs",
    "sed -i '/dbg!/d' src/lib.rs",
    "grep -rn 'assert_eq!' src",
    "sed -n '/assert_eq!/p' src/lib.rs",
  ],
};

export const rules: readonly Rule[] = [expected, ignored, inline];

function spanned({ span }: Effect): Hit {
  return span === undefined ? {} : { span };
}
