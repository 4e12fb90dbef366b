import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { installers } from "../../../src/agents/install/index.ts";
import {
  applyChanges,
  missingFiles,
  planChanges,
  planRemoval,
  recordsOf,
  textBefore,
} from "../../../src/agents/install-files.ts";
import { readInstallations, spanOf, writeInstallations } from "../../../src/agents/install-record.ts";
import type { WrittenFile } from "../../../src/agents/install-record.ts";
import { gapsOf } from "../../../src/agents/installer.ts";
import type { Installer, InstallPlace, Scope } from "../../../src/agents/installer.ts";
import { settingsIn } from "../../../src/agents/settings-text.ts";
import { installedPolicy } from "../../../src/agents/static-policy.ts";
import { memoryHost } from "../../../src/host/memory-host.ts";
import type { MemoryHost } from "../../../src/host/memory-host.ts";

type Texts = Readonly<Record<string, string>>;

/** What users have in their settings before surefoot comes. */
const mine: Texts = {
  "/home/me/.claude/settings.json":
    '{\n  // mine\n  "env": { "KEY": "secret" },\n  "hooks": { "PreToolUse": [] }\n}\n',
  "/home/me/.config/opencode/opencode.json": '{ "permission": { "bash": "ask" } }',
  "/home/me/.codex/config.toml": 'model = "x"\n',
  "/home/me/.gemini/settings.json": '{"ui":{"theme":"dark"}}',
  "/home/me/.cline/hooks/PreToolUse": "#!/bin/sh\nexit 0\n",
  "/home/me/.cursor/hooks.json":
    '{\n\t"version": 1,\n\t"hooks": {\n\t\t"stop": [{ "command": "./beep" }]\n\t}\n}',
};

function machine(files: Texts): MemoryHost {
  return memoryHost({ files, env: { PATH: "/usr/bin" }, platform: { home: "/home/me" } });
}

interface Told {
  readonly scope?: Scope;
  readonly unattended?: boolean;
  readonly hook?: string;
  readonly written?: readonly WrittenFile[];
}

async function place(host: MemoryHost, told: Told): Promise<InstallPlace> {
  const { scope = "user", unattended = false, hook = "/opt/surefoot/dist/hook.cjs", written = [] } = told;
  return {
    host,
    scope,
    project: scope === "project" ? "/repo" : "",
    hook: ["/usr/bin/node", hook],
    http: undefined,
    unattended,
    timeout: "/usr/bin/timeout",
    policy: installedPolicy(["main", "release/**"]),
    before: async (path) =>
      textBefore(
        await host.files.readText(path),
        written.find((file) => file.path === path),
      ),
  };
}

async function install(
  host: MemoryHost,
  installer: Installer,
  told: Told = {},
): Promise<readonly WrittenFile[]> {
  const { written = [] } = told;
  const plan = await installer.plan(await place(host, told));
  const changes = await planChanges(host.files, plan.edits, written);
  const records = await recordsOf(host.files, changes, written);
  await applyChanges(host.files, changes, written);
  return records;
}

async function uninstall(host: MemoryHost, written: readonly WrittenFile[]): Promise<void> {
  await applyChanges(host.files, await planRemoval(host.files, written), written);
}

async function textsOf(host: MemoryHost, folder = ""): Promise<Texts> {
  const found: Record<string, string> = {};
  for (const name of (await host.files.list(folder === "" ? "/" : folder)) ?? []) {
    const path = `${folder}/${name}`;
    if (name.endsWith("/")) Object.assign(found, await textsOf(host, path.slice(0, -1)));
    else found[path] = (await host.files.readText(path)) ?? "";
  }
  return found;
}

for (const installer of installers) {
  for (const scope of installer.scopes) {
    test(`${installer.title} has everything back after an installation for the ${scope}, byte for byte`, async () => {
      for (const files of [mine, {}]) {
        const host = machine(files);
        const before = await textsOf(host);
        const written = await install(host, installer, { scope });
        assert.ok(written.length > 0);
        assert.deepEqual(await missingFiles(host.files, written), []);
        const after = await textsOf(host);
        assert.notDeepEqual(after, before);
        await uninstall(host, written);
        assert.deepEqual(await textsOf(host), before);
        for (const folder of written.flatMap((file) => file.folders))
          assert.equal(await host.files.stat(folder), undefined, folder);
      }
    });
  }

  test(`${installer.title} is not changed by a second installation, and a different one takes the first one's place`, async () => {
    const host = machine(mine);
    const before = await textsOf(host);
    const first = await install(host, installer);
    const once = await textsOf(host);
    const second = await install(host, installer, { written: first });
    assert.deepEqual(await textsOf(host), once);
    assert.deepEqual(second, first);
    const third = await install(host, installer, { written: second, unattended: true });
    const text = JSON.stringify(await textsOf(host));
    assert.equal(text.split("--dialect").length, JSON.stringify(once).split("--dialect").length);
    assert.ok(text.includes("--unattended"));
    await uninstall(host, third);
    assert.deepEqual(await textsOf(host), before);
  });
}

test("a hook of surefoot's that nobody remembers is replaced, and other hooks are left alone", async () => {
  const host = machine(mine);
  const claude = installerOf("claude");
  await install(host, claude, { hook: "/old/surefoot/dist/hook.cjs" });
  const path = "/home/me/.claude/settings.json";
  const theirs = { matcher: "Bash", hooks: [{ type: "command", command: "lint --dialect x" }] };
  const text = (await host.files.readText(path)) ?? "";
  await host.files.write(path, text.replace('"PreToolUse": [', `"PreToolUse": [${JSON.stringify(theirs)},`));
  const written = await install(host, claude);
  const now = (await host.files.readText(path)) ?? "";
  assert.deepEqual([now.includes("/old/surefoot"), now.includes("/opt/surefoot")], [false, true]);
  await uninstall(host, written);
  const left = (await host.files.readText(path)) ?? "";
  assert.deepEqual(plain(left)["hooks"], { PreToolUse: [theirs] });
});

test("what the user changed since stays, and only surefoot's part goes", async () => {
  const host = machine(mine);
  const written = await install(host, installerOf("claude"));
  const path = "/home/me/.claude/settings.json";
  const text = (await host.files.readText(path)) ?? "";
  await host.files.write(path, text.replace('"KEY": "secret"', '"KEY": "another", "MORE": "1"'));
  assert.deepEqual(await missingFiles(host.files, written), []);
  await uninstall(host, written);
  assert.equal(
    await host.files.readText(path),
    (mine[path] ?? "").replace('"KEY": "secret"', '"KEY": "another", "MORE": "1"'),
  );
});

test("it is noticed when the user or an agent took the hook out", async () => {
  const host = machine(mine);
  const written = await install(host, installerOf("claude"));
  const path = "/home/me/.claude/settings.json";
  await host.files.write(path, mine[path] ?? "");
  assert.deepEqual(await missingFiles(host.files, written), [path]);
  await host.files.remove(path);
  assert.deepEqual(await missingFiles(host.files, written), [path]);
  await uninstall(host, written);
  assert.equal(await host.files.readText(path), undefined);
});

test("an installation that was cut off before it wrote is undone without harm", async () => {
  for (const installer of installers) {
    const host = machine(mine);
    const plan = await installer.plan(await place(host, {}));
    const records = await recordsOf(host.files, await planChanges(host.files, plan.edits, []), []);
    const before = await textsOf(host);
    await uninstall(host, records);
    assert.deepEqual(await textsOf(host), before, installer.id);
  }
});

test("settings that are not understood are left alone, and the file is named", async () => {
  for (const text of ["{", "[]", '{ "hooks": [] }']) {
    const host = machine({ "/home/me/.claude/settings.json": text });
    await assert.rejects(install(host, installerOf("claude")), {
      code: "file/unreadable",
      message: "/home/me/.claude/settings.json is no JSON object that surefoot can add its hook to",
    });
    assert.equal(await host.files.readText("/home/me/.claude/settings.json"), text);
  }
});

test("each agent's own variables say where its settings lie", async () => {
  const env = {
    PATH: "/usr/bin",
    CLAUDE_CONFIG_DIR: "/c/claude",
    CODEX_HOME: "/c/codex",
    GEMINI_CLI_HOME: "/c/home",
    QWEN_HOME: "/c/qwen",
    COPILOT_HOME: "/c/copilot",
    CLINE_DIR: "/c/cline",
    XDG_CONFIG_HOME: "/c/config",
  };
  const host = memoryHost({ files: {}, env, platform: { home: "/home/me" } });
  const written = await Promise.all(installers.map((installer) => install(host, installer)));
  assert.deepEqual(
    written
      .flat()
      .map(({ path }) => path)
      .toSorted(),
    [
      "/c/claude/settings.json",
      "/c/cline/hooks/PreToolUse",
      "/c/codex/hooks.json",
      "/c/codex/rules/surefoot.rules",
      "/c/config/opencode/opencode.json",
      "/c/config/opencode/plugins/surefoot.js",
      "/c/copilot/hooks/surefoot.json",
      "/c/home/.gemini/policies/surefoot.toml",
      "/c/home/.gemini/settings.json",
      "/c/qwen/settings.json",
      "/home/me/.cursor/hooks.json",
    ],
  );
});

test("Claude Code starts the hook without a shell and blocks when it fails; over HTTP it blocks, too", async () => {
  const host = machine({});
  const claude = installerOf("claude");
  const there = await place(host, {});
  const hookIn = async (more: Partial<InstallPlace>): Promise<unknown> => {
    const { edits } = await claude.plan({ ...there, ...more });
    const [edit] = edits;
    assert.ok(edit?.kind === "settings");
    return edit.entries[0]?.value;
  };
  assert.deepEqual(await hookIn({ unattended: true }), {
    matcher: "*",
    hooks: [
      {
        type: "command",
        command: "/usr/bin/node",
        args: ["/opt/surefoot/dist/hook.cjs", "--dialect", "claude", "--unattended"],
        timeout: 15,
        onFailure: "block",
      },
    ],
  });
  assert.deepEqual(await hookIn({ http: { port: 8757, token: "t0ken" } }), {
    matcher: "*",
    hooks: [
      {
        type: "http",
        url: "http://127.0.0.1:8757/hook/claude?surefoot",
        headers: { Authorization: "Bearer t0ken" },
        timeout: 15,
        onFailure: "block",
      },
    ],
  });
});

test("an agent's own rules name only what nobody takes back", () => {
  const { prefixes, globs } = installedPolicy(["main", "develop", "release/**"]);
  assert.deepEqual(
    prefixes.map((words) => words.join(" ")),
    [
      "git push --force origin main",
      "git push -f origin main",
      "git push origin main --force",
      "rm -rf /",
      "rm -rf ~",
    ],
  );
  assert.ok(!globs.some((glob) => glob.endsWith("main*") || glob.endsWith("/*")), "no glob reaches further");
});

test("what was installed is remembered for this user alone, and nothing is left where nothing is installed", async () => {
  const host = machine(mine);
  const files = await install(host, installerOf("codex"));
  const one = {
    agent: "codex",
    scope: "user",
    project: "",
    unattended: false,
    start: { shell: "x" },
    files,
  } as const;
  await writeInstallations(host.files, "/state/installed.json", [one]);
  assert.deepEqual(await readInstallations(host.files, "/state/installed.json"), [one]);
  assert.equal((await host.files.stat("/state/installed.json"))?.mode, 0o600);
  assert.ok(!((await host.files.readText("/state/installed.json")) ?? "").includes("secret"));
  await writeInstallations(host.files, "/state/installed.json", []);
  assert.equal(await host.files.stat("/state/installed.json"), undefined);
  for (const text of [
    "",
    "{",
    "[]",
    '{"version":2,"installations":[]}',
    '{"version":1,"installations":[{}]}',
  ])
    await assert.rejects(
      readInstallations(machine({ "/x": text }).files, "/x"),
      { code: "file/unreadable" },
      text,
    );
});

test("the span in which two texts differ turns one into the other", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (head, theirs, ours, tail) => {
      const before = head + theirs + tail;
      const after = head + ours + tail;
      const span = spanOf(before, after);
      return after.slice(0, span.at) + span.theirs + after.slice(span.at + span.ours.length) === before;
    }),
  );
});

function installerOf(id: string): Installer {
  const found = installers.find((installer) => installer.id === id);
  assert.ok(found);
  return found;
}

function plain(text: string): Record<string, unknown> {
  return JSON.parse(JSON.stringify(settingsIn(text)));
}

test("that an agent goes on without a hook that hangs is said only where no timeout program ends the hook", async () => {
  const gaps = async (timeout: string | undefined): Promise<readonly string[]> => {
    const found = await Promise.all(
      installers.map(async (installer) =>
        (await gapsOf(installer, { which: async () => timeout })).some((gap) => /takes longer/.test(gap))
          ? [installer.id]
          : [],
      ),
    );
    return found.flat();
  };
  assert.deepEqual(await gaps("/usr/bin/timeout"), []);
  assert.deepEqual(await gaps(undefined), ["cline", "codex", "copilot", "gemini", "qwen"]);
});
