import assert from "node:assert/strict";
import { test } from "node:test";
import { toolBench, worktree } from "../../support/tool-bench.ts";

test("a call is judged before it runs and recorded after, under one id", async () => {
  const bench = toolBench({ files: { "src/a.js": "x\n" } });
  const outcome = await bench.call("read_file", { path: "src/a.js" });
  assert.deepEqual(outcome, { kind: "done", result: { kind: "text", text: "x\n", truncated: false } });
  assert.deepEqual(bench.proposals, [
    { call: "1.1", tool: "read_file", action: { kind: "read", path: "src/a.js" } },
  ]);
  assert.deepEqual(bench.events, [
    { type: "tool.finished", iteration: 1, call: "1.1", tool: "read_file", outcome, durationMs: 0 },
  ]);
});

test("a refused call does nothing, and its judgement is the outcome", async () => {
  const bench = toolBench({ files: { "src/a.js": "x\n" }, refuse: () => "not here" });
  const outcomes = [
    await bench.call("apply_patch", { path: "src/a.js", old_str: "x", new_str: "y" }),
    await bench.call("delete_file", { path: "src/a.js" }),
    await bench.call("run_command", { command: "rm -rf ." }),
  ];
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.judgement.reasons[0]?.says : outcome)),
    ["not here", "not here", "not here"],
  );
  assert.deepEqual([await bench.text("src/a.js"), bench.host.ran, bench.events.length], ["x\n", [], 3]);
});

test("an unknown tool is answered with the tools that there are, and is not judged", async () => {
  const bench = toolBench();
  assert.deepEqual(await bench.call("edit_everything", {}), {
    kind: "failed",
    error: {
      code: "UNKNOWN_TOOL",
      says: 'there is no tool "edit_everything"',
      context: "tools: apply_patch, create_file, delete_file, list_dir, read_file, run_command",
      retryable: true,
    },
  });
  assert.deepEqual([bench.proposals.length, bench.events.length], [0, 1]);
});

test("malformed arguments name their field and are not judged", async () => {
  const bench = toolBench();
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ["apply_patch", { path: "a", old_str: "x" }, /^new_str: /],
    ["apply_patch", { path: "a", old_str: "x", new_str: "x" }, /^new_str: it is equal/],
    ["apply_patch", { path: "a", old_str: "x", new_str: "y", force: true }, /force/],
    ["create_file", { path: 7, text: "x" }, /^path: /],
    ["run_command", "git status", /^arguments: /],
    ["read_file", { path: "a", from_line: 0 }, /^from_line: /],
    ["list_dir", null, /^arguments: /],
  ];
  for (const [tool, args, field] of wrong) {
    const outcome = await bench.call(tool, args);
    if (outcome.kind !== "failed") assert.fail(JSON.stringify(outcome));
    assert.equal(outcome.error.code, "MALFORMED_ARGUMENTS");
    assert.match(outcome.error.context, field);
  }
  assert.equal(bench.proposals.length, 0);
});

test("numbers go on after the calls that a killed run had finished", async () => {
  const bench = toolBench({ done: 4 });
  await bench.call("list_dir", {});
  await bench.call("nothing", {});
  await bench.call("list_dir", {});
  assert.deepEqual(
    bench.proposals.map(({ call }) => call),
    ["1.5", "1.7"],
  );
});

test("calls made at the same time run one after the other", async () => {
  const bench = toolBench({ files: { "src/a.js": "0\n" } });
  const outcomes = await Promise.all([
    bench.call("apply_patch", { path: "src/a.js", old_str: "0", new_str: "1" }),
    bench.call("apply_patch", { path: "src/a.js", old_str: "1", new_str: "2" }),
    bench.call("apply_patch", { path: "src/a.js", old_str: "2", new_str: "3" }),
  ]);
  assert.deepEqual(
    [outcomes.map(({ kind }) => kind), await bench.text("src/a.js")],
    [["done", "done", "done"], "3\n"],
  );
});

test("a call after the end of the turn does nothing and is not recorded", async () => {
  const bench = toolBench({ signal: AbortSignal.abort() });
  const outcome = await bench.call("create_file", { path: "src/a.js", text: "x" });
  assert.deepEqual(
    [outcome.kind, bench.events, bench.proposals, await bench.text("src/a.js")],
    ["failed", [], [], undefined],
  );
});

test("a file that the machine cannot write fails the call, not the run", async () => {
  const bench = toolBench({ files: { "src/a.js": "x" } });
  const outcome = await bench.call("create_file", { path: "src/a.js/below", text: "x" });
  assert.deepEqual(outcome.kind === "failed" && outcome.error.code, "FAILED");
});

test("a command runs in the worktree, bounded, and shows how it ended", async () => {
  const bench = toolBench({ exec: () => ({ stdout: "out\n", stderr: "err\n", exit: 3, durationMs: 12 }) });
  assert.deepEqual(await bench.call("run_command", { command: "npm test", timeout_ms: 500 }), {
    kind: "done",
    result: { kind: "ran", exit: { kind: "exited", code: 3 }, output: "out\nerr\n", truncated: false },
  });
  const { run, cwd, env, timeoutMs, jail } = bench.host.ran[0] ?? {};
  assert.deepEqual(
    [run, cwd, env, timeoutMs, jail],
    [{ shell: "npm test" }, worktree, { PATH: "/usr/bin" }, 500, undefined],
  );
  assert.deepEqual(bench.proposals[0]?.action, { kind: "exec", command: "npm test", cwd: worktree });
});

test("a file is read in parts, and what is left out is said", async () => {
  const bench = toolBench({ files: { "src/a.js": "1\n2\n3\n4\n" } });
  assert.deepEqual(await bench.call("read_file", { path: "src/a.js", from_line: 2, lines: 2 }), {
    kind: "done",
    result: { kind: "text", text: "2\n3\n", truncated: true },
  });
});

test("a folder is listed", async () => {
  const bench = toolBench({ files: { "src/a.js": "", "src/lib/b.js": "" } });
  assert.deepEqual(await bench.call("list_dir", { path: "src" }), {
    kind: "done",
    result: { kind: "text", text: "a.js\nlib/", truncated: false },
  });
});

test("a new file is made with its folders, a present one is not overwritten", async () => {
  const bench = toolBench({ files: { "src/a.js": "x" } });
  const made = await bench.call("create_file", {
    path: "src/deep/run.sh",
    text: "#!/bin/sh\n",
    executable: true,
  });
  assert.equal(made.kind, "done");
  assert.equal((await bench.host.files.stat(`${worktree}/src/deep/run.sh`))?.mode, 0o755);
  const again = await bench.call("create_file", { path: "src/a.js", text: "y" });
  assert.deepEqual(
    [again.kind === "failed" && again.error.code, await bench.text("src/a.js")],
    ["ALREADY_EXISTS", "x"],
  );
});

test("a deleted file counts its lines; a folder is not deleted; a link is, and its target stays", async () => {
  const bench = toolBench({
    files: { "src/a.js": "1\n2\n", "src/link": { link: "a.js" }, "big.txt": "x\n".repeat(21) },
  });
  const link = await bench.call("delete_file", { path: "src/link" });
  assert.deepEqual([link.kind, await bench.text("src/a.js")], ["done", "1\n2\n"]);
  const file = await bench.call("delete_file", { path: "src/a.js" });
  assert.deepEqual(
    file.kind === "done" && file.result.kind === "patched" && [file.result.removed, file.result.before],
    [2, "1\n2\n"],
  );
  const folder = await bench.call("delete_file", { path: "src" });
  const big = await bench.call("delete_file", { path: "big.txt" });
  assert.deepEqual(
    [folder, big].map((outcome) => outcome.kind === "failed" && outcome.error.code),
    ["FAILED", "BUDGET_EXCEEDED"],
  );
});
