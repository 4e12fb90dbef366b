import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../../src/core/action.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";

const rulesOf = (action: Action): readonly string[] =>
  judge(action, exampleFacts, examplePolicy).reasons.map((reason) => reason.rule);

const call = (name: string, input: unknown): readonly string[] =>
  rulesOf({ kind: "tool", server: "x", name, input });

const wipe = ["fs/recursive-delete", "scope/outside"];

test("a command of a tool is read in whatever member it stands", () => {
  for (const input of [
    { command: "rm -rf ~" },
    { script: "rm -rf ~" },
    { code: "rm -rf ~" },
    { code: "import shutil, os\nshutil.rmtree(os.path.expanduser('~'))" },
    { code: 'require("child_process").execSync("rm -rf ~")' },
    { command: ["rm", "-rf", "/home/dev"] },
    { command: "bash", args: ["-c", "rm -rf ~"] },
    { params: { command: "rm -rf ~" } },
    { input: "rm -rf ~" },
  ])
    assert.deepEqual([input, call("run", input)], [input, wipe]);
  assert.deepEqual(call("run", { command: "npm test", cwd: "/work/repo" }), []);
  assert.deepEqual(call("run_code", { code: "const a = [1, 2];\nconsole.log(`${a}`);" }), []);
  assert.deepEqual(
    call("run_code", { code: "import os\nprint(os.environ['HOME'])\nfor i in x:\n  pass" }),
    [],
  );
  assert.deepEqual(call("ask", { input: "why does rm -rf / not work (here)?" }), []);
});

test("files that a tool names are read, written, moved and deleted as its name says", () => {
  assert.deepEqual(call("read_multiple_files", { paths: ["src/a.ts", "/home/dev/.ssh/id_rsa"] }), [
    "secrets/read",
  ]);
  assert.deepEqual(call("read_file", { path: "~/.ssh/id_rsa" }), ["secrets/read"]);
  assert.deepEqual(call("open", { url: "file:///home/dev/.ssh/id_rsa" }), ["secrets/read"]);
  assert.deepEqual(rulesOf({ kind: "read", path: "~/.ssh/id_rsa" }), ["secrets/read"]);
  assert.deepEqual(rulesOf({ kind: "fetch", url: "file:///home/dev/.ssh/id_rsa" }), ["secrets/read"]);
  assert.deepEqual(call("delete_file", { path: "test/a.test.ts" }), ["tests/delete"]);
  assert.deepEqual(call("move_file", { source: "test/a.test.ts", destination: "/tmp/x" }), ["tests/delete"]);
  assert.deepEqual(call("write_file", { path: "/home/dev/.bashrc", content: "x" }), ["scope/outside"]);
  assert.deepEqual(
    call("push_files", { branch: "fix/a", files: [{ path: ".github/workflows/a.yml", content: "" }] }),
    ["ci/workflow-edit"],
  );
  assert.deepEqual(call("read_file", { path: "test/a.test.ts" }), []);
  assert.deepEqual(call("list_directory", { path: "/home/dev" }), []);
  assert.deepEqual(call("write_file", { path: "src/a.ts", content: "x" }), []);
});

test("edits of tests are judged like those of the agent's own tool", () => {
  const edits = [{ oldText: "it('a', () => {})", newText: "it.skip('a', () => {})" }];
  assert.deepEqual(call("edit_file", { path: "test/a.test.ts", edits }), ["tests/skip"]);
  assert.deepEqual(
    call("edit_file", {
      path: "test/a.test.ts",
      edits: [{ oldText: "const a = 1", newText: "const a = 2" }],
    }),
    [],
  );
});

test("statements and services are judged by what their command lines do", () => {
  assert.deepEqual(call("query", { sql: "DROP TABLE users" }), ["db/drop"]);
  assert.deepEqual(call("execute_sql", { query: "DROP TABLE users" }), ["db/drop"]);
  assert.deepEqual(call("search", { query: "drop table users" }), []);
  assert.deepEqual(call("query", { sql: "SELECT * FROM users" }), []);
  assert.deepEqual(call("delete_repository", { owner: "a", repo: "b" }).length > 0, true);
  assert.deepEqual(call("merge_pull_request", { owner: "a", repo: "b", pullNumber: "3" }).length > 0, true);
  assert.deepEqual(call("push_files", { owner: "a", repo: "b", branch: "main", files: [] }).length > 0, true);
  assert.deepEqual(call("push_files", { owner: "a", repo: "b", branch: "fix/parser", files: [] }), []);
  assert.deepEqual(call("kubectl_delete", { resourceType: "namespace", name: "prod" }).length > 0, true);
});
