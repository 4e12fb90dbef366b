// The guard as a user installs it in each real agent, which works against a scripted model with everything approved: a
// forbidden command is refused, a harmless one runs, and both are in the ledger. Then the hook program is broken.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, suite, test } from "node:test";
import { writeHook } from "../../scripts/hook-bundle.ts";
import { fieldsOf, textOf } from "../../src/agents/fields.ts";
import { installers } from "../../src/agents/install/index.ts";
import type { Scope } from "../../src/agents/installer.ts";
import { openSqliteStore } from "../../src/host/sqlite-store.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { binFolder, whyMissing } from "./lab/install.ts";
import type { LabAgent } from "./lab/install.ts";
import { headless, openLab } from "./lab/lab.ts";
import type { Lab, ScriptTurn } from "./lab/lab.ts";

// In a spelling that no agent's own rules know: only the guard refuses it.
const forbidden = "env A=1 git push origin +main";
const harmless = "echo ran > shell.txt";

const pushing: ScriptTurn = { calls: [{ do: "shell", command: forbidden }] };
const plainest: ScriptTurn = { calls: [{ do: "shell", command: "git push --force origin main" }] };
const echoing: ScriptTurn = { calls: [{ do: "shell", command: harmless }] };
const done: ScriptTurn = { text: "Done." };

const agents: readonly LabAgent[] = ["claude", "codex", "gemini", "qwen", "opencode", "copilot", "cline"];

/** Those that hold rules of their own in a file. */
const ruled: ReadonlySet<LabAgent> = new Set(["claude", "codex", "gemini", "qwen", "opencode"]);

/** What the hook program may become, and what agents take for leave all the same. */
const breakages: Readonly<
  Record<string, { readonly program: string; readonly passedBy: readonly LabAgent[] }>
> = {
  crashes: { program: "process.kill(process.pid, 'SIGKILL');", passedBy: [] },
  hangs: { program: "for (;;) {}", passedBy: [] },
  "prints rubbish": { program: "console.log('this is no JSON');", passedBy: ["claude"] },
};

const bundled = writeHook(tempFolder({ after }));

suite("the installed guard", { concurrency: 2 }, () => {
  for (const agent of agents) {
    test(
      `${agent} is refused a forbidden command, runs a harmless one, and both are in the ledger`,
      {
        timeout: 180_000,
      },
      async (context) => {
        const missing = whyMissing(agent);
        if (missing !== undefined) return context.skip(missing);
        const lab = await openGuarded(agent, [pushing, echoing, done]);
        try {
          const before = lab.published();
          const ran = await work(lab, agent);
          assert.deepEqual(
            { pushed: lab.published() !== before, echoed: existsSync(join(lab.repository, "shell.txt")) },
            { pushed: false, echoed: true },
            ran.slice(-3000),
          );
          assert.deepEqual(decisionsOf(lab), [
            [agent, forbidden, "deny"],
            [agent, harmless, "allow"],
          ]);
          assert.match(heardBy(lab), /Refused by surefoot/, "the model reads why");

          // Agents write to their settings as well: what they wrote stays.
          await uninstall(lab);
          assert.doesNotMatch(JSON.stringify(settingsOf(lab)), /--dialect|pre_tool_use|git push/);
        } finally {
          await lab.close();
        }
      },
    );

    const installer = installers.find(({ id }) => id === agent);
    if (installer?.scopes.includes("project") === true)
      test(
        `${agent} is refused a forbidden command where the guard is installed for one project`,
        {
          timeout: 180_000,
        },
        async (context) => {
          const missing = whyMissing(agent);
          if (missing !== undefined) return context.skip(missing);
          const lab = await openGuarded(agent, [pushing, echoing, done], "project");
          try {
            const before = lab.published();
            const ran = await work(lab, agent);
            assert.deepEqual(
              { pushed: lab.published() !== before, echoed: existsSync(join(lab.repository, "shell.txt")) },
              { pushed: false, echoed: true },
              ran.slice(-3000),
            );
          } finally {
            await lab.close();
          }
        },
      );

    if (ruled.has(agent))
      test(
        `${agent} itself refuses the plainest forced push when its hook lets everything pass`,
        {
          timeout: 180_000,
        },
        async (context) => {
          const missing = whyMissing(agent);
          if (missing !== undefined) return context.skip(missing);
          const lab = await openGuarded(agent, [plainest, echoing, done]);
          try {
            const before = lab.published();
            writeFileSync(lab.program, `console.log('{"allow":true}');\n`);
            const ran = await work(lab, agent);
            assert.deepEqual(
              { pushed: lab.published() !== before, echoed: existsSync(join(lab.repository, "shell.txt")) },
              { pushed: false, echoed: true },
              ran.slice(-3000),
            );
          } finally {
            await lab.close();
          }
        },
      );

    for (const [how, { program, passedBy }] of Object.entries(breakages)) {
      const passes = passedBy.includes(agent);
      test(
        `${agent} ${passes ? "lets a call pass" : "is refused everything"} when the hook program ${how}${passes ? ", and doctor says so" : ""}`,
        {
          timeout: 180_000,
        },
        async (context) => {
          const missing = whyMissing(agent);
          if (missing !== undefined) return context.skip(missing);
          const lab = await openGuarded(agent, [pushing, done]);
          try {
            const before = lab.published();
            writeFileSync(lab.program, `${program}\n`);
            const ran = await work(lab, agent);
            assert.equal(lab.published() !== before, passes, ran.slice(-3000));
            // Cline ends its run at such a refusal; the others tell the model.
            assert.equal(answers(lab), agent === "cline" ? 1 : 2, ran.slice(-3000));
            if (agent === "cline") assert.match(ran, /"finishReason":"aborted"/);
            if (!passes && how !== "crashes") return;
            const { code, text } = await surefoot(lab, "doctor");
            assert.equal(code, 2, "a hook that does not answer is to be mended");
            assert.match(text, /broken +guard .*its hook does not work/);
            if (passes) assert.match(text, /lets a call pass when .*prints something else than its answer/);
          } finally {
            await lab.close();
          }
        },
      );
    }
  }
});

interface Guarded extends Lab {
  /** The program that the hook starts. */
  readonly program: string;
}

async function openGuarded(
  agent: LabAgent,
  turns: readonly ScriptTurn[],
  scope: Scope = "user",
): Promise<Guarded> {
  const lab = await openLab({
    agent,
    script: { turns },
    files: { "hello.txt": "hello\n" },
    ...(agent === "codex" ? { model: "gpt-6.1-sol" } : {}),
  });
  try {
    const program = join(lab.folder, "package/dist/hook.cjs");
    cpSync(dirname(await bundled), dirname(program), { recursive: true });
    const chosen = ["--agent", agent, "--scope", scope, "--hook", program];
    const { code, text } = await surefoot(lab, "guard", "install", ...chosen);
    assert.equal(code, 0, text);
    return { ...lab, program };
  } catch (error) {
    await lab.close();
    throw error;
  }
}

async function uninstall(lab: Lab): Promise<void> {
  const { code, text } = await surefoot(lab, "guard", "uninstall", "--all");
  assert.equal(code, 0, text);
}

/** Everything in the user's home but what agents and surefoot write while they work. */
function settingsOf(lab: Lab): unknown {
  const names = [
    ".claude/settings.json",
    ".codex/config.toml",
    ".codex/hooks.json",
    ".codex/rules",
    ".gemini/settings.json",
    ".gemini/policies",
    ".qwen/settings.json",
    ".config/opencode/opencode.json",
    ".config/opencode/plugins",
    ".copilot/hooks",
    ".cline/hooks",
    ".local/state/surefoot/installed.json",
  ];
  return names.map((name) => {
    const path = join(lab.home, name);
    if (!existsSync(path)) return [name];
    return /\.\w+$/.test(name) ? [name, readFileSync(path, "utf8")] : [name, ...readdirSync(path)];
  });
}

async function work(lab: Lab, agent: LabAgent): Promise<string> {
  const { args, env } = headless[agent]("Change the greeting in hello.txt and push it.");
  const { text } = await run([join(binFolder(agent), agent), ...args], lab.repository, {
    ...lab.env,
    ...env,
  });
  return text;
}

function surefoot(lab: Lab, ...args: readonly string[]): Promise<Ran> {
  const cli = join(import.meta.dirname, "../../src/cli.ts");
  return run([process.execPath, cli, ...args], lab.repository, lab.env);
}

interface Ran {
  readonly code: number | null;
  /** What it wrote to both streams. */
  readonly text: string;
}

function run(
  [program = "", ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: 120_000 });
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    child.stderr.on("data", (chunk) => (text += String(chunk)));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text }));
  });
}

/** The agent, the command and the verdict of each decision in the repository's ledger. */
function decisionsOf(lab: Lab): unknown {
  const store = openSqliteStore(join(lab.repository, ".surefoot/ledger.db"), {
    now: () => new Date(),
    mode: "read",
  });
  try {
    return store
      .sessions()
      .flatMap(({ session }) =>
        [...store.read(session)].flatMap(({ actor, event }) =>
          event.type === "action.judged" && event.action.kind === "exec"
            ? [[actor.replace("agent:", ""), event.action.command, event.judgement.verdict]]
            : [],
        ),
      );
  } finally {
    store.close();
  }
}

/** How often the model was asked for the next step. */
function answers(lab: Lab): number {
  const turns = lab.requests().map((request) => textOf(fieldsOf(request), "turn"));
  return new Set(turns.filter((turn) => /^t\d+$/.test(turn ?? ""))).size;
}

/** All that the model was sent. */
function heardBy(lab: Lab): string {
  return JSON.stringify(lab.requests());
}
