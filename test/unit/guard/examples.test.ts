import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { allRules } from "../../../src/guard/all-rules.ts";
import { binding } from "../../../src/guard/binding.ts";
import { examplePolicy, judgeExample, tryExamples } from "../../../src/guard/example.ts";
import type { Policy } from "../../../src/core/policy.ts";

const fixture = (name: string): readonly string[] =>
  readFileSync(new URL(`../../fixtures/guard/${name}`, import.meta.url), "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== "");

test("every rule blocks and allows what its own examples say, and what it proposes instead is allowed", () => {
  const { tried, misses } = tryExamples();
  assert.deepEqual(
    misses.map(({ rule, expected, example }) => ({ rule, expected, example })),
    [],
  );
  assert.ok(tried > 500, `only ${tried} examples were tried`);
});

test("every rule has at least five examples of each kind and an id of its own", () => {
  const poor = allRules
    // No command is known that makes the reader fail.
    .filter((rule) => rule.id !== "shell/reader-failed")
    .filter((rule) => rule.mustBlock.length < 5 || rule.mustAllow.length < 5)
    .map((rule) => rule.id);
  assert.deepEqual(poor, []);
  const ids = allRules.map((rule) => rule.id);
  assert.deepEqual(ids, [...new Set(ids)]);
  assert.deepEqual(
    ids.filter((id) => !/^[a-z][a-z0-9]*\/[a-z]+(-[a-z]+)*$/.test(id)),
    [],
  );
});

// What binds when a repository says nothing: some rules that are right and loud are only recorded.
const preset = z
  .object({ guard: z.object({ rules: z.record(z.string(), z.enum(["off", "observe", "enforce"])) }) })
  .parse(parse(readFileSync(new URL("../../../policies/standard.yaml", import.meta.url), "utf8")));
const standard: Policy = { ...examplePolicy, guard: { ...examplePolicy.guard, rules: preset.guard.rules } };

test("a day's harmless commands are all allowed", () => {
  const lines = fixture("harmless.txt");
  const several = fixture("harmless-multiline.txt").map((line) => line.replaceAll("\\n", "\n"));
  const all = [...lines, ...several];
  assert.ok(all.length >= 300, `only ${all.length} commands`);
  const stopped = all.flatMap((command) => {
    const judgement = judgeExample(command);
    const rules = judgement.reasons.map((reason) => reason.rule);
    return binding(judgement, standard) === "allow" ? [] : [{ command, rules }];
  });
  assert.deepEqual(stopped, []);
});

test("none of the dangerous commands is allowed", () => {
  const lines = fixture("dangerous.txt");
  assert.ok(lines.length >= 150, `only ${lines.length} commands`);
  const passed = lines.filter((command) => judgeExample(command).verdict === "allow");
  assert.deepEqual(passed, []);
});

test("the corpora repeat no example of a rule", () => {
  const examples = new Set(
    allRules
      .flatMap((rule) => [...rule.mustBlock])
      .flatMap((item) => (typeof item === "string" ? [item] : [])),
  );
  assert.deepEqual(
    fixture("dangerous.txt").filter((command) => examples.has(command)),
    [],
  );
});
