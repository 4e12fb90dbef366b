import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { surefootFor } from "../support/surefoot.ts";
import { tempFolder } from "../support/temp-folder.ts";

test("the demonstration says that its agent is recorded, shows the guard and the gates at work, and ends with a next step", async (context) => {
  const surefoot = surefootFor(context);
  const folder = tempFolder(context);
  const { code, out, err } = await surefoot(folder, ["run", "--demo"], { env: { TMPDIR: folder } });
  assert.equal(code, 0, err);
  assert.match(out, /VERIFIED/);
  assert.match(out, /agent +recorded \(a replayed recording, no model\)/);
  assert.match(err, /The agent is a script/);
  assert.match(err, /refused git commit .*git push --force.*git\/force-push/);
  assert.match(err, /\(tests\.weakened\)/);
  const [, report] = /Report +(\S+report\.html)/.exec(out) ?? [];
  if (report === undefined || !existsSync(report)) assert.fail(`no report: ${out}`);
  assert.match(readFileSync(report, "utf8"), /VERIFIED|verified/);
  assert.match(out, /^Next$/m);
  assert.match(err.trim().split("\n").at(-1) ?? "", /surefoot init$/);
});
