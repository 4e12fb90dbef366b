import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { memoryHost } from "../../../src/host/memory-host.ts";

test("git gets no variable that points it to another repository, and no prompt", async () => {
  const host = memoryHost({
    env: {
      PATH: "/usr/bin",
      GIT_DIR: "/other/.git",
      GIT_INDEX_FILE: "/x",
      GIT_SSH_COMMAND: "ssh -i k",
      HOME: "/h",
    },
  });
  await host.git.run(["status"], { cwd: "/repo" });
  assert.deepEqual(host.ran[0]?.env, {
    PATH: "/usr/bin",
    HOME: "/h",
    GIT_SSH_COMMAND: "ssh -i k",
    LC_ALL: "C",
    GIT_PAGER: "cat",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
  });
});

test("a neutral call reads no configuration of user or system and starts no hooks", async () => {
  const host = memoryHost({ env: { GIT_CONFIG_GLOBAL: "/home/dev/gitconfig" } });
  await host.git.run(["status"], { cwd: "/repo", neutral: true });
  assert.equal(host.ran[0]?.env["GIT_CONFIG_GLOBAL"], "/dev/null");
  assert.equal(host.ran[0]?.env["GIT_CONFIG_NOSYSTEM"], "1");
  const { run } = host.ran[0] ?? {};
  assert.equal(
    Array.isArray(run) ? run.join(" ") : "",
    "git --no-pager -c safe.directory=* -c core.hooksPath=/dev/null -c core.fsmonitor=false -c color.ui=false status",
  );
});

test("text is standard output without its last line break only", async () => {
  const host = memoryHost({ exec: () => ({ stdout: "a\n\n" }) });
  assert.equal(await host.git.text(["log"], { cwd: "/repo" }), "a\n");
});

test("a git command that fails is a fault with the command and git's own reason", async () => {
  const host = memoryHost({
    exec: () => ({ exit: 128, stderr: "hint: none\nfatal: not a git repository\n" }),
  });
  await assert.rejects(host.git.text(["rev-parse", "HEAD"], { cwd: "/repo" }), (error: unknown) => {
    assert.ok(error instanceof Fault);
    assert.deepEqual(
      [error.code, error.message],
      ["repo/git-failed", "git rev-parse HEAD failed: fatal: not a git repository"],
    );
    return true;
  });
});

test("a machine without git is told apart from a git that fails", async () => {
  const host = memoryHost({
    exec: () => ({ exit: { kind: "neverStarted", says: "git: program not found" } }),
  });
  await assert.rejects(host.git.run(["status"], { cwd: "/repo" }), { code: "repo/git-missing" });
});
