// The guard put into the settings of all eight agents and taken out again, in a home that is made for it. No agent runs.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import { writeHook } from "../../scripts/hook-bundle.ts";
import { installers } from "../../src/agents/install/index.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Answer } from "../support/surefoot.ts";
import { tempFolder } from "../support/temp-folder.ts";

const built = tempFolder({ after });
before(async () => void (await writeHook(built)));

interface Home {
  readonly folder: string;
  /** The program that hooks start. */
  readonly program: string;
  guard(...args: readonly string[]): Promise<Answer>;
  surefoot(...args: readonly string[]): Promise<Answer>;
}

function home(context: TestContext, files: Readonly<Record<string, string>> = {}): Home {
  const folder = tempFolder(context);
  for (const [path, text] of Object.entries(files)) put(join(folder, path), text);
  const program = join(tempFolder(context), "dist/hook.cjs");
  cpSync(built, dirname(program), { recursive: true });
  const run = surefootFor(context);
  const env = { HOME: folder, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const surefoot: Home["surefoot"] = (...args) => run(folder, args, { env });
  return { folder, program, surefoot, guard: (...args) => surefoot("guard", ...args) };
}

const all = installers.flatMap(({ id }) => ["--agent", id]);

test("every agent's settings get the hook, each hook answers, and uninstalling leaves no trace", async (context) => {
  const files = {
    ".claude/settings.json": '{\n  // mine\n  "model": "opus"\n}\n',
    ".cline/hooks/PreToolUse": "#!/bin/sh\nexit 0\n",
  };
  const { folder, program, guard } = home(context, files);
  const shown = await guard("install", ...all, "--hook", program, "--dry-run");
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, /^\+ +"onFailure": "block"$/m);
  assert.doesNotMatch(shown.out, /opus/, "what is the user's is not shown");
  assert.deepEqual(below(folder), files, "nothing was written");

  const installed = await guard("install", ...all, "--hook", program);
  assert.equal(installed.code, 0, installed.err);
  assert.equal(installed.out.match(/it refused a forced push and let `git status` pass/g)?.length, 8);
  assert.notDeepEqual(below(folder), files);

  const one = await guard("uninstall", "--agent", "gemini");
  assert.equal(one.code, 0, one.err);
  assert.equal(existsSync(join(folder, ".gemini")), false);
  const rest = await guard("uninstall", "--all");
  assert.equal(rest.code, 0, rest.err);
  assert.deepEqual(below(folder), files);
  assert.deepEqual(readdirSync(folder).toSorted(), [".claude", ".cline"]);
});

test("a hook that does not work fails the installation, with the way back", async (context) => {
  const { folder, program, guard } = home(context);
  writeFileSync(program, "console.log('{}');\n");
  const answer = await guard("install", "--agent", "copilot", "--hook", program);
  assert.deepEqual(
    [answer.code, answer.err],
    [
      1,
      "Copilot CLI: the hook does not work: `git push --force origin main` was let through\n" +
        "  undo it with: surefoot guard uninstall --agent copilot\n",
    ],
  );
  assert.equal((await guard("uninstall", "--agent", "copilot")).code, 0);
  assert.deepEqual(below(folder), {});
});

test("doctor tries the hooks that are installed and says when an agent lets a call pass all the same", async (context) => {
  const { folder, program, guard, surefoot } = home(context);
  assert.equal((await guard("install", "--agent", "qwen", "--hook", program)).code, 0);
  const well = (await surefoot("doctor")).out;
  assert.match(well, /ok +guard +Qwen Code is guarded for every project of yours/);
  assert.match(well, /fails open Qwen Code lets a call pass when .*disableAllHooks/);
  writeFileSync(join(folder, ".qwen/settings.json"), "{}\n");
  assert.match(
    (await surefoot("doctor")).out,
    /broken +guard +Qwen Code: what guards it .* is no longer in /,
  );
});

test("what cannot be done is said before anything is written", async (context) => {
  const { folder, program, guard } = home(context, { ".qwen/settings.json": "{ broken" });
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [["install"], /say which agent the guard is for/],
    [["install", "--agent", "clippy"], /there is no agent clippy/],
    [["install", "--agent", "codex", "--scope", "project"], /Codex takes no hook for one project alone/],
    [["install", "--agent", "claude", "--scope", "galaxy"], /there is no scope galaxy/],
    [["install", "--agent", "gemini", "--http", "8757"], /Gemini CLI cannot ask its hook over HTTP/],
    [["install", "--agent", "qwen"], /\.qwen\/settings\.json is no JSON object/],
    [["uninstall"], /say which agent the guard is to leave/],
  ];
  for (const [args, says] of refusals) {
    const answer = await guard(...args, ...(args[0] === "install" ? ["--hook", program] : []));
    assert.equal(answer.code, 2, args.join(" "));
    assert.match(answer.err, says);
  }
  assert.deepEqual(below(folder), { ".qwen/settings.json": "{ broken" });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function below(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}
