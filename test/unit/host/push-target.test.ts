import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pushTarget, readSettings } from "../../../src/host/push-target.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { gitEnvironment, tempRepo } from "../../support/temp-repo.ts";

const target = (current: string, settings: Readonly<Record<string, string>>): string =>
  pushTarget(
    current,
    Object.entries(settings).map(([key, value]) => ({ key, value })),
  );

const origin = { "remote.origin.url": "x", "remote.origin.fetch": "+refs/heads/*:refs/remotes/origin/*" };
const tracked = { ...origin, "branch.fix.remote": "origin", "branch.fix.merge": "refs/heads/fix" };
const renamed = { ...tracked, "branch.fix.merge": "refs/heads/main" };

test("a plain push goes where its settings say", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["nothing is set", {}, ""],
    ["no upstream", origin, ""],
    ["an upstream of the same name", tracked, "origin/fix"],
    ["an upstream of another name", renamed, ""],
    ["upstream mode", { ...renamed, "push.default": "upstream" }, "origin/main"],
    ["current mode", { ...renamed, "push.default": "current" }, "origin/fix"],
    ["current mode without an upstream", { ...origin, "push.default": "current" }, "origin/fix"],
    ["the upstream is set up by the push", { ...origin, "push.autosetupremote": "true" }, "origin/fix"],
    ["another remote to push to", { ...renamed, "remote.pushdefault": "mine" }, "mine/fix"],
    ["a branch's own remote to push to", { ...renamed, "branch.fix.pushremote": "mine" }, "mine/fix"],
    ["the only remote has another name", { "remote.up.url": "x", "push.default": "current" }, "up/fix"],
    ["nothing mode", { ...tracked, "push.default": "nothing" }, ""],
    ["matching mode", { ...tracked, "push.default": "matching" }, "unknown"],
    ["refspecs to push", { ...tracked, "remote.origin.push": "refs/heads/*" }, "unknown"],
    ["a mirror", { ...tracked, "remote.origin.mirror": "true" }, "unknown"],
    ["no mirror", { ...tracked, "remote.origin.mirror": "false" }, "origin/fix"],
    ["a mode of a later git", { ...tracked, "push.default": "psychic" }, "unknown"],
  ];
  assert.deepEqual(
    cases.map(([name, settings]) => [name, target("fix", settings)]),
    cases.map(([name, , wanted]) => [name, wanted]),
  );
  assert.equal(target("HEAD", tracked), "");
});

test("git itself pushes there", (context) => {
  const repo = tempRepo(context, { files: { a: "a\n" } });
  const remote = join(tempFolder(context), "remote.git");
  repo.git("init", "--quiet", "--bare", remote);
  repo.git("remote", "add", "origin", remote);
  repo.git("push", "--quiet", "origin", "main");
  repo.git("switch", "--quiet", "--create", "fix");
  const settings: readonly (readonly string[])[] = [
    [],
    ["branch.fix.remote=origin", "branch.fix.merge=refs/heads/fix"],
    ["branch.fix.remote=origin", "branch.fix.merge=refs/heads/main"],
    ["branch.fix.remote=origin", "branch.fix.merge=refs/heads/main", "push.default=upstream"],
    ["branch.fix.remote=origin", "branch.fix.merge=refs/heads/main", "push.default=current"],
    ["push.default=current"],
    ["push.default=nothing"],
    ["push.autoSetupRemote=true"],
    ["remote.pushDefault=origin", "branch.fix.remote=.", "branch.fix.merge=refs/heads/main"],
  ];
  const found = settings.map((list) => {
    const given = list.flatMap((setting) => ["-c", setting]);
    const said = repo.git(...given, "config", "--null", "--get-regexp", "^(push|remote|branch|alias)\\.");
    return [list, pushTarget("fix", readSettings(said))];
  });
  const wanted = settings.map((list) => [list, dryRun(repo.root, list)]);
  assert.deepEqual(found, wanted);
});

/** Where git would push to; empty where it refuses. */
function dryRun(cwd: string, settings: readonly string[]): string {
  const given = settings.flatMap((setting) => ["-c", setting]);
  try {
    const said = execFileSync("git", [...given, "push", "--dry-run", "--porcelain"], {
      cwd,
      env: gitEnvironment(),
      encoding: "utf8",
      stdio: "pipe",
    });
    return `origin/${/:refs\/heads\/(\S+)/.exec(said)?.[1] ?? ""}`;
  } catch (error) {
    if (!(error instanceof Error && "status" in error && error.status === 128)) throw error;
    return "";
  }
}

test("a setting without a value stands for true, and a value may hold line breaks", () => {
  assert.deepEqual(readSettings("push.autosetupremote\0alias.x\n!a\nb\0"), [
    { key: "push.autosetupremote", value: "true" },
    { key: "alias.x", value: "!a\nb" },
  ]);
});
