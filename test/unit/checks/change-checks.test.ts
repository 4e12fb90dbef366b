import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type ChangeCheckInput, unmetNeeds } from "../../../src/checks/change-check.ts";
import { check as claims, parseClaim } from "../../../src/checks/change/claims.ts";
import { checks } from "../../../src/checks/change/index.ts";
import { check as protectedFiles } from "../../../src/checks/change/protected-files.ts";
import { check as scope } from "../../../src/checks/change/scope.ts";
import type { Claim } from "../../../src/core/change.ts";
import type { Scope } from "../../../src/core/policy.ts";
import { changeOf } from "./diff-of.ts";

const everything: Scope = { allow: ["**"], deny: [] };
const touching = (paths: readonly string[], more: Partial<ChangeCheckInput> = {}): ChangeCheckInput => ({
  change: changeOf(...paths.map((path) => ({ path, before: "a\n", after: "b\n" }))),
  scope: everything,
  claim: undefined,
  ...more,
});
const says = (input: ChangeCheckInput, check: (typeof checks)[number]): readonly string[] =>
  check.check(input).findings.map((finding) => `${finding.code} ${finding.evidence[0]?.path}`);

test("a path outside the policy's or the task's scope is named with the reason", () => {
  const input = touching(["src/a.ts", "src/secret/b.ts", "docs/c.md"], {
    scope: { allow: ["src/**", "docs/**"], deny: ["src/secret/**"] },
    taskScope: { allow: ["src/**"], deny: [] },
  });
  assert.deepEqual(scope.check(input), {
    check: "scope",
    looked: 3,
    findings: [
      {
        code: "change.out_of_scope",
        says: "docs/c.md was changed and no path that the task allows matches it",
        measures: {},
        evidence: [{ path: "docs/c.md" }],
      },
      {
        code: "change.out_of_scope",
        says: "src/secret/b.ts was changed and the policy's scope denies src/secret/**",
        measures: {},
        evidence: [{ path: "src/secret/b.ts" }],
      },
    ],
  });
});

test("both ends of a rename are touched paths", () => {
  const change = changeOf({ path: "src/b.ts", from: "lib/a.ts", before: "a\n", after: "a\n" });
  assert.deepEqual(says({ change, scope: { allow: ["src/**"], deny: [] }, claim: undefined }, scope), [
    "change.out_of_scope lib/a.ts",
  ]);
});

test("files that judge the work are protected unless a scope names them", () => {
  const paths = [
    ".github/workflows/ci.yml",
    ".husky/pre-commit",
    "surefoot.yaml",
    "pkg/.claude/settings.json",
    "AGENTS.md",
    "src/a.ts",
  ];
  const found = [
    ".github/workflows/ci.yml",
    ".husky/pre-commit",
    "AGENTS.md",
    "pkg/.claude/settings.json",
    "surefoot.yaml",
  ];
  assert.deepEqual(
    says(touching(paths), protectedFiles),
    found.map((path) => `change.protected_file ${path}`),
  );
  const named = { allow: [".github/**", "surefoot.yaml", "src/**"], deny: [] };
  assert.deepEqual(
    says(touching([".github/workflows/ci.yml", "surefoot.yaml"], { taskScope: named }), protectedFiles),
    [],
  );
  for (const allow of ["**", "**/*", "**/*.yml", "**/.*/**"])
    assert.deepEqual(
      [
        allow,
        says(touching([".gitlab-ci.yml"], { taskScope: { allow: [allow], deny: [] } }), protectedFiles),
      ],
      [allow, ["change.protected_file .gitlab-ci.yml"]],
    );
});

const structured = (...paths: readonly string[]): Claim => ({ source: "structured", paths, testsPass: true });

test("a structured report is compared with the diff in both directions", () => {
  const input = touching(["src/a.ts", "src/b.ts"], { claim: structured("src/a.ts", "src/c.ts") });
  assert.deepEqual(claims.check(input), {
    check: "claims",
    looked: 4,
    findings: [
      {
        code: "claims.not_in_diff",
        says: "src/c.ts is reported as changed and the diff does not contain it",
        measures: { claimed: 2, changed: 2 },
        evidence: [{ path: "src/c.ts" }],
      },
      {
        code: "claims.not_claimed",
        says: "src/b.ts is changed in the diff and not reported as changed",
        measures: { claimed: 2, changed: 2 },
        evidence: [{ path: "src/b.ts" }],
      },
    ],
  });
});

test("a file that was written and put back is no lost edit", () => {
  assert.deepEqual(
    says(touching(["src/a.ts"], { claim: structured("src/a.ts", "tmp.js"), written: ["tmp.js"] }), claims),
    [],
  );
});

test("paths may be written in other words", () => {
  for (const path of ["./src/a.ts", "a.ts", "/home/me/repo/src/a.ts", "src\\a.ts", "src/a.ts:12", "src/"])
    assert.deepEqual([path, says(touching(["src/a.ts"], { claim: structured(path) }), claims)], [path, []]);
});

test("prose is only held to the paths that it names", () => {
  const claim = parseClaim("I fixed the bug in `src/sum.js` and updated test/sum.test.js.");
  assert.deepEqual(claim, {
    source: "prose",
    paths: ["src/sum.js", "test/sum.test.js"],
    testsPass: undefined,
  });
  assert.deepEqual(says(touching(["src/sum.js", "x.ts"], { claim }), claims), [
    "claims.prose_mismatch test/sum.test.js",
  ]);
});

const block = (json: string): string => `\n\`\`\`surefoot\n${json}\n\`\`\`\n`;

test("the last readable block of an agent is its report", () => {
  assert.deepEqual(
    parseClaim(`Done.${block('{"files": ["a.ts"], "tests_pass": true}')}`),
    structured("a.ts"),
  );
  assert.deepEqual(parseClaim(block('{"files": ["a.ts"]}') + block('{"files": [], "tests_pass": false}')), {
    source: "structured",
    paths: [],
    testsPass: false,
  });
  assert.deepEqual(parseClaim(`I changed src/a.ts.${block("{not json")}`)?.source, "prose");
  assert.equal(parseClaim(block("{not json")), undefined);
});

test("words that do not claim a change are no claim", () => {
  for (const words of [
    "",
    "All good now.",
    "I did not change src/a.ts.",
    "You should have updated src/a.ts.",
    "src/a.ts would have to be changed.",
    "Nothing was changed; see src/a.ts?",
    "I changed the Node.js version.",
    "I updated https://example.com/a/b.ts for you.",
    "I read src/a.ts and ran the tests.",
    "```ts\n// changed src/a.ts\n```",
  ])
    assert.deepEqual([words, parseClaim(words)], [words, undefined]);
});

test("a list under a heading that claims is a claim", () => {
  assert.deepEqual(
    parseClaim("Files changed:\n\n- `src/a.ts`: the sum\n- lib/b.py\n\nNext: look at src/c.ts")?.paths,
    ["src/a.ts", "lib/b.py"],
  );
});

test("a check whose need is not met looked at nothing and says which", () => {
  const input = touching(["src/a.ts"]);
  assert.deepEqual(unmetNeeds(claims, input), ["claim"]);
  assert.deepEqual(claims.check(input), { check: "claims", looked: 0, findings: [] });
});

test("no check ever throws, and an empty change is never looked at", () => {
  const path = fc.constantFrom(
    "src/a.ts",
    "a.test.ts",
    ".github/workflows/x.yml",
    "weird [name].py",
    "ü.rb",
    "-",
    "a b/c_test.go",
  );
  fc.assert(
    fc.property(fc.array(path), fc.string(), fc.string(), (paths, text, closing) => {
      const files = paths.map((name) => ({ path: name, before: text, after: closing }));
      for (const check of checks)
        check.check({ change: changeOf(...files), scope: everything, claim: parseClaim(closing) });
    }),
  );
  for (const check of checks)
    assert.deepEqual(check.check({ change: changeOf(), scope: everything, claim: undefined }), {
      check: check.id,
      looked: 0,
      findings: [],
    });
});
