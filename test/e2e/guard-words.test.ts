import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { Io } from "../../src/cli/command.ts";
import { dispatch } from "../../src/cli/dispatch.ts";
import { realHost } from "../../src/host/real-host.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { tempRepo } from "../support/temp-repo.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Surefoot = (cwd: string, args: readonly string[], input?: string) => Promise<Said>;

/** The command line in this process, for a user without a terminal and with settings of their own. */
function surefootOf(t: TestContext): { readonly surefoot: Surefoot; readonly config: string } {
  const home = tempFolder(t);
  const config = join(home, "config");
  const real = realHost();
  const host: Io["host"] = {
    ...real,
    env: {
      PATH: process.env["PATH"],
      SUREFOOT_CONFIG_HOME: config,
      SUREFOOT_STATE_HOME: join(home, "state"),
    },
    platform: { ...real.platform, home },
  };
  return {
    config,
    surefoot: async (cwd, args, input = "") => {
      let [out, err] = ["", ""];
      const code = await dispatch(args, {
        host,
        cwd,
        out: (text) => void (out += text),
        err: (text) => void (err += text),
        input: async () => input,
        ask: async () => undefined,
        screen: { interactive: false, colour: false, columns: 80 },
        signal: new AbortController().signal,
      });
      return { code, out, err };
    },
  };
}

const first = ({ code, out, err }: Said): readonly [number, string] => [
  code,
  (out + err).split("\n")[0] ?? "",
];

test("an option or a word that a verb of guard does not know is a mistake, and the usage is told", async (t) => {
  const { surefoot } = surefootOf(t);
  const cwd = tempFolder(t);
  for (const [args, stray] of [
    [["judge", "--policy", "new.yaml", "ls"], "--policy"],
    [["judge", "--stop", "ls"], "--stop"],
    [["install", "claude"], "claude"],
    [["install", "--agent", "claude", "--json"], "--json"],
    [["serve", "stop"], "stop"],
    [["test", "a.yaml", "b.yaml"], "b.yaml"],
    [["trust", "--for", "1h"], "--for"],
  ] as const) {
    const said = await surefoot(cwd, ["guard", ...args]);
    assert.deepEqual(
      [said.code, (said.err + said.out).includes(`guard ${args[0]} takes no ${stray}`)],
      [2, true],
      stray,
    );
  }
  const { err } = await surefoot(cwd, ["guard", "frob"]);
  assert.match(err, /one of: judge, explain, test, /);
});

test("paths and folders start where the command was started, not at the repository's root", async (t) => {
  const { surefoot } = surefootOf(t);
  const { root } = tempRepo(t, { files: { "sub/a.txt": "a\n" } });
  const judged = async (args: readonly string[], input = ""): Promise<readonly [number, string]> => {
    const { code, out } = await surefoot(join(root, "sub"), ["guard", "judge", "--json", ...args], input);
    const { action, judgement } = JSON.parse(out);
    return [code, [action.path ?? action.cwd, ...judgement.reasons.map(ruleOf)].join(" ")];
  };
  const workflow = join(root, ".github/workflows/ci.yml");
  assert.deepEqual(
    [
      await judged(["--edit", "../.github/workflows/ci.yml"]),
      await judged(["--cwd", "..", "--edit", ".github/workflows/ci.yml"]),
      await judged([], '{"edit": "../.github/workflows/ci.yml"}'),
      await judged(["--cwd", "..", "ls"]),
      await judged([], '{"command": "ls", "cwd": ".."}'),
    ],
    [
      [1, `${workflow} ci/workflow-edit`],
      [1, `${workflow} ci/workflow-edit`],
      [1, `${workflow} ci/workflow-edit`],
      [0, root],
      [0, root],
    ],
  );
  const wrong = await surefoot(root, ["guard", "judge", "--jsonl"], '{"command": "ls", "cwd": 5}');
  assert.deepEqual(first(wrong), [2, "✗ line 1 cannot be judged: it names no action"]);
});

const ruleOf = ({ rule }: { readonly rule: string }): string => rule;

test("what a person allows in another folder is named so that it can be allowed there", async (t) => {
  const { surefoot } = surefootOf(t);
  const { root } = tempRepo(t, { files: { "it's/a.txt": "a\n" } });
  const judge = ["guard", "judge", "--cwd", "it's", "git push --force"];
  const { out } = await surefoot(root, judge);
  assert.match(out, /guard allow --cwd '.*\/it'\\''s' 'git push --force'\n$/);
  const granted = await surefoot(root, ["guard", "allow", "--yes", "--cwd", "it's", "git push --force"]);
  assert.match(granted.out, /^exec in .*\/it's\n {2}git push --force\nstopped by git\/force-push: /);
  assert.deepEqual(first(await surefoot(root, ["guard", "judge", "git push --force"])), [1, "deny"]);
  assert.match((await surefoot(root, judge)).out, /^allow \(by permit 1, /);
});

test("outside a repository the guard judges as it does for an agent there, and permits hold", async (t) => {
  const { surefoot, config } = surefootOf(t);
  const folder = tempFolder(t);
  const code = async (...args: readonly string[]): Promise<number> => (await surefoot(folder, args)).code;
  assert.deepEqual(
    [
      await code("guard", "judge", "ls"),
      await code("guard", "judge", "git push --force"),
      await code("guard", "judge", `rm -r ${join(config, "../state/guard")}`),
      await code("guard", "trust"),
      await code("guard", "replay"),
      await code("guard", "allow", "1a2b3c4d"),
      await code("guard", "allow", "--yes", "git push --force"),
      await code("guard", "judge", "git push --force"),
      await code("guard", "judge", "git push --force"),
      await code("ledger", "show", "permits"),
      await code("ledger", "verify"),
    ],
    [0, 1, 1, 0, 2, 2, 0, 0, 1, 0, 0],
  );
});

const custom = `guard:
  deny:
    - { id: custom/drop, says: it drops records, instead: mytool list, command: [mytool drop], mode: observe }
`;

test("a rule that only observes says what it would do; explain knows the rules of the policy here", async (t) => {
  const { surefoot } = surefootOf(t);
  const { root } = tempRepo(t, { files: { "surefoot.yaml": custom } });
  assert.deepEqual(await surefoot(root, ["guard", "judge", "mytool drop x"]), {
    code: 0,
    out: "allow\ncustom/drop would deny, but only observes: it drops records\n",
    err: "",
  });
  assert.deepEqual(await surefoot(root, ["explain", "custom/drop"]), {
    code: 0,
    out: "custom/drop — guard rule of the policy here, deny, which only observes\n  it drops records\n  instead: mytool list\n  command: mytool drop\n",
    err: "",
  });
  assert.equal((await surefoot(root, ["explain", "custom/nope"])).code, 2);
});

test("a policy file named by hand is named in what is wrong with it, and its examples count", async (t) => {
  const { surefoot } = surefootOf(t);
  const { root } = tempRepo(t, { files: { "a.txt": "a\n" } });
  writeFileSync(join(root, "new.yaml"), "guard: { dney: [] }\n");
  for (const args of [
    ["test", "new.yaml"],
    ["replay", "--policy", "new.yaml"],
  ] as const)
    assert.match((await surefoot(root, ["guard", ...args])).err, /^✗ new\.yaml:1:10: guard\.dney is not/);
  const wrong = custom.replace("mode: observe", "examples: { block: [mytool list] }");
  writeFileSync(join(root, "new.yaml"), wrong);
  assert.match(
    (await surefoot(root, ["guard", "replay", "--policy", "new.yaml"])).err,
    /^✗ new\.yaml:3:\d+: guard\.deny\[0\]\.examples\.block\[0\] is not stopped by custom\/drop/,
  );
});

test("a name in guard.rules that is no rule is told, with the one that was meant", async (t) => {
  const { surefoot } = surefootOf(t);
  const rules = 'guard: { rules: { git/forcepush: observe, db/*: "off", "*": enforce } }\n';
  const { root } = tempRepo(t, { files: { "surefoot.yaml": rules } });
  const says =
    "guard.rules names git/forcepush, and there is no such rule or family (did you mean git/force-push?)";
  const tested = await surefoot(root, ["guard", "test"]);
  assert.deepEqual(first(tested), [1, says]);
  const checked = await surefoot(root, ["policy", "check"]);
  assert.deepEqual(
    [checked.code, checked.out.split("\n").filter((line) => line.includes("rules"))],
    [0, [`! ${says}`]],
  );
});

test("what a session did before counts where the session is named, and is said to be left out elsewhere", async (t) => {
  const { surefoot } = surefootOf(t);
  const { root } = tempRepo(t, { files: { "docs/a.md": "a\n" } });
  const judge = ["guard", "judge", "rm -rf docs"];
  const said = await surefoot(root, judge);
  assert.deepEqual([said.code, said.out], [0, "allow\n"]);
  assert.match(said.err, /^! .*--session <session>/);
  assert.equal((await surefoot(root, ["guard", "judge", "rm notes.tmp"])).err, "");
  assert.equal((await surefoot(root, ["guard", "allow", "--yes", "ls"])).code, 0);
  // The session of the permits has looked at nothing.
  const counted = await surefoot(root, [...judge, "--session", "permits"]);
  assert.deepEqual([counted.code, counted.err], [1, ""]);
  assert.match(counted.out, /session\/list-before-delete/);
  assert.equal((await surefoot(root, [...judge, "--session", "nope"])).code, 2);
});

test("a model that answers nothing leaves the calibration as it is, as does a file without a case", async (t) => {
  const { surefoot, config } = surefootOf(t);
  const cwd = tempFolder(t);
  mkdirSync(config, { recursive: true });
  const settings = (more: string): void =>
    writeFileSync(
      join(config, "config.yaml"),
      `second_stage: { model: "compatible:m", base_url: "http://127.0.0.1:9/v1"${more} }\n`,
    );
  writeFileSync(join(cwd, "one.jsonl"), '{"command":"ls","user":"list","label":"harmless"}\n');
  writeFileSync(join(cwd, "none.jsonl"), "\n");
  const calibrate = (file: string): Promise<Said> => surefoot(cwd, ["guard", "calibrate", file]);
  assert.match((await calibrate("one.jsonl")).err, /no second stage.*\n.*config\.yaml/);
  settings("");
  const unheard = await calibrate("one.jsonl");
  assert.deepEqual([unheard.code, /answered none of 1 case/.test(unheard.err)], [4, true]);
  assert.deepEqual(first(await calibrate("none.jsonl")), [2, "✗ none.jsonl holds no case"]);
  settings(", key_env: NOT_SET");
  assert.deepEqual(first(await calibrate("one.jsonl")), [
    4,
    "✗ the key of the model compatible:m is not in NOT_SET",
  ]);
});
