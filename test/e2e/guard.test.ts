import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Judgement } from "../../src/core/action.ts";
import type { FactNeeds } from "../../src/core/ports.ts";
import { examplePolicy } from "../../src/guard/example.ts";
import { judge } from "../../src/guard/judge.ts";
import { read } from "../../src/guard/read.ts";
import { gatherFacts } from "../../src/host/facts.ts";
import { realHost } from "../../src/host/real-host.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "guard-facts-")));
after(() => rmSync(folder, { recursive: true, force: true }));

const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "dev",
  GIT_AUTHOR_EMAIL: "dev@example.org",
  GIT_COMMITTER_NAME: "dev",
  GIT_COMMITTER_EMAIL: "dev@example.org",
};
const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", args, { cwd, env, encoding: "utf8" });

function repository(name: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, "src"), { recursive: true });
  git(path, "init", "-q", "-b", "main");
  writeFileSync(join(path, "src/a.ts"), "a\n");
  writeFileSync(join(path, "src/b.ts"), "b\n");
  writeFileSync(join(path, ".gitignore"), "ignored.txt\n");
  git(path, "add", "-A");
  git(path, "commit", "-q", "-m", "start");
  return path;
}

const nothing: FactNeeds = { currentBranch: false, upstream: false, dirty: false, paths: [] };
const host = realHost();

test("nothing is asked of git when no fact is needed", async () => {
  const facts = await gatherFacts(host, { worktree: "/nowhere", home: "/h" })(nothing);
  assert.deepEqual(facts, { worktree: "/nowhere", home: "/h", tempDirs: [host.platform.tempDir] });
});

test("branch, upstream, dirtiness, paths and aliases are what git says at that moment", async () => {
  const root = repository("plain");
  const gather = gatherFacts(host, { worktree: root, home: "/h" });
  const needs: FactNeeds = {
    currentBranch: true,
    upstream: true,
    dirty: true,
    paths: [`${root}/src/a.ts`, `${root}/ignored.txt`, `${root}/link`, `${root}/none/x`],
    aliases: ["pf", "nope"],
  };
  symlinkSync("/etc/hosts", join(root, "link"));
  git(root, "config", "alias.pf", "push --force");
  const first = await gather(needs);
  const paths = {
    [`${root}/src/a.ts`]: { exists: true, tracked: true, ignored: false, modified: false },
    [`${root}/ignored.txt`]: { exists: false, tracked: false, ignored: true, modified: false },
    [`${root}/link`]: {
      exists: true,
      tracked: false,
      ignored: false,
      modified: false,
      real: realpathSync("/etc/hosts"),
    },
    [`${root}/none/x`]: { exists: false, tracked: false, ignored: false, modified: false },
  };
  assert.deepEqual(first, {
    worktree: root,
    home: "/h",
    tempDirs: [host.platform.tempDir],
    currentBranch: "main",
    upstream: "",
    dirty: false,
    paths,
    aliases: { pf: "push --force", nope: "" },
  });
  writeFileSync(join(root, "src/a.ts"), "changed\n");
  git(root, "switch", "-q", "-c", "fix/x");
  const second = await gather(needs);
  assert.deepEqual(
    { branch: second.currentBranch, dirty: second.dirty, a: second.paths?.[`${root}/src/a.ts`]?.modified },
    { branch: "fix/x", dirty: true, a: true },
  );
});

test("a plain push is known by its upstream, and unknown where settings make it push more", async () => {
  const root = repository("pushing");
  const remote = join(folder, "remote.git");
  git(folder, "init", "-q", "--bare", remote);
  git(root, "remote", "add", "origin", remote);
  git(root, "push", "-q", "-u", "origin", "main");
  const gather = gatherFacts(host, { worktree: root });
  assert.equal((await gather({ ...nothing, upstream: true })).upstream, "origin/main");
  git(root, "config", "push.default", "matching");
  assert.equal((await gather({ ...nothing, upstream: true })).upstream, "unknown");
});

test("outside a repository the facts are unknown, and the guard takes the dangerous value", async () => {
  const facts = await gatherFacts(host, { worktree: "/" })({ ...nothing, currentBranch: true, dirty: true });
  assert.deepEqual([facts.currentBranch, facts.dirty], ["unknown", "unknown"]);
});

test("an alias, a symbolic link and a clean tree change the verdict", async () => {
  const root = repository("facts-matter");
  const verdict = async (command: string): Promise<Judgement["verdict"]> => {
    const action = { kind: "exec", command, cwd: root } as const;
    const facts = await gatherFacts(host, { worktree: root })(read(action, { worktree: root }));
    return judge(action, facts, examplePolicy).verdict;
  };
  assert.equal(await verdict("git reset --hard"), "allow");
  writeFileSync(join(root, "src/a.ts"), "changed\n");
  assert.equal(await verdict("git reset --hard"), "deny");
  assert.equal(await verdict("git checkout -- src/b.ts"), "allow");
  assert.equal(await verdict("git checkout -- src/a.ts"), "deny");
  git(root, "config", "alias.yolo", "push --force");
  assert.equal(await verdict("git yolo"), "deny");
  assert.equal(await verdict("git lg"), "allow");
  symlinkSync(join(host.platform.home, ".profile-made-by-a-test"), join(root, "profile"));
  assert.equal(await verdict("echo x > profile"), "deny");
  assert.equal(await verdict("git push"), "deny");
  git(root, "switch", "-q", "-c", "fix/y");
  assert.equal(await verdict("git push"), "allow");
});

const cli = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
const surefoot = (
  cwd: string,
  args: readonly string[],
  input = "",
): { code: number | null; out: string; err: string } => {
  const ran = spawnSync(process.execPath, [cli, ...args], { cwd, env, input, encoding: "utf8" });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
};

test("guard judge answers by exit code, as text, as JSON and line by line", () => {
  const root = repository("commands");
  assert.deepEqual(surefoot(root, ["guard", "judge", "npm test"]), { code: 0, out: "allow\n", err: "" });
  const denied = surefoot(root, ["guard", "judge", "rm -rf ~"]);
  assert.equal(denied.code, 1);
  assert.match(denied.out, /^deny\nRefused by surefoot \(fs\/recursive-delete\)/);
  const piped = surefoot(root, ["guard", "judge", "--json"], "git push --force");
  assert.equal(piped.code, 1);
  assert.equal(JSON.parse(piped.out).judgement.reasons[0].rule, "git/force-push");
  const edit = surefoot(root, ["guard", "judge", "--json", "--edit", ".github/workflows/a.yml"]);
  assert.equal(JSON.parse(edit.out).judgement.reasons[0].rule, "ci/workflow-edit");
  const lines = surefoot(
    root,
    ["guard", "judge", "--jsonl"],
    '{"command":"ls"}\n{"command":"git stash clear","cwd":"/"}\n',
  );
  assert.equal(lines.code, 1);
  assert.deepEqual(
    lines.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).verdict),
    ["allow", "deny"],
  );
  const broken = surefoot(root, ["guard", "judge", "--jsonl"], '{"command":');
  assert.equal(broken.code, 2);
  assert.match(broken.err, /line 1/);
  assert.equal(surefoot(root, ["guard", "judge"]).code, 2);
});

test("guard explain shows effects, facts, rule and a safer way; guard test tries every example", () => {
  const root = repository("explained");
  const { code, out } = surefoot(root, ["guard", "explain", "cd src && git push -f"]);
  assert.equal(code, 1);
  for (const part of [
    "Verdict: deny",
    "runs git push -f in",
    "currentBranch: main",
    "git/force-push",
    "A safer way",
  ])
    assert.ok(out.includes(part), `${part} is missing in:\n${out}`);
  const tested = surefoot(root, ["guard", "test"]);
  assert.equal(tested.code, 0);
  assert.match(tested.out, /^\d+ examples of \d+ rules, 0 missed\n$/);
});
