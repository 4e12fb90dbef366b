import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { commit, repository } from "./init-support.ts";

const entry = join(import.meta.dirname, "../../src/cli.ts");
const home = realpathSync(mkdtempSync(join(tmpdir(), "surefoot-home-")));
const made: string[] = [home];
after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function repo(files: Readonly<Record<string, string>>): string {
  const root = repository({ "a.txt": "a\n", ...files });
  commit(root);
  made.push(root);
  return root;
}

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

// Only what is named here: the machine's own variables may say that an agent runs the tests.
const environment = { PATH: process.env["PATH"] ?? "", HOME: home, GIT_CONFIG_NOSYSTEM: "1" };

function surefoot(cwd: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): Said {
  const ran = spawnSync(process.execPath, [entry, ...args], {
    cwd,
    encoding: "utf8",
    input: "",
    env: { ...environment, ...more },
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const verdict = (cwd: string, command: string): string =>
  JSON.parse(surefoot(cwd, ["guard", "judge", "--json", command]).out).verdict;

const policy = [
  "gates: { full: [npm test] }",
  "guard:",
  "  rules: { git/tag-overwrite: observe }",
  "  deny:",
  "    - { id: custom/drop, says: it drops records, command: [mytool drop], examples: { block: [mytool drop x] } }",
  "  allow:",
  "    - { id: custom/notes, says: notes are ours, writes: [/opt/notes/**] }",
  "",
].join("\n");

test("a repository tightens at once, and loosens once its user trusts the file as it is", () => {
  const root = repo({ "surefoot.yaml": policy });
  const verdicts = (): readonly string[] =>
    ["mytool drop x", "git tag -f v1", "echo x > /opt/notes/a"].map((command) => verdict(root, command));
  assert.deepEqual(verdicts(), ["deny", "ask", "deny"]);
  const shown = surefoot(root, ["policy", "show"]);
  assert.match(shown.err, /would loosen the guard \(2 entries\).*surefoot guard trust/);

  const unasked = surefoot(root, ["guard", "trust"]);
  assert.deepEqual([unasked.code, /no terminal/.test(unasked.err)], [2, true]);
  const agent = surefoot(root, ["guard", "trust", "--yes"], { CLAUDECODE: "1" });
  assert.deepEqual([agent.code, /an agent runs this/.test(agent.err)], [2, true]);
  assert.deepEqual(verdicts(), ["deny", "ask", "deny"]);

  const trusted = surefoot(root, ["guard", "trust", "--yes"]);
  assert.equal(trusted.code, 0);
  assert.match(
    trusted.out,
    /guard\.rules\.git\/tag-overwrite: enforce → observe\n.*custom\/notes \(writes \/opt\/notes\/\*\*\)/,
  );
  assert.equal(statSync(join(home, ".config/surefoot/trusted.json")).mode & 0o777, 0o600);
  assert.deepEqual(verdicts(), ["deny", "allow", "allow"]);
  assert.doesNotMatch(surefoot(root, ["policy", "show"]).err, /loosen/);
  const explained = surefoot(root, ["guard", "explain", "echo x > /opt/notes/a"]);
  assert.match(explained.out, /Allowed by the policy\n {2}custom\/notes lifts deny {2}scope\/outside/);

  writeFileSync(join(root, "surefoot.yaml"), `${policy}# changed\n`);
  assert.deepEqual(verdicts(), ["deny", "ask", "deny"]);
  assert.match(surefoot(root, ["doctor"]).out, /would loosen the guard/);
});

test("an example that fails keeps the policy from being used, and guard test names it", () => {
  const root = repo({ "surefoot.yaml": policy.replace("block: [mytool drop x]", "block: [mytool list]") });
  const judged = surefoot(root, ["guard", "judge", "ls"]);
  assert.equal(judged.code, 2);
  assert.match(judged.err, /surefoot\.yaml:5:\d+: guard\.deny\[0\]\.examples\.block\[0\] is not stopped/);
  const tested = surefoot(root, ["guard", "test"]);
  assert.equal(tested.code, 1);
  assert.match(
    tested.out,
    /custom\/drop examples\.block\[0\] is not stopped by custom\/drop: "mytool list"\n/,
  );
  assert.match(tested.out, /1 example of 2 custom rules, 1 missed\n$/);
});

test("a person allows exactly one action once, by name, and nothing that looks like it", () => {
  const root = repo({});
  const command = "git push --force";
  const asked = surefoot(root, ["guard", "allow", command]);
  assert.deepEqual([asked.code, /no terminal/.test(asked.err)], [2, true]);
  const granted = surefoot(root, ["guard", "allow", "--yes", command]);
  assert.deepEqual(
    [
      granted.code,
      granted.out
        .replace(/until \S+ \S+ UTC/, "until T")
        .split("\n")
        .at(-2),
    ],
    [0, "allowed once, until T (permit 1)"],
  );
  assert.match(surefoot(root, ["guard", "explain", command]).out, /A permit waits for it: number 1\n$/);
  assert.deepEqual(
    ["git push  --force", command, command].map((one) => verdict(root, one)),
    ["deny", "allow", "deny"],
  );
  assert.equal(surefoot(root, ["ledger", "verify"]).code, 0);
  const events = surefoot(root, ["ledger", "show", "permits"]).out;
  assert.match(events, /permit\.granted .*allows once.*git push --force\n.*permit\.used .*permit 1 in judge/);
});

test("a permit for a time holds as often as the action comes; what is too long or twofold is refused", () => {
  const root = repo({});
  assert.equal(surefoot(root, ["guard", "allow", "--yes", "--for", "5m", "git stash clear"]).code, 0);
  assert.deepEqual([verdict(root, "git stash clear"), verdict(root, "git stash clear")], ["allow", "allow"]);
  for (const args of [
    ["--for", "3d"],
    ["--for", "soon"],
    ["--once", "--for", "5m"],
  ])
    assert.equal(surefoot(root, ["guard", "allow", "--yes", ...args, "ls"]).code, 2);
  assert.match(
    surefoot(root, ["guard", "allow", "--yes", "deadbeef"]).err,
    /no action with the code deadbeef/,
  );
});

const hook = join(import.meta.dirname, "../../src/hook.ts");

function hooked(root: string, command: string): string {
  const payload = {
    session_id: "s1",
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command },
    tool_use_id: `t-${command}`,
    cwd: root,
  };
  const ran = spawnSync(process.execPath, [hook, "--dialect", "claude"], {
    cwd: root,
    encoding: "utf8",
    input: JSON.stringify(payload),
    env: environment,
  });
  return ran.stdout;
}

test("the code in a refusal is what a person allows; replay says what another policy would have decided", () => {
  const root = repo({});
  const refused = hooked(root, "git push --force");
  const [, code = ""] = /surefoot guard allow ([0-9a-f]{8})/.exec(refused) ?? [];
  assert.notEqual(code, "", refused);
  const explained = surefoot(root, ["guard", "explain", code]);
  assert.match(explained.out, /^Verdict: deny\n {2}git push --force\n[^]*deny {2}git\/force-push: /);
  assert.match(
    surefoot(root, ["explain", code]).out,
    /^[0-9a-f]{8} — code of an action that the guard stopped\n/,
  );
  const granted = surefoot(root, ["guard", "allow", "--yes", code]);
  assert.equal(granted.code, 0, granted.err);
  assert.match(granted.out, /^exec in .*\n {2}git push --force\nstopped by git\/force-push: /);
  const passed = hooked(root, "git push --force");
  const again = hooked(root, "git push --force");
  assert.deepEqual([/"deny"/.test(passed), /"deny"/.test(again)], [false, true]);
  hooked(root, "mytool drop x");

  const other = join(root, "new.yaml");
  const replayed = (text: string): Said => {
    writeFileSync(other, text);
    return surefoot(root, ["guard", "replay", "--policy", "new.yaml"]);
  };
  assert.deepEqual(
    [replayed(""), replayed(`${policy}  ask: [{ id: custom/ls, says: x, command: [ls] }]\n`)],
    [
      { code: 0, out: "0 of 4 decisions would change\n", err: "" },
      {
        code: 1,
        out: "allow → deny       1×  custom/drop              mytool drop x\n1 of 4 decisions would change\n",
        err: "",
      },
    ],
  );
  const off = replayed("guard: { rules: { 'git/*': off } }\n");
  assert.match(off.out, /^deny → allow {7}3× {2}git\/force-push {11}git push --force\n3 of 4/);
  assert.equal(readFileSync(other, "utf8").length > 0, true);
  assert.equal(surefoot(repo({}), ["guard", "replay"]).code, 2);
});
