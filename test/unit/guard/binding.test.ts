import assert from "node:assert/strict";
import { test } from "node:test";
import type { Judgement } from "../../../src/core/action.ts";
import type { Policy } from "../../../src/core/policy.ts";
import { binding, modeOf } from "../../../src/guard/binding.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { judge } from "../../../src/guard/judge.ts";
import { read } from "../../../src/guard/read.ts";
import { tell } from "../../../src/guard/says.ts";

const policy = (rules: Policy["guard"]["rules"], preset: Policy["preset"] = "standard"): Policy => ({
  ...examplePolicy,
  preset,
  guard: { rules, custom: [] },
});

const exec = (command: string) => ({ kind: "exec", command, cwd: "/work/repo" }) as const;
const judged = (command: string, given: Policy): Judgement => judge(exec(command), exampleFacts, given);

test("the longest name decides a rule's mode, and what nobody names is enforced", () => {
  const given = policy({ "*": "observe", "git/*": "off", "git/force-push": "enforce" });
  assert.deepEqual(
    ["git/force-push", "git/clean", "fs/recursive-delete"].map((rule) => modeOf(rule, given)),
    ["enforce", "off", "observe"],
  );
  assert.equal(modeOf("git/clean", policy({})), "enforce");
});

test("a rule that is off does not fire", () => {
  const { verdict, reasons } = judged("git stash drop", policy({ "git/stash-drop": "off" }));
  assert.deepEqual({ verdict, reasons }, { verdict: "allow", reasons: [] });
});

test("a rule that observes fires and does not bind", () => {
  const given = policy({ "git/*": "observe" });
  const judgement = judged("git tag -f v1", given);
  assert.equal(judgement.verdict, "ask");
  assert.equal(binding(judgement, given), "allow");
});

test("the strictest of the enforced reasons binds", () => {
  const given = policy({ "git/stash-drop": "observe" });
  const judgement = judged("git stash drop; git tag -f v1", given);
  assert.deepEqual([judgement.verdict, binding(judgement, given)], ["deny", "ask"]);
});

test("under the preset observe, only what cannot be undone binds", () => {
  const given = policy({ "*": "observe" }, "observe");
  const verdict = (command: string): string => binding(judged(command, given), given);
  assert.deepEqual(
    ["git push --force", "git stash clear", "git push origin main", "echo x > ~/a"].map((item) =>
      verdict(item),
    ),
    ["deny", "deny", "allow", "allow"],
  );
});

test("a judgement carries the span of what it is about, the facts and a safer way", () => {
  const { reasons, facts } = judged("npm test && git push --force && ls", examplePolicy);
  assert.deepEqual(reasons, [
    {
      rule: "git/force-push",
      verdict: "deny",
      says: "it overwrites what is on the remote",
      span: { start: 12, end: 28 },
      instead: "git push origin HEAD:refs/heads/proposed-change",
    },
  ]);
  assert.equal(facts, exampleFacts);
});

test("what is told names the rule, the matched text and one next step", () => {
  const action = exec("npm test && git push --force && ls");
  assert.equal(
    tell(judge(action, exampleFacts, examplePolicy), action),
    "Refused by surefoot (git/force-push): it overwrites what is on the remote — `git push --force`.\n" +
      "Instead: git push origin HEAD:refs/heads/proposed-change",
  );
  assert.equal(tell(judged("ls", examplePolicy), exec("ls")), "");
});

test("only the facts that a decision needs are named", () => {
  const where = { worktree: "/work/repo", home: "/home/dev" };
  const nothing = { currentBranch: false, upstream: false, dirty: false, paths: [] };
  const needs = (command: string) => read(exec(command), where);
  assert.deepEqual(needs("cargo test && go vet ./..."), nothing);
  assert.deepEqual(needs("git push"), { ...nothing, currentBranch: true, upstream: true });
  assert.deepEqual(needs("git reset --hard"), { ...nothing, currentBranch: true, dirty: true });
  assert.deepEqual(needs("git checkout -- a.ts"), { ...nothing, dirty: true, paths: ["/work/repo/a.ts"] });
  assert.deepEqual(needs("echo x > src/a.ts"), { ...nothing, paths: ["/work/repo/src/a.ts"] });
  assert.deepEqual(needs("git pf"), {
    currentBranch: true,
    upstream: true,
    dirty: true,
    paths: [],
    aliases: ["pf"],
  });
  const edit = { kind: "edit", path: "src/a.ts", change: { kind: "unknown" } } as const;
  assert.deepEqual(read(edit, where), { ...nothing, paths: ["/work/repo/src/a.ts"] });
});

test("a tool of another server is judged by the command or file in its input", () => {
  const tool = (input: unknown) => ({ kind: "tool", server: "shell", name: "run", input }) as const;
  const verdict = (input: unknown): string => judge(tool(input), exampleFacts, examplePolicy).verdict;
  assert.deepEqual(
    [
      { command: "rm -rf ~" },
      { path: "/home/dev/.bashrc", content: "x" },
      { path: "src/a.ts", content: "x" },
      null,
    ].map((input) => verdict(input)),
    ["deny", "deny", "allow", "allow"],
  );
});
