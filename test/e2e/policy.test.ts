import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { realHost } from "../../src/host/real-host.ts";
import { policyAt } from "../../src/policy/at.ts";
import { faultFrom } from "../unit/policy/support.ts";
import { cli, commit, git, repository } from "./init-support.ts";

const made: string[] = [];
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function repo(files: Readonly<Record<string, string>>): string {
  const root = repository(files);
  made.push(root);
  return root;
}

test("the policy of a commit is the one that was committed, whatever the checkout says", async () => {
  const root = repo({ "surefoot.yaml": "budgets: {iterations: 2}\n" });
  commit(root);
  writeFileSync(join(root, "surefoot.yaml"), "budgets: {iterations: 99}\n");
  writeFileSync(join(root, "surefoot.local.yaml"), "budgets: {strikes: 1}\n");
  const { policy } = await policyAt(realHost(), root, "HEAD");
  assert.deepEqual([policy.budgets.iterations, policy.budgets.strikes], [2, 3]);
});

test("a service's file is read from the commit as well", async () => {
  const root = repo({ "services/web.yaml": "budgets: {iterations: 1}\n" });
  commit(root);
  rmSync(join(root, "services"), { recursive: true });
  assert.equal((await policyAt(realHost(), root, "HEAD", { service: "web" })).policy.budgets.iterations, 1);
});

test("a commit that is not there, and an option in its place, are faults", async () => {
  const root = repo({ a: "" });
  commit(root);
  assert.equal((await faultFrom(policyAt(realHost(), root, "nowhere"))).code, "repo/git-failed");
  assert.equal((await faultFrom(policyAt(realHost(), root, "--all"))).code, "usage/invalid");
});

test("check shows each problem in five parts and exits 2", () => {
  const root = repo({ "surefoot.yaml": "version: 1\nbudgets:\n  wallTime: 10m\n" });
  const { status, stdout } = cli(root, "policy", "check");
  assert.equal(status, 2);
  assert.equal(
    stdout,
    [
      "✗ surefoot.yaml:3:3  budgets.wallTime",
      "  is not a known key",
      "    2 │ budgets:",
      "  > 3 │   wallTime: 10m",
      "      │   ^^^^^^^^",
      "  why  a key that nothing reads would be taken for a rule that holds",
      "  fix  did you mean wall_time? Known here: iterations, wall_time, tokens,",
      "       cost_usd, patch, dispatches, strikes",
      "",
      "1 problem. Until that is mended no command uses this policy.",
      "",
    ].join("\n"),
  );
});

test("check passes a good file, and does not pass where there is none", () => {
  const root = repo({ "surefoot.yaml": "gates: {full: [npm test]}\n" });
  const good = cli(root, "policy", "check", "--json");
  const { digest, ...rest } = JSON.parse(good.stdout);
  assert.deepEqual(
    [good.status, rest],
    [0, { schemaVersion: 1, valid: true, files: ["surefoot.yaml"], problems: [] }],
  );
  assert.match(String(digest), /^[0-9a-f]{64}$/);
  const none = cli(repo({}), "policy", "check");
  assert.deepEqual([none.status, none.stdout], [2, ""]);
  assert.match(none.stderr, /there is no surefoot\.yaml/);
});

test("show prints a policy that is itself a valid surefoot.yaml with the same digest", () => {
  const root = repo({
    "surefoot.yaml":
      "preset: strict\ngates: {full: [npm test, {name: unit, run: make check, junit: 'out/*.xml'}]}\nowners: {spec: ann}\n",
  });
  const shown = cli(root, "policy", "show", "--origin");
  assert.equal(shown.status, 0);
  const copy = repo({ "surefoot.yaml": shown.stdout });
  assert.equal(cli(copy, "policy", "show").stdout.split("\n")[0], shown.stdout.split("\n")[0]);
  assert.match(shown.stdout, /^ {2}iterations: 2 # preset, policies\/strict\.yaml:\d+$/m);
  assert.match(shown.stdout, /^ {2}spec: ann # surefoot\.yaml:3$/m);
});

test("outside a repository the answer is a fault", () => {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-none-"));
  made.push(folder);
  const { status, stderr } = cli(folder, "policy", "show");
  assert.equal(status, 2);
  assert.match(stderr, /repo\/not-found/);
  assert.notEqual(git(folder, "rev-parse").status, 0);
});
