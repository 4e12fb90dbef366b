// Two commands at once on one run: the second is told so in one message, and nothing is damaged.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recording, rightEdit, shop } from "../support/shop.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Answer } from "../support/surefoot.ts";
import { tempRepo } from "../support/temp-repo.ts";

const recorded = ["--agent", "recorded", "--script", "session.yaml"];
const task = ["run", "mend the discount", ...recorded];

function says(answer: Answer, code: number, what: RegExp): void {
  assert.equal(answer.code, code, answer.err);
  assert.match(answer.err, what);
  assert.equal(answer.err.match(/^✗ /gm)?.length, 1, `one message: ${answer.err}`);
  assert.doesNotMatch(answer.err, /^ +at /m, "no stack");
}

test("a run that is being worked on is neither resumed, discarded nor cleaned away", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, {
    files: shop({ "session.yaml": recording(["wait: 15000", rightEdit]) }),
  });
  const working = Promise.withResolvers<void>();
  const first = surefoot(repo.root, [...task, "--json"], {
    when: { says: /attempt 1/, act: () => working.resolve() },
  });
  await Promise.race([working.promise, first]);
  const parent = join(surefoot.state, "workspaces");
  const [repository] = readdirSync(parent);
  const run = readdirSync(join(parent, repository ?? "")).find((name) => /^run_\w+$/.test(name));
  if (repository === undefined || run === undefined) return assert.fail("there is no workspace");
  const [resumed, discarded, cleaned] = await Promise.all([
    surefoot(repo.root, ["run", "--resume", ...recorded]),
    surefoot(repo.root, ["run", "discard", run]),
    surefoot(repo.root, ["run", "clean"]),
  ]);
  says(resumed, 2, /is being worked on by another process/);
  says(discarded, 2, /is being worked on by another process/);
  assert.equal(cleaned.code, 0, cleaned.err);
  assert.match(cleaned.out, /removed 0 workspaces/);
  assert.equal(existsSync(join(parent, repository, run, "tree")), true);
  const ended = await first;
  assert.equal(ended.code, 0, ended.err);
  assert.equal(JSON.parse(ended.out).run, run);
  assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
});

test("of two that resume the same run one goes on with it and the other is refused", async (context) => {
  const surefoot = surefootFor(context);
  const script = recording(["wait: 20000", rightEdit]);
  const repo = tempRepo(context, { files: shop({ "session.yaml": script }) });
  const killed = await surefoot(repo.root, task, { kill: { when: /attempt 1/, signal: "SIGKILL" } });
  assert.equal(killed.code, "SIGKILL", killed.err);
  repo.write({ "session.yaml": script.replace("20000", "1500") });
  const resume = (): Promise<Answer> => surefoot(repo.root, ["run", "--resume", ...recorded]);
  const answers = await Promise.all([resume(), resume()]);
  const [good, refused] = answers.toSorted((a, b) => Number(a.code) - Number(b.code));
  if (good === undefined || refused === undefined) return assert.fail("two answers");
  assert.equal(good.code, 0, good.err);
  says(refused, 2, /worked on by another process|no unfinished run/);
  assert.equal(repo.git("branch", "--list", "surefoot/*").trim().split("\n").length, 1);
  assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
});
