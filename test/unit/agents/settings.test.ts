import assert from "node:assert/strict";
import { test } from "node:test";
import { providerSettings } from "../../../src/agents/codex-config.ts";
import { environmentFor } from "../../../src/agents/environment.ts";
import { readSettings } from "../../../src/agents/jsonc.ts";
import { orRefuse, quoted } from "../../../src/agents/shell-quote.ts";
import { codexRules, geminiRules, staticPolicy } from "../../../src/agents/static-policy.ts";
import { memoryHost } from "../../../src/host/memory-host.ts";

test("an agent gets the named variables, a home of its own and nothing else", () => {
  const env = { PATH: "/bin", HOME: "/home/me", AWS_SECRET: "x", ANTHROPIC_API_KEY: "k", EMPTY: "" };
  assert.deepEqual(environmentFor(env, "/run/home", ["ANTHROPIC_API_KEY", "EMPTY"]), {
    PATH: "/bin",
    ANTHROPIC_API_KEY: "k",
    HOME: "/run/home",
  });
});

test("of Codex's settings only the provider is kept", () => {
  const toml = [
    'model = "m"',
    'model_provider = "mine"',
    'approval_policy = "never"',
    "[model_providers.mine]",
    'base_url = "https://example.com"',
    'env_key = "MINE_KEY"',
    "[features]",
    "hooks = false",
    "[mcp_servers.x]",
    'command = "evil"',
  ].join("\n");
  assert.deepEqual(providerSettings(toml), {
    top: 'model = "m"\nmodel_provider = "mine"',
    tables: '[model_providers.mine]\nbase_url = "https://example.com"\nenv_key = "MINE_KEY"',
    keys: ["MINE_KEY"],
    ownProvider: false,
  });
});

test("settings with comments and trailing commas are read, and a broken file is named", async () => {
  const { files } = memoryHost();
  await files.write("/s.json", '{ // a comment\n "url": "http://x/*y*/", /* more */ "list": [1, 2,],\n}');
  assert.deepEqual(await readSettings(files, "/s.json"), { url: "http://x/*y*/", list: [1, 2] });
  assert.deepEqual(await readSettings(files, "/none.json"), {});
  await files.write("/broken.json", "{");
  await assert.rejects(readSettings(files, "/broken.json"), { code: "file/unreadable" });
});

test("words with blanks and quotes survive the shell's reading", () => {
  assert.equal(quoted(["/a b/node", "--socket", "it's"]), "'/a b/node' --socket 'it'\\''s'");
});

test("a hook that cannot start is a refusal", () => {
  assert.equal(
    orRefuse(["/node", "/hook"]),
    "/node /hook || { echo 'surefoot: the guard did not run' >&2; exit 2; }",
  );
});

test("forced pushes and protected branches stand in the agents' own policies", () => {
  const policy = staticPolicy(["main", "release/*"]);
  const rules = codexRules(policy);
  assert.match(rules, /^prefix_rule\(pattern = \["git","push","--force"\], decision = "forbidden"/);
  assert.match(rules, /\["git","push","origin","main"\]/);
  assert.doesNotMatch(rules, /release/);
  assert.match(geminiRules(policy), /commandPrefix = "git push --force"\ndecision = "deny"\npriority = 900/);
});
