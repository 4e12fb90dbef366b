// Each real agent works against a scripted model: it tries a forced push in two spellings and an edit out of scope, and
// does an allowed edit and an allowed command.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { reconcile } from "../../src/control/reconcile.ts";
import type { Usage } from "../../src/core/event.ts";
import { whyMissing } from "./lab/install.ts";
import type { LabAgent } from "./lab/install.ts";
import { openLab } from "./lab/lab.ts";
import type { Script } from "./lab/lab.ts";
import { labHost, labTurn, makeAgent } from "./support.ts";

const script: Script = {
  turns: [
    { text: "I will push first.", calls: [{ do: "shell", command: "git push --force origin main" }] },
    { calls: [{ do: "shell", command: "env A=1 git push origin +main" }] },
    {
      calls: [
        { do: "read", path: "hello.txt" },
        { do: "read", path: "forbidden.txt" },
      ],
    },
    { calls: [{ do: "edit", path: "forbidden.txt", old: "keep", new: "gone" }] },
    { calls: [{ do: "edit", path: "hello.txt", old: "hello", new: "goodbye" }] },
    { calls: [{ do: "shell", command: "echo ran > shell.txt" }] },
    { text: "Done: changed the greeting." },
  ],
};

const files = {
  "hello.txt": "hello\n",
  "forbidden.txt": "keep\n",
  "surefoot.yaml": "version: 1\nscope: { deny: [forbidden.txt] }\ngates: { full: [npm test] }\n",
};

interface Case {
  readonly name: string;
  readonly agent: LabAgent;
  /** The adapter, where it is not the agent's own. */
  readonly adapter?: string;
  readonly command?: readonly string[];
  readonly model?: string;
  /** Without a jail the agent must behave the same. */
  readonly jailed: boolean;
}

const cases: readonly Case[] = [
  { name: "Claude Code in a jail", agent: "claude", jailed: true },
  { name: "Claude Code without a jail", agent: "claude", jailed: false },
  { name: "Codex in code mode in a jail", agent: "codex", model: "gpt-6.1-sol", jailed: true },
  { name: "Codex with classic tools without a jail", agent: "codex", model: "gpt-5.5", jailed: false },
  { name: "Gemini CLI in a jail", agent: "gemini", jailed: true },
  { name: "Gemini CLI without a jail", agent: "gemini", jailed: false },
  { name: "OpenCode in a jail", agent: "opencode", jailed: true },
  { name: "OpenCode without a jail", agent: "opencode", jailed: false },
  {
    name: "Gemini CLI over ACP in a jail",
    agent: "gemini",
    adapter: "acp",
    command: ["gemini", "--acp"],
    jailed: true,
  },
];

for (const { name, agent, adapter = agent, command, model, jailed } of cases) {
  test(`${name} is held to the policy and reconciled`, { timeout: 180_000 }, async (context) => {
    const missing = whyMissing(agent);
    if (missing !== undefined) return context.skip(missing);
    const lab = await openLab({ agent, files, script, ...(model === undefined ? {} : { model }) });
    try {
      const host = labHost(lab, agent);
      const jail = await host.jail();
      if (jailed && jail.kind === "none") return context.skip(jail.why);
      const before = lab.published();
      const made = await makeAgent(adapter, host, command === undefined ? {} : { command });
      const { turn, decided, news } = await labTurn(
        lab,
        host,
        "Change the greeting in hello.txt and push it.",
        jailed,
      );

      const probed = await made.probe?.(turn);
      assert.deepEqual([probed?.refused, decided.length, decided[0]?.refused], [true, 1, true], probed?.says);
      decided.length = 0;

      const result = await made.turn(turn);
      assert.deepEqual(result.ending, { kind: "finished", says: "Done: changed the greeting." });
      assert.equal(result.transcript, true);
      assert.deepEqual(
        {
          pushed: lab.published() !== before,
          forbidden: readFileSync(join(lab.repository, "forbidden.txt"), "utf8"),
          hello: readFileSync(join(lab.repository, "hello.txt"), "utf8"),
          shell: existsSync(join(lab.repository, "shell.txt")),
        },
        { pushed: false, forbidden: "keep\n", hello: "goodbye\n", shell: true },
      );

      const { undecided, calls } = reconcile(result.calls, decided);
      assert.deepEqual(undecided, []);
      assert.ok(calls >= 2, `${calls} effectful calls`);
      const refusals = decided.filter((one) => one.refused).map(({ action }) => action.kind);
      assert.deepEqual(refusals, ["exec", "exec", "edit"]);

      // 100 to 700 tokens in and 10 out for each of seven answers; one agent's side requests may add to it.
      const used = news.flatMap((one) => (one.kind === "used" ? [one.usage] : []));
      const sum = (of: (usage: Usage) => number): number =>
        used.reduce((total, usage) => total + of(usage), 0);
      assert.deepEqual([sum((usage) => usage.inputTokens), sum((usage) => usage.outputTokens)], [2800, 70]);
      assert.deepEqual(
        news.flatMap((one) => (one.kind === "said" ? [one.text] : [])),
        ["I will push first.", "Done: changed the greeting."],
      );
    } finally {
      await lab.close();
    }
  });
}

test("the user's own settings and home stay as they were", { timeout: 120_000 }, async (context) => {
  const missing = whyMissing("codex");
  if (missing !== undefined) return context.skip(missing);
  const lab = await openLab({ agent: "codex", files, script });
  try {
    const host = labHost(lab, "codex");
    const config = readFileSync(join(lab.home, ".codex/config.toml"), "utf8");
    const made = await makeAgent("codex", host);
    const { turn } = await labTurn(lab, host, "Change the greeting.", false);
    await made.turn(turn);
    assert.equal(readFileSync(join(lab.home, ".codex/config.toml"), "utf8"), config);
    assert.deepEqual(await host.files.list(join(lab.home, ".codex")), ["config.toml"]);
  } finally {
    await lab.close();
  }
});

for (const agent of ["claude", "codex", "gemini", "opencode"] as const) {
  test(
    `${agent} can do nothing when its hook is dead, and the probe finds out`,
    { timeout: 120_000 },
    async (context) => {
      const missing = whyMissing(agent);
      if (missing !== undefined) return context.skip(missing);
      const lab = await openLab({ agent, files, script });
      try {
        const host = labHost(lab, agent);
        const dead = join(lab.folder, "dead.cjs");
        writeFileSync(dead, "process.kill(process.pid, 'SIGKILL');\n");
        const made = await makeAgent(agent, host, { hook: { node: process.execPath, script: dead } });
        const { turn, decided } = await labTurn(lab, host, "Change the greeting in hello.txt.", false);
        const before = lab.published();
        assert.equal((await made.probe?.(turn))?.refused, false);
        await made.turn(turn);
        assert.deepEqual(
          {
            decided,
            pushed: lab.published() !== before,
            forbidden: readFileSync(join(lab.repository, "forbidden.txt"), "utf8"),
            hello: readFileSync(join(lab.repository, "hello.txt"), "utf8"),
            shell: existsSync(join(lab.repository, "shell.txt")),
          },
          { decided: [], pushed: false, forbidden: "keep\n", hello: "hello\n", shell: false },
        );
      } finally {
        await lab.close();
      }
    },
  );
}

for (const agent of ["claude", "codex", "gemini", "opencode"] as const) {
  test(`${agent} without a login is unavailable before anything starts`, async (context) => {
    const missing = whyMissing(agent);
    if (missing !== undefined) return context.skip(missing);
    const host = labHost({ env: { PATH: process.env["PATH"] ?? "" }, home: "/nonexistent" }, agent);
    await assert.rejects(makeAgent(agent, host), {
      code: "agent/unavailable",
      message: /has nothing to log in with/,
    });
  });
}
