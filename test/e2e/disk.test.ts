// Disks that are full or read-only. They are made with mounts, which only root may make.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { recording, rightEdit, shop } from "../support/shop.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Answer } from "../support/surefoot.ts";
import { tempRepo } from "../support/temp-repo.ts";
import type { TempRepo } from "../support/temp-repo.ts";

const recorded = ["--agent", "recorded", "--script", "session.yaml"];
const task = ["run", "mend the discount", ...recorded];

/** Does something while a folder is mounted over. Skips where this user may not mount. */
async function mounted(
  context: TestContext,
  path: string,
  args: readonly string[],
  act: () => Promise<void>,
): Promise<void> {
  mkdirSync(path, { recursive: true });
  const ran = spawnSync("mount", [...args, path], { encoding: "utf8" });
  if (ran.status !== 0)
    return context.skip(`nothing can be mounted here: ${(ran.error?.message ?? ran.stderr).trim()}`);
  try {
    await act();
  } finally {
    execFileSync("umount", ["--lazy", path]);
  }
}

function fill(folder: string): void {
  const megabyte = Buffer.alloc(1024 * 1024);
  for (const size of [megabyte, megabyte.subarray(0, 4096), megabyte.subarray(0, 1)]) {
    for (let full = false; !full;) {
      try {
        appendFileSync(join(folder, "filler"), size);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
        full = true;
      }
    }
  }
}

function shopRepo(context: TestContext): TempRepo {
  const steps = ["wait: 1500", "read_file: { path: src/cart.js }", rightEdit];
  return tempRepo(context, { files: shop({ "session.yaml": recording(steps) }) });
}

/** What belongs to the user: nothing of it may change. */
function state(repo: TempRepo): readonly string[] {
  return [
    repo.git("status", "--porcelain"),
    repo.git("for-each-ref", "--format=%(refname) %(objectname)"),
    repo.git("config", "--list", "--local"),
  ];
}

function clear(answer: Answer): void {
  assert.doesNotMatch(answer.err, /^ +at /m, "no stack");
  assert.equal(answer.err.match(/^✗ /gm)?.length, 1, `one message: ${answer.err}`);
}

test("a disk that fills up under the ledger stops the run with exit 5; with space again it goes on", async (context) => {
  const surefoot = surefootFor(context);
  const repo = shopRepo(context);
  const ledger = join(repo.root, ".surefoot");
  await mounted(context, ledger, ["-t", "tmpfs", "-o", "size=8m", "tmpfs"], async () => {
    const before = state(repo);
    const full = await surefoot(repo.root, task, {
      when: { says: /attempt 1/, act: () => fill(ledger) },
    });
    assert.equal(full.code, 5, full.err);
    clear(full);
    assert.match(full.err, /ledger .*cannot grow.*\n.*free some space/);
    assert.deepEqual(state(repo), before);
    const verified = await surefoot(repo.root, ["ledger", "verify"]);
    assert.equal(verified.code, 0, `what was acknowledged holds on the full disk: ${verified.err}`);
    const again = await surefoot(repo.root, ["run", "--resume", ...recorded]);
    assert.equal(again.code, 5, `still full: ${again.err}`);
    clear(again);
    rmSync(join(ledger, "filler"));
    const resumed = await surefoot(repo.root, ["run", "--resume", ...recorded]);
    assert.equal(resumed.code, 0, resumed.err);
    assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
  });
});

test("a disk that fills up under the workspace ends the run with one message; with space again it can be discarded", async (context) => {
  const surefoot = surefootFor(context);
  const repo = shopRepo(context);
  await mounted(context, surefoot.state, ["-t", "tmpfs", "-o", "size=16m", "tmpfs"], async () => {
    const before = state(repo);
    const full = await surefoot(repo.root, task, {
      when: { says: /attempt 1/, act: () => fill(surefoot.state) },
    });
    assert.ok([1, 2, 3].includes(Number(full.code)), `${full.code}: ${full.err}`);
    assert.doesNotMatch(full.err, /^ +at /m, "no stack");
    assert.match(full.err + full.out, /full|space/);
    assert.deepEqual(state(repo), before);
    assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
    rmSync(join(surefoot.state, "filler"));
    const [run] = /run_\w+/.exec((await surefoot(repo.root, ["run", "list"])).out) ?? [];
    if (run === undefined) return assert.fail("the run is not listed");
    const discarded = await surefoot(repo.root, ["run", "discard", run]);
    assert.equal(discarded.code, 0, discarded.err);
    assert.equal((await surefoot(repo.root, task)).code, 0);
  });
});

test("a disk that is full from the start is said before an agent starts", async (context) => {
  const surefoot = surefootFor(context);
  const repo = shopRepo(context);
  await mounted(context, surefoot.state, ["-t", "tmpfs", "-o", "size=1m", "tmpfs"], async () => {
    fill(surefoot.state);
    const answer = await surefoot(repo.root, task);
    assert.equal(answer.code, 2, answer.err);
    clear(answer);
    assert.doesNotMatch(answer.err, /attempt 1/);
  });
});

test("a ledger on a read-only file system stops a run before it starts, and can be read and verified", async (context) => {
  const surefoot = surefootFor(context);
  const repo = shopRepo(context);
  assert.equal((await surefoot(repo.root, task)).code, 0);
  const ledger = join(repo.root, ".surefoot");
  await mounted(context, ledger, ["--bind", ledger], async () => {
    execFileSync("mount", ["-o", "remount,ro,bind", ledger]);
    const before = state(repo);
    const refused = await surefoot(repo.root, task);
    assert.equal(refused.code, 5, refused.err);
    clear(refused);
    assert.match(refused.err, /ledger .*cannot be opened.*\n.*read-only/);
    assert.deepEqual(state(repo), before);
    for (const args of [
      ["run", "list"],
      ["run", "show"],
      ["ledger", "verify"],
    ]) {
      const answer = await surefoot(repo.root, args);
      assert.equal(answer.code, 0, `${args.join(" ")}: ${answer.err}`);
    }
  });
});
