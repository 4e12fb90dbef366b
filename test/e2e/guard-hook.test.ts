// The hook of an agent that surefoot did not start: it decides by itself and writes its own ledger.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import { build } from "esbuild";
import { writeHook } from "../../scripts/hook-bundle.ts";
import { dialects } from "../../src/agents/hooks/index.ts";
import type { Entry } from "../../src/core/event.ts";
import { foldSession } from "../../src/core/session.ts";
import { openSqliteStore } from "../../src/host/sqlite-store.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Surefoot } from "../support/surefoot.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { tempRepo } from "../support/temp-repo.ts";
import type { TempRepo } from "../support/temp-repo.ts";

const source = join(import.meta.dirname, "../../src/hook.ts");
/** As it is shipped; it has no command line beside it. */
const bundle = join(tempFolder({ after }), "hook.cjs");
before(async () => void (await writeHook(dirname(bundle))));

interface Heard {
  readonly code: number | null;
  readonly out: unknown;
  readonly err: string;
}

interface Lab {
  readonly repo: TempRepo;
  readonly surefoot: Surefoot;
  /** Hands a payload to the hook as an agent does. */
  hook(payload: unknown, args?: readonly string[]): Promise<Heard>;
  /** The same from the sources, where the command line compiles policies. */
  compiling(payload: unknown, args?: readonly string[]): Promise<Heard>;
  bash(command: string, more?: object): object;
  entries(): readonly Entry[];
}

function lab(context: TestContext): Lab {
  const repo = tempRepo(context, { files: { "a.ts": "a\n", ".gitignore": ".surefoot\n" } });
  const surefoot = surefootFor(context);
  const start =
    (program: string) =>
    (payload: unknown, args: readonly string[] = ["--dialect", "claude"]): Promise<Heard> =>
      run([program, ...args], typeof payload === "string" ? payload : JSON.stringify(payload), surefoot.env);
  return {
    repo,
    surefoot,
    hook: start(bundle),
    compiling: start(source),
    bash: (command, more = {}) => ({
      session_id: "s1",
      hook_event_name: "PreToolUse",
      cwd: repo.root,
      tool_name: "Bash",
      tool_use_id: "t1",
      tool_input: { command },
      ...more,
    }),
    entries: () => entriesIn(repo.root),
  };
}

function entriesIn(root: string): readonly Entry[] {
  const path = join(root, ".surefoot/ledger.db");
  if (!existsSync(path)) return [];
  const store = openSqliteStore(path, { now: () => new Date(), mode: "read" });
  const found = store.sessions().flatMap(({ session }) => [...store.read(session)]);
  store.close();
  return found;
}

function run(
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string>>,
  cwd = "/",
): Promise<Heard> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env, cwd, stdio: "pipe" });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(input);
    child.on("close", (code) => resolve({ code, out: JSON.parse(out), err }));
  });
}

const silence: Heard = { code: 0, out: {}, err: "" };
const decision = (heard: Heard): unknown =>
  JSON.stringify(heard.out).match(/"permissionDecision":"(\w+)"/)?.[1];
const reason = (heard: Heard): string =>
  /"permissionDecisionReason":"(.*?)"[,}]/.exec(JSON.stringify(heard.out))?.[1] ?? "";

test("what is harmless is met with silence, what is not is refused, and both are on record and verify", async (context) => {
  const { hook, bash, entries, surefoot, repo } = lab(context);
  assert.deepEqual(await hook(bash("npm test")), silence);
  const refused = await hook(bash("git push --force origin main", { tool_use_id: "t2" }));
  assert.deepEqual([decision(refused), refused.code], ["deny", 0]);
  assert.match(
    reason(refused),
    /^Refused by surefoot \(git\/force-push\).*surefoot guard allow [0-9a-f]{8}$/,
  );
  const found = entries();
  const session = foldSession("guard_claude_s1", found);
  assert.deepEqual(
    {
      types: found.map(({ event }) => event.type),
      actors: [...new Set(found.map(({ actor }) => actor))],
      kind: session.kind,
      commit: session.environment?.commit,
      branch: session.environment?.branch,
      judged: session.judged,
    },
    {
      types: ["session.opened", "action.judged", "action.judged"],
      actors: ["agent:claude"],
      kind: "guard",
      commit: repo.commit,
      branch: "main",
      judged: { allow: 1, ask: 0, deny: 1 },
    },
  );
  assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
});

test("an allow is said where that is wished, and what needs git is found out", async (context) => {
  const { hook, bash, repo } = lab(context);
  const explicit = ["--dialect", "claude", "--explicit"];
  assert.equal(decision(await hook(bash("git status"), explicit)), "allow");
  assert.equal(decision(await hook(bash("git reset --hard"), explicit)), "allow");
  repo.write({ "a.ts": "b\n" });
  assert.equal(decision(await hook(bash("git reset --hard"), explicit)), "deny");
});

test("what a person should see is asked where one is there, and else refused and escalated", async (context) => {
  const { compiling, bash, entries, repo } = lab(context);
  repo.write({
    "surefoot.yaml":
      "guard:\n  ask:\n    - id: custom/deploy\n      says: it deploys\n      command: [make deploy]\n",
  });
  const answers = [
    await compiling(bash("make deploy")),
    await compiling(bash("make deploy", { permission_mode: "bypassPermissions" })),
    await compiling(bash("make deploy"), ["--dialect", "claude", "--unattended"]),
  ];
  assert.deepEqual(answers.map(decision), ["ask", "deny", "deny"]);
  assert.deepEqual(
    entries()
      .map(({ event }) => event.type)
      .filter((type) => type !== "session.opened"),
    ["action.judged", "action.judged", "escalated", "action.judged", "escalated"],
  );
});

test("the policy of the repository holds as it is now, and one that is not valid lets nothing through", async (context) => {
  const { compiling, bash, repo } = lab(context);
  const push = bash("git push origin HEAD:releases");
  assert.equal(decision(await compiling(push)), undefined);
  repo.write({ "surefoot.yaml": "protected_branches: [releases]\n" });
  assert.equal(decision(await compiling(push)), "deny");
  assert.ok(existsSync(join(repo.root, ".surefoot/policy.json")));
  repo.write({ "surefoot.yaml": "protected_branches: [main]\n" });
  assert.equal(decision(await compiling(push)), undefined);
  repo.write({ "surefoot.yaml": "protected_branches: 7\n" });
  const broken = await compiling(push);
  assert.deepEqual([decision(broken), broken.code], ["deny", 2]);
  assert.match(broken.err, /^surefoot: the policy cannot be used: [^\n]*surefoot\.yaml[^\n]*\n$/);
});

test("a person's permit lets one action pass once", async (context) => {
  const { hook, bash, surefoot, repo } = lab(context);
  const push = bash("git push --force origin main");
  const code = /guard allow ([0-9a-f]{8})/.exec(reason(await hook(push)))?.[1] ?? "";
  const allowed = await surefoot(repo.root, ["guard", "allow", code, "--yes"]);
  assert.equal(allowed.code, 0, allowed.err);
  assert.deepEqual(
    [
      decision(await hook(bash("git push --force origin other"))),
      decision(await hook(push)),
      decision(await hook(push)),
    ],
    ["deny", undefined, "deny"],
  );
});

test("outside a repository the user's own ledger keeps the record", async (context) => {
  const { hook, bash, surefoot } = lab(context);
  const folder = tempFolder(context);
  assert.deepEqual(await hook(bash("ls", { cwd: folder })), silence);
  assert.equal(decision(await hook(bash("rm -rf ~", { cwd: folder }))), "deny");
  assert.equal(existsSync(join(folder, ".surefoot")), false);
  assert.deepEqual(
    entriesIn(join(surefoot.state, "guard")).map(({ event }) => event.type),
    ["session.opened", "action.judged", "action.judged"],
  );
});

test("many hooks of one session at once lose no entry and open it once", async (context) => {
  const { hook, bash, entries, surefoot, repo } = lab(context);
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_, index) => hook(bash(`echo ${index}`, { tool_use_id: `t${index}` }))),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 16 }, () => silence),
  );
  const found = entries();
  assert.deepEqual(
    {
      opened: found.filter(({ event }) => event.type === "session.opened").map(({ seq }) => seq),
      calls: found.flatMap(({ event }) => (event.type === "action.judged" ? [event.call] : [])).toSorted(),
      seqs: found.map(({ seq }) => seq),
    },
    {
      opened: [1],
      calls: Array.from({ length: 16 }, (_, index) => `t${index}`).toSorted(),
      seqs: Array.from({ length: 17 }, (_, index) => index + 1),
    },
  );
  assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
});

test("a ledger that cannot be written is a refusal", async (context) => {
  const { hook, bash, repo } = lab(context);
  writeFileSync(join(repo.root, ".surefoot"), "in the way\n");
  const heard = await hook(bash("ls"));
  assert.deepEqual([decision(heard), heard.code], ["deny", 2]);
  assert.match(heard.err, /^surefoot: the ledger [^\n]+\n$/);
});

test("a ledger that stays locked is a refusal within the time that agents wait", async (context) => {
  const { hook, bash, repo } = lab(context);
  await hook(bash("ls"));
  const holder = new DatabaseSync(join(repo.root, ".surefoot/ledger.db"));
  holder.exec("BEGIN IMMEDIATE");
  const beganMs = performance.now();
  const heard = await hook(bash("ls"));
  holder.close();
  assert.deepEqual([decision(heard), heard.code, performance.now() - beganMs < 6000], ["deny", 2, true]);
  assert.match(heard.err, /^surefoot: the ledger [^\n]+ stayed locked by another process[^\n]*\n$/);
});

test("the folders of the guard itself are out of an agent's reach", async (context) => {
  const { hook, bash, surefoot } = lab(context);
  const guard = join(surefoot.state, "guard");
  const config = surefoot.env["SUREFOOT_CONFIG_HOME"] ?? "";
  for (const command of [
    `cat ${guard}/http-token`,
    `rm -rf ${guard}`,
    `nc -lU ${guard}/guard.sock`,
    `cat ${config}/*`,
  ])
    assert.notEqual(decision(await hook(bash(command))), undefined, command);
});

test("a hook that is told an unknown dialect refuses in the most common words", async (context) => {
  const { hook, bash } = lab(context);
  const heard = await hook(bash("ls"), ["--dialect", "klingon"]);
  assert.deepEqual(
    [decision(heard), heard.code, heard.err],
    ["deny", 2, "surefoot: unknown dialect klingon\n"],
  );
});

/** What no agent should ever send. */
const badInputs: Readonly<Record<string, string>> = {
  empty: "",
  "truncated JSON": '{"session_id":"s1","tool_name":"Bash","tool_input":{"command":"rm -rf /',
  "no object": "[1,2,3]",
  "a NUL byte": '{"tool_name":"Bash\0"}',
  "an unknown tool": JSON.stringify({
    session_id: "s1",
    tool_name: "Teleport",
    toolName: "Teleport",
    tool_input: { to: "/" },
    toolArgs: "{}",
    input: { tool: "teleport", sessionID: "s1" },
    output: { args: {} },
    tool_call: { id: "1", name: "teleport", input: {} },
  }),
  "10 MB": JSON.stringify({ tool_name: "Bash", tool_input: { command: `echo ${"x".repeat(10_000_000)}` } }),
};

for (const { id, render } of dialects)
  test(`${id}: input that cannot be read is refused in one line and goes on record`, async (context) => {
    const { hook, repo, surefoot } = lab(context);
    for (const [name, input] of Object.entries(badInputs)) {
      const root = tempFolder(context);
      repo.git("init", "--quiet", root);
      const heard = await run([bundle, "--dialect", id], input, surefoot.env, root);
      const says = /surefoot refuses[^"\\]+/.exec(JSON.stringify(heard.out))?.[0] ?? "";
      assert.deepEqual(
        heard.out,
        JSON.parse(render({ verdict: "deny", says }, input).stdout),
        `${id}, ${name}`,
      );
      assert.deepEqual([heard.code, heard.err], [0, ""], `${id}, ${name}`);
      const judged = entriesIn(root).flatMap(({ event }) => (event.type === "action.judged" ? [event] : []));
      assert.deepEqual(
        judged.map(({ enforced, judgement }) => [enforced, judgement.verdict, judgement.reasons[0]?.rule]),
        [[true, "deny", "hook/invalid"]],
        `${id}, ${name}`,
      );
    }
    assert.deepEqual(await hook("", ["--dialect", "nobody"]).then(({ code }) => code), 2);
  });

test("strange characters in a command are judged and kept, and an agent's new fields change nothing", async (context) => {
  const { hook, bash, entries } = lab(context);
  const strange = ["echo 'a\0b'", "echo '\ud800'", "echo ' ü 𝄞'"];
  for (const command of strange)
    await hook(bash(command, { new_field: { deep: [1] }, permission_mode: "later" }));
  const refused = await hook(bash("rm -rf /\0", { new_field: 1 }));
  assert.notEqual(decision(refused), undefined);
  assert.deepEqual(
    entries().flatMap(({ event }) =>
      event.type === "action.judged" && event.action.kind === "exec" ? [event.action.command] : [],
    ),
    [...strange, "rm -rf /\0"],
  );
});

test("an agent that leaves the pipe open is answered all the same", async (context) => {
  const { bash, surefoot } = lab(context);
  const heard = await new Promise<string>((resolve) => {
    const child = spawn(process.execPath, [bundle, "--dialect", "claude"], {
      env: surefoot.env,
      stdio: "pipe",
    });
    child.stdout.on("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.stdin.write(`${JSON.stringify(bash("ls"))}\n`);
    context.after(() => child.kill());
  });
  assert.equal(heard, "{}\n");
});

test("a key that others can read is a refusal that says so", async (context) => {
  const { hook, bash, surefoot } = lab(context);
  await hook(bash("ls"));
  chmodSync(join(surefoot.env["SUREFOOT_CONFIG_HOME"] ?? "", "ledger-key.pem"), 0o644);
  const heard = await hook(bash("ls"));
  assert.equal(heard.code, 2);
  assert.match(heard.err, /^surefoot: the key [^\n]+ can be read by others[^\n]*\n$/);
});

test("what the bundle loads only when it is needed decides as it does in the sources", async (context) => {
  const { hook, compiling, bash, repo } = lab(context);
  const edit = { file_path: join(repo.root, ".github/workflows/ci.yml"), content: "on: push\n" };
  for (const call of [
    bash("npm install lodahs"),
    bash("npm install lodash"),
    bash("", { tool_name: "Write", tool_input: edit }),
    bash("", { tool_name: "Write", tool_input: { ...edit, file_path: join(repo.root, "b.ts") } }),
  ])
    assert.deepEqual(await hook(call), await compiling(call), JSON.stringify(call));
});

test("the first call keeps the code that it compiled for the calls after it", async (context) => {
  const { hook, bash, surefoot } = lab(context);
  await hook(bash("ls"));
  const folder = join(surefoot.state, "guard/code");
  assert.equal(readdirSync(folder).length, 1);
});

test("a hook whose program is gone refuses in one line", (context) => {
  const lone = join(tempFolder(context), "hook.cjs");
  copyFileSync(bundle, lone);
  const { status, stdout, stderr } = spawnSync(process.execPath, [lone, "--dialect", "claude"], {
    input: "{}",
    encoding: "utf8",
  });
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /^surefoot: the guard's program cannot be read: [^\n]+\n$/);
});

test("the bundle holds neither YAML nor a schema library nor what starts agents", async () => {
  const { metafile } = await build({
    entryPoints: [source],
    bundle: true,
    platform: "node",
    format: "cjs",
    write: false,
    metafile: true,
    outfile: "hook.cjs",
    logLevel: "silent",
  });
  const packages = Object.keys(metafile.inputs).flatMap(
    (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
  );
  assert.deepEqual([...new Set(packages)].toSorted(), ["picomatch", "unbash"]);
});
