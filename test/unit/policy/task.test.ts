import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../../src/core/task.ts";
import { loadTask, narrowed } from "../../../src/policy/task.ts";
import { faultFrom, filesWith } from "./support.ts";

const load = (
  argument: string,
  texts: Readonly<Record<string, string>> = {},
  cwd = "/repo/sub",
): Promise<Task> =>
  loadTask({ files: filesWith({ "sub/keep": "", ...texts }), cwd, root: "/repo", argument });

test("a task in words is its own text and keeps its id as long as the words stay", async () => {
  assert.deepEqual(await load("  make leap days work  "), {
    id: "task-52651dd1",
    title: "make leap days work",
    body: "make leap days work",
    source: "command line",
    scope: undefined,
    reproduce: undefined,
    sections: [],
  });
});

test("a file with front matter says everything, and is named as seen from the root", async () => {
  const text = [
    "---",
    "id: leap-1",
    "scope: {allow: ['src/**']}",
    "reproduce: node leap.js",
    "sections: [4, '5.2']",
    "---",
    "# Accept leap days",
    "",
    "29 February 2028 is refused.",
  ].join("\r\n");
  assert.deepEqual(await load("../tasks/leap.md", { "tasks/leap.md": text }), {
    id: "leap-1",
    title: "Accept leap days",
    body: "# Accept leap days\n\n29 February 2028 is refused.",
    source: "tasks/leap.md",
    scope: { allow: ["src/**"], deny: [] },
    reproduce: "node leap.js",
    sections: ["4", "5.2"],
  });
});

test("a file without front matter is all text, even where it has a rule in it", async () => {
  const task = await load("plain.md", { "sub/plain.md": "Fix it.\n\n---\n\nReally.\n" });
  assert.deepEqual([task.title, task.body], ["Fix it.", "Fix it.\n\n---\n\nReally."]);
});

test("words that name an existing file are that file", async () => {
  assert.equal((await load("my task", { "sub/my task": "do this and that" })).body, "do this and that");
});

test("what is neither a file nor a sentence is a fault that says which", async () => {
  assert.deepEqual(await faultFrom(load("tasks/nope.md")), {
    code: "task/not-found",
    says: "there is no file tasks/nope.md",
    hint: "check the path; it is read from the folder you are in",
  });
  assert.equal((await faultFrom(load("fix"))).says, "fix is neither a file nor a sentence");
  assert.equal((await faultFrom(load(""))).says, "the task is empty");
  assert.equal((await faultFrom(load("../sub"))).says, "../sub is a folder, not a task");
});

test("errors in front matter name line and field of the file", async () => {
  const text = "---\ntitle: x\nscop: {allow: [a]}\nscope:\n  allow: ['src/']\n---\nbody\n";
  assert.deepEqual(await faultFrom(load("a.md", { "sub/a.md": text })), {
    code: "task/invalid",
    says: "sub/a.md:3:1: scop is not a known key",
    hint: 'did you mean scope? Known here: id, title, scope, reproduce, sections\none more problem:\n  sub/a.md:5:11: scope.allow[0] "src/" names a folder, and only files are matched — write "src/**"',
  });
});

test("a task that says nothing, and one that is far too long, are faults", async () => {
  assert.equal(
    (await faultFrom(load("a.md", { "sub/a.md": "---\ntitle: x\n---\n \n" }))).code,
    "task/invalid",
  );
  assert.equal((await faultFrom(load("a.md", { "sub/a.md": "x".repeat(300_000) }))).code, "task/invalid");
});

test("a task narrows the policy's scope to plain lists and never widens it", () => {
  const policy = { allow: ["src/**", "test/**"], deny: ["**/secret.ts"] };
  assert.equal(narrowed(policy, undefined), policy);
  assert.deepEqual(narrowed(policy, { allow: ["**/*.ts"], deny: ["src/gen/**"] }), {
    allow: ["src/**/*.ts", "test/**/*.ts"],
    deny: ["**/secret.ts", "src/gen/**"],
  });
});

test("a task with no file inside the policy's scope is a fault", async () => {
  const work = Promise.resolve().then(() =>
    narrowed({ allow: ["src/**"], deny: [] }, { allow: ["docs/**"], deny: [] }),
  );
  assert.deepEqual(await faultFrom(work), {
    code: "task/invalid",
    says: "scope.allow of the task (docs/**) and of the policy (src/**) have no file in common",
    hint: "a task narrows the policy's scope and cannot widen it: change one of the two",
  });
});
