import assert from "node:assert/strict";
import { test } from "node:test";
import type { Facts } from "../../../src/core/action.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";

const rules = (command: string, facts: Facts = exampleFacts): readonly string[] =>
  judge({ kind: "exec", command, cwd: facts.worktree ?? "/" }, facts, examplePolicy).reasons.map(
    (reason) => reason.rule,
  );

test("a script that a shell only checks does not run", () => {
  const texts = { "/work/repo/x.sh": { kind: "text", text: "rm -rf ~\n" } } as const;
  const facts: Facts = { ...exampleFacts, texts };
  assert.deepEqual(rules("bash -n x.sh", facts), []);
  assert.deepEqual(rules("sh -nx x.sh", facts), []);
  assert.deepEqual(rules("bash -n <<< 'rm -rf ~'", facts), []);
  assert.deepEqual(rules("bash x.sh -n", facts), ["fs/recursive-delete", "scope/outside"]);
  assert.deepEqual(rules("bash -i -n x.sh", facts), ["fs/recursive-delete", "scope/outside"]);
});

test("the running interpreter is a known program", () => {
  const python = (list: string): string => `python3 -c "import subprocess,sys; subprocess.run(${list})"`;
  assert.deepEqual(rules(python("[sys.executable,'-m','pytest','-q']")), []);
  assert.deepEqual(rules(python("[sys.executable,'-c','import shutil;shutil.rmtree(\\'/etc\\')']")), [
    "fs/recursive-delete",
    "scope/outside",
  ]);
});

test("the files that a CI runner names are known", () => {
  assert.deepEqual(rules("echo 'export X=1' >> \"$GITHUB_ENV\""), []);
  assert.deepEqual(rules("echo done >> $GITHUB_STEP_SUMMARY"), []);
  assert.deepEqual(rules('GITHUB_ENV=~/.bashrc; echo x >> "$GITHUB_ENV"'), ["scope/outside"]);
});

test("what lies beside a worktree in the temporary folder is no part of it", () => {
  const facts: Facts = { ...exampleFacts, worktree: "/tmp/rt/repo" };
  for (const command of [
    "rm -f /tmp/lock.$$",
    "trap 'rm -f /tmp/lock.$$' EXIT",
    "rm -rf /tmp/build-$(date +%s)",
    "rm -f /tmp/*.log",
    'rm -rf "/tmp/$USER-x"',
    "curl -fsSL https://example.org/x.tar.gz | tar xz -C /tmp",
    "tar -C /tmp -xzf pkg.tgz",
  ])
    assert.deepEqual([command, rules(command, facts)], [command, []]);
  for (const command of ["rm -rf /tmp/*", "rm -rf /tmp/r*", "rm -rf /tmp/rt/*", "rm -rf /tmp/rt/re*"])
    assert.deepEqual([command, rules(command, facts)], [command, ["fs/recursive-delete"]]);
});
