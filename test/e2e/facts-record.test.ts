import assert from "node:assert/strict";
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { FactNeeds } from "../../src/core/ports.ts";
import { gatherFacts } from "../../src/host/facts.ts";
import { realHost } from "../../src/host/real-host.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { tempRepo } from "../support/temp-repo.ts";

const needs = (root: string): FactNeeds => ({
  currentBranch: true,
  upstream: true,
  dirty: true,
  paths: ["a.js", "b.js", "c.js", "new.js", "left.log", "none.js"].map((name) => `${root}/${name}`),
});

test("facts gathered through the record are those that the tree itself gives", async (context) => {
  const files = { "a.js": "a\n", "b.js": "b\n", "c.js": "c\n", ".gitignore": "*.log\n" };
  const repo = tempRepo(context, { files });
  const record = join(tempFolder(context), "record.git");
  repo.git("clone", "--quiet", "--bare", repo.root, record);
  const host = realHost();
  const plain = gatherFacts(host, { worktree: repo.root });
  const recorded = gatherFacts(host, { worktree: repo.root, record });
  const same = async (): Promise<void> =>
    assert.deepEqual(await recorded(needs(repo.root)), await plain(needs(repo.root)));
  await same();
  repo.write({ "a.js": "A\n", "new.js": "n\n", "left.log": "l\n" });
  await same();
  repo.write({ "b.js": "B\n" });
  repo.git("add", "b.js");
  await same();
  repo.commitAll("second");
  await same();
});

test("looking at a tree starts nothing that its own configuration names", async (context) => {
  const repo = tempRepo(context, { files: { "a.js": "a\n" } });
  const marks = tempFolder(context);
  const record = join(tempFolder(context), "record.git");
  repo.git("clone", "--quiet", "--bare", repo.root, record);
  appendFileSync(
    join(repo.root, ".git/config"),
    `[filter "x"]\n\tclean = touch ${marks}/filter\n[core]\n\tfsmonitor = touch ${marks}/monitor\n`,
  );
  writeFileSync(join(repo.root, ".gitattributes"), "* filter=x\n");
  writeFileSync(join(repo.root, "a.js"), "b\n");
  const facts = await gatherFacts(realHost(), { worktree: repo.root, record })(needs(repo.root));
  assert.deepEqual({ dirty: facts.dirty, started: readdirSync(marks) }, { dirty: true, started: [] });
});
