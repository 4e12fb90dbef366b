import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Verdict } from "../../../src/core/action.ts";
import { exampleFacts, examplePolicy, judgeExample } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";
import { interpret, workUnits } from "../../../src/guard/shell/effects.ts";

const corpus = ["dangerous.txt", "harmless.txt"].flatMap((name) =>
  readFileSync(new URL(`../../fixtures/guard/${name}`, import.meta.url), "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line !== ""),
);

const rank = { allow: 0, ask: 1, deny: 2 } as const satisfies Record<Verdict, number>;
const verdictOf = (command: string): Verdict => judgeExample(command).verdict;
const exec = (command: string) => ({ kind: "exec", command, cwd: "/work/repo" }) as const;

const pieces = [
  ..."'\"\\`$(){}[];&|<>!#~*?=+-/:, \n\t\0\r",
  "$(",
  "`",
  "<<EOF\n",
  "\nEOF\n",
  "<<<",
  "<(",
  "${x:-",
  "$'\\x72'",
  "rm -rf /",
  "git push -f",
  "&&",
  "||",
  "eval ",
  "bash -c '",
  "\uD800",
  "\uE000",
  "\uE001*",
  "{a,b}",
  "((",
  "[[ ",
  "function f() {",
  "xargs ",
  "find . -exec ",
];

test("no text makes the guard throw or fail", () => {
  const noise = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 })), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(noise, (parts) => {
      const { reasons } = judge(exec(parts.join("")), exampleFacts, examplePolicy);
      assert.ok(!reasons.some((reason) => reason.rule === "shell/reader-failed"));
    }),
    { numRuns: 6000 },
  );
});

test("no mutated command makes the guard fail or spend more than its units", () => {
  const mutation = fc.record({
    base: fc.constantFrom(...corpus),
    at: fc.nat({ max: 200 }),
    cut: fc.nat({ max: 6 }),
    insert: fc.constantFrom("", ...pieces),
  });
  fc.assert(
    fc.property(mutation, ({ base, at, cut, insert }) => {
      const place = base.length === 0 ? 0 : at % base.length;
      const command = base.slice(0, place) + insert + base.slice(place + cut);
      const reading = interpret(command, "/work/repo", exampleFacts);
      assert.ok(reading.units <= workUnits);
      const { reasons } = judge(exec(command), exampleFacts, examplePolicy);
      assert.ok(!reasons.some((reason) => reason.rule === "shell/reader-failed"));
    }),
    { numRuns: 14_000 },
  );
});

test("two commands in a row are at least as strict as each of them", () => {
  // Commands that change what follows, as `cd` and `set` do, are left out: for them the order is the point.
  const plain = corpus.filter(
    (command) =>
      !/#|^(cd|pushd|exit|set|trap|export|declare|alias|exec|\.|source|function)\b|<<|[\\"`&]$/.test(
        command,
      ) &&
      verdictOf(`${command}; ls`) === verdictOf(command) &&
      // What ends in the middle of a quote takes the next command into it.
      judgeExample(command).reasons.every((reason) => reason.rule !== "shell/unparsed"),
  );
  const one = fc.constantFrom(...plain);
  fc.assert(
    fc.property(one, one, (a, b) => {
      const both = rank[verdictOf(`${a}; ${b}`)];
      assert.ok(both >= rank[verdictOf(a)], `${a}; ${b}`);
    }),
    { numRuns: 1000 },
  );
});

const denied = [
  "git push --force",
  "rm -rf /",
  "git reset --hard",
  "rm -rf ~",
  "git stash clear",
  "echo x > ~/.bashrc",
];

const wrappings: readonly (readonly [string, (command: string) => string])[] = [
  ["bash -c", (command) => `bash -c '${command}'`],
  ["sh -lc", (command) => `sh -lc "${command}"`],
  ["env", (command) => `env A=1 B=2 bash -c '${command}'`],
  ["sudo", (command) => `sudo -u root sh -c '${command}'`],
  ["timeout", (command) => `timeout -s KILL 10 bash -c '${command}'`],
  ["eval", (command) => `eval '${command}'`],
  ["subshell", (command) => `(${command})`],
  ["condition", (command) => `true && ${command}`],
  ["else", (command) => `if false; then ls; else ${command}; fi`],
  ["background", (command) => `${command} & wait`],
  ["pipe", (command) => `echo '${command}' | sh`],
  ["here document", (command) => `bash <<'EOF'\n${command}\nEOF`],
  ["substitution", (command) => `echo "$(${command})"`],
  ["function", (command) => `go() { ${command}; }; go`],
  ["after a comment", (command) => `# harmless\n${command}`],
  ["loop", (command) => `for i in 1 2; do ${command}; done`],
  ["variable", (command) => `C='${command}'; eval "$C"`],
];

for (const [name, wrap] of wrappings)
  test(`what is denied stays denied in: ${name}`, () => {
    assert.deepEqual(
      denied.map((command) => [command, verdictOf(wrap(command))]),
      denied.map((command) => [command, "deny"]),
    );
  });

test("nested wrappings stay denied", () => {
  const simple = wrappings.filter(([name]) =>
    ["subshell", "condition", "else", "loop", "function"].includes(name),
  );
  const order = fc.array(fc.constantFrom(...simple.map(([, wrap]) => wrap)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...denied), order, (command, wraps) => {
      const wrapped = wraps.reduce((inner, wrap) => wrap(inner), command);
      assert.equal(verdictOf(wrapped), "deny", wrapped);
    }),
    { numRuns: 300 },
  );
});

test("pathological nesting and padding end fast and are never allowed", () => {
  const hostile = [
    `rm -rf / ${"$(".repeat(5000)}`,
    `${"$(".repeat(250)}rm -rf /${")".repeat(250)}`,
    `${"a ".repeat(500_000)}; rm -rf /`,
    `echo ${"`".repeat(4001)}`,
    `${"((".repeat(20_000)}`,
    `cat ${"<<A ".repeat(20_000)}`,
    `rm -rf / ${"{a,".repeat(20_000)}`,
    "f() { f; f; f; }; f",
    `${"eval ".repeat(500)}ls`,
    `X=rm; ${"X=$X$X; ".repeat(60)} $X`,
    `git ${"-c alias.a=a ".repeat(10)}a`,
    "git -c alias.a='!git a' a",
    `${"for i in 1 2 3 4 5 6 7 8; do ".repeat(12)} ls ${"; done".repeat(12)}`,
  ];
  for (const command of hostile) {
    // Time of this process alone: other work on the machine does not count.
    const start = process.cpuUsage();
    const verdict = verdictOf(command);
    const ms = process.cpuUsage(start).user / 1000;
    assert.notEqual(verdict, "allow", command.slice(0, 60));
    assert.ok(ms < 2000, `${Math.round(ms)} ms for ${command.slice(0, 60)}`);
  }
});
