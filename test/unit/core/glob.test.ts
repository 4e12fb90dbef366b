import assert from "node:assert/strict";
import { test } from "node:test";
import { globMatcher, matchesAny } from "../../../src/core/glob.ts";

const globs = [
  "**/.github/workflows/**",
  "{,.}lefthook{,-local}.{yml,toml}",
  ".ci",
  ".ci/**",
  ".lintstagedrc*",
  "a[bc]/?.txt",
  "odd(name",
  "!not",
];

const paths = [
  ".github/workflows/ci.yml",
  "packages/a/.github/workflows/deep/ci.yml",
  ".github/dependabot.yml",
  "lefthook.yml",
  ".lefthook-local.toml",
  "lefthook.json",
  ".ci",
  ".ci/run.sh",
  "x/.ci",
  ".lintstagedrc.json",
  "ab/x.txt",
  "ad/x.txt",
  "odd(name",
  "!not",
  "not",
  "",
  "**/.github/workflows/**",
];

test("a matcher for a list says of each path what the globs say one by one", () => {
  const matches = globMatcher(globs);
  assert.deepEqual(
    paths.map((path) => [path, matches(path)]),
    paths.map((path) => [path, matchesAny(path, globs)]),
  );
  assert.deepEqual(
    paths.map((path) => globMatcher([])(path)),
    paths.map(() => false),
  );
});
