import assert from "node:assert/strict";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { realHost } from "../../src/host/real-host.ts";
import { tempFolder } from "../support/temp-folder.ts";
import type { Jail, Ran } from "../../src/core/ports.ts";

const host = realHost();
const status = await host.jail();
const skip = status.kind === "none" ? status.why : false;

async function inJail(line: string, cwd: string, jail: Jail, timeoutMs = 20_000): Promise<Ran> {
  const env = { PATH: process.env["PATH"] ?? "", TMPDIR: "/somewhere/else" };
  return await host.exec({ run: { shell: line }, cwd, env, timeoutMs, outputBytes: 4096, jail });
}

test("a jailed process writes where it may and nowhere else", { skip }, async (context) => {
  const folder = tempFolder(context);
  const tree = join(folder, "tree");
  mkdirSync(tree);
  mkdirSync(join(folder, "other"));
  const ran = await inJail(
    `echo x > in; echo x > ${folder}/other/out; echo x > /etc/surefoot; exit 7`,
    tree,
    { writable: [tree], hidden: [] },
  );
  assert.deepEqual(ran.exit, { kind: "exited", code: 7 });
  assert.deepEqual(
    [existsSync(join(tree, "in")), existsSync(join(folder, "other/out")), existsSync("/etc/surefoot")],
    [true, false, false],
  );
});

test("a jailed process cannot make read-only places writable again", { skip }, async (context) => {
  const tree = tempFolder(context);
  const ran = await inJail("mount -o remount,rw,bind / 2>/dev/null && echo mounted", tree, {
    writable: [tree],
    hidden: [],
  });
  assert.deepEqual([ran.exit.kind === "exited" && ran.exit.code !== 0, ran.stdout], [true, ""]);
});

test(
  "hidden files and folders cannot be read, also through a link and below a writable folder",
  { skip },
  async (context) => {
    const tree = tempFolder(context);
    mkdirSync(join(tree, "secret"));
    writeFileSync(join(tree, "secret/key"), "hunter2");
    writeFileSync(join(tree, ".netrc"), "hunter2");
    symlinkSync(join(tree, "secret"), join(tree, "alias"));
    const ran = await inJail("cat secret/key .netrc alias/key; rm -rf secret .netrc", tree, {
      writable: [tree],
      hidden: [join(tree, "alias"), join(tree, ".netrc"), join(tree, "missing")],
    });
    assert.equal(ran.output.includes("hunter2"), false);
    assert.deepEqual([existsSync(join(tree, "secret/key")), existsSync(join(tree, ".netrc"))], [true, true]);
  },
);

test("the temporary folder is empty, writable and where TMPDIR says", { skip }, async (context) => {
  const tree = tempFolder(context);
  const ran = await inJail("touch $TMPDIR/x && echo $TMPDIR && ls -A /tmp | grep -v ^surefoot-test-", tree, {
    writable: [tree],
    hidden: [],
  });
  assert.equal(ran.stdout, "/tmp\nx\n");
});

test("what lies below the temporary folder can be made readable", { skip }, async (context) => {
  const [tree, tools] = [tempFolder(context), tempFolder(context)];
  writeFileSync(join(tools, "tool"), "here");
  const jail = { writable: [tree], hidden: [], readable: [tools] };
  const ran = await inJail(`cat ${tools}/tool; echo x > ${tools}/tool`, tree, jail);
  assert.deepEqual([ran.stdout, ran.exit.kind === "exited" && ran.exit.code !== 0], ["here", true]);
});

test("a jail that cannot be made is no result of the program", { skip }, async (context) => {
  const tree = tempFolder(context);
  const missing = await inJail("true", tree, { writable: [join(tree, "none")], hidden: [] });
  const outside = await inJail("true", tree, { writable: [], hidden: [] });
  assert.deepEqual(
    [missing.exit, outside.exit.kind],
    [
      { kind: "neverStarted", says: `the jail cannot be made: ${join(tree, "none")} does not exist` },
      "neverStarted",
    ],
  );
});

test("a timeout ends what left its process group as well", { skip }, async (context) => {
  const tree = tempFolder(context);
  const ran = await inJail(
    "setsid sh -c 'sleep 2; touch late' & sleep 60",
    tree,
    { writable: [tree], hidden: [] },
    200,
  );
  assert.equal(ran.exit.kind, "timedOut");
  await sleep(2300);
  assert.equal(existsSync(join(tree, "late")), false);
});
