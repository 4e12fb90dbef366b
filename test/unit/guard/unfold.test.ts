import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeExample } from "../../../src/guard/example.ts";

const unfolded = (command: string): readonly string[] =>
  (judgeExample(command).unfolded ?? []).map(({ by, text }) => `${by} → ${text}`);

test("a judgement tells which commands stand inside others, and how they read then", () => {
  assert.deepEqual(unfolded('X=rm; sudo env A=1 bash -lc "$X -rf ~/x"'), [
    "sudo → env A=1 bash -lc 'rm -rf ~/x'",
    "env → bash -lc 'rm -rf ~/x'",
    "bash → rm -rf /home/dev/x",
  ]);
  assert.deepEqual(unfolded("echo cm0gLXJmIC8= | base64 -d | sh"), ["sh → rm -rf /"]);
  assert.deepEqual(unfolded("r''m -rf build"), ["expansion → rm -rf build"]);
  assert.deepEqual(unfolded('sh -c "echo $UNKNOWN"'), ["sh → echo …"]);
});

test("a plain command has nothing to unfold, quoted or not", () => {
  assert.deepEqual(["ls -la", "'ls' -la", "npm test && git status", 'echo "$HOME"'].map(unfolded), [
    [],
    [],
    [],
    [],
  ]);
});

test("many commands in one are told up to a bound", () => {
  const many = `bash -c '${Array.from({ length: 60 }, (_, n) => `echo ${n}`).join("; ")}'`;
  assert.equal(unfolded(many).length, 20);
});
