import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { recording, rightEdit, shop, wrongEdit } from "../support/shop.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Answer } from "../support/surefoot.ts";
import { tempRepo } from "../support/temp-repo.ts";
import type { TempRepo } from "../support/temp-repo.ts";

interface RunDocument {
  readonly verdict: string;
  readonly stop: string;
  readonly run: string;
}

/** Plays attempts in a fresh shop and gives what `run --json` printed. */
async function play(
  context: TestContext,
  attempts: readonly (readonly string[])[],
  { files = {}, args = [] }: { files?: Readonly<Record<string, string>>; args?: readonly string[] } = {},
): Promise<{ answer: Answer; document: RunDocument; repo: TempRepo }> {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording(...attempts), ...files }) });
  const answer = await surefoot(repo.root, [
    "run",
    "The tenth article must bring the discount",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
    "--json",
    ...args,
  ]);
  assert.notEqual(answer.out, "", answer.err);
  return { answer, document: JSON.parse(answer.out), repo };
}

async function ends(
  context: TestContext,
  stop: string,
  code: number,
  ...given: Parameters<typeof play> extends [TestContext, ...infer Rest] ? Rest : never
): Promise<void> {
  const { answer, document } = await play(context, ...given);
  assert.deepEqual({ stop: document.stop, code: answer.code }, { stop, code }, answer.err);
}

test("a task that needs two attempts becomes a branch with one commit and its evidence", async (context) => {
  const { answer, document, repo } = await play(context, [
    [wrongEdit],
    [rightEdit, 'apply_patch: { path: src/shipping.js, old_str: "190", new_str: "490" }'],
  ]);
  assert.equal(answer.code, 0, answer.err);
  assert.equal(document.verdict, "verified");
  const branch = `surefoot/${document.run}`;
  assert.equal(repo.git("diff", "--stat", "main", branch, "--", "src").includes("src/cart.js"), true);
  assert.equal(repo.git("rev-list", "--count", `main..${branch}`), "1");
  assert.match(repo.git("log", "-1", "--format=%B", branch), new RegExp(`Agent-Run-Id: ${document.run}`));
  const bundle = join(repo.root, ".surefoot/runs", document.run);
  for (const file of [
    "manifest.json",
    "change.patch",
    "checks.jsonl",
    "ledger.jsonl",
    "report.html",
    "report.md",
  ])
    assert.equal(existsSync(join(bundle, file)), true, file);
  assert.equal(repo.git("status", "--porcelain"), "", "the checkout is as it was");
});

test("every stop reason is reached by a run and ends with its exit code", async (context) => {
  const stray = 'run_command: { command: "node scripts/stray.cjs" }';
  const cases: readonly (readonly [
    string,
    number,
    readonly (readonly string[])[],
    { files?: Record<string, string>; args?: readonly string[] }?,
  ])[] = [
    ["passed", 0, [[rightEdit]]],
    ["iterations", 3, [[wrongEdit]], { args: ["--max-iterations", "1"] }],
    [
      "same_check_failed_twice",
      3,
      [[wrongEdit], ['apply_patch: { path: src/shipping.js, old_str: "190", new_str: "290" }']],
    ],
    ["no_change", 1, [["read_file: { path: src/cart.js }"]]],
    [
      "edit_conflict_twice",
      3,
      [
        [
          'apply_patch: { path: src/cart.js, old_str: "nowhere", new_str: "x" }',
          'apply_patch: { path: src/cart.js, old_str: "nowhere", new_str: "x" }',
        ],
      ],
    ],
    [
      "three_strikes",
      3,
      [Array.from({ length: 3 }, () => 'run_command: { command: "git push --force origin main" }')],
    ],
    ["escalated", 3, [['escalate: { reason: needs_decision, says: "Is ten meant, or eleven?" }']]],
    [
      "patch_budget",
      3,
      [[rightEdit]],
      {
        files: {
          "surefoot.yaml":
            "version: 1\nbudgets: { patch: { per_attempt: { files: 1, lines: 1 }, total: { files: 1, lines: 1 } } }\ngates: { full: [npm test] }\n",
        },
      },
    ],
    ["gate_unrunnable", 2, [[rightEdit]], { args: ["--gate", "no-such-program --test"] }],
    [
      "policy_violation",
      1,
      [[rightEdit, stray], [stray]],
      {
        files: {
          "scripts/stray.cjs": 'require("node:fs").writeFileSync("outside.txt", String(Date.now()));\n',
          // The guard would stop it before; here the check on the change has to.
          "surefoot.yaml":
            'version: 1\nguard: { rules: { "*": off } }\nscope: { allow: ["src/**"] }\ngates: { full: [npm test] }\n',
        },
      },
    ],
  ];
  for (const [stop, code, attempts, options] of cases) {
    await context.test(stop, (inner) => ends(inner, stop, code, attempts, options ?? {}));
  }
});

test("tokens, cost and time end a run in the middle of a turn", async (context) => {
  const costly = `recorded: a costly one\nattempts:\n  - says: Go.\n    steps:\n      - ${rightEdit}\n    closes: Done.\n    usage: { input: 500000, output: 10, cost_usd: 90 }\n`;
  const waits = recording(["wait: 30000"]);
  await ends(context, "tokens", 3, [], { files: { "session.yaml": costly } });
  await ends(context, "cost", 3, [], { files: { "session.yaml": costly.replace("500000", "10") } });
  await ends(context, "wall_time", 3, [], { files: { "session.yaml": waits }, args: ["--max-time", "3s"] });
});

test("a reported fault that does not show stops the run before any edit", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, {
    files: shop({
      "session.yaml": recording([rightEdit]),
      "task.md": '---\nreproduce: "true"\n---\n# Mend it\n',
    }),
  });
  const answer = await surefoot(repo.root, [
    "run",
    "task.md",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
    "--json",
  ]);
  assert.deepEqual(
    { code: answer.code, stop: JSON.parse(answer.out).stop },
    { code: 3, stop: "not_actionable" },
    answer.err,
  );
});

test("bad input gets one clear message, its exit code, and leaves nothing behind", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording([rightEdit]) }) });
  const recorded = ["--agent", "recorded", "--script", "session.yaml"];
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["run", "no-such-task.md", ...recorded], 2, /there is no file no-such-task\.md/],
    [["run", "mend it now", "--agent", "nobody"], 2, /there is no agent `nobody`/],
    [["run", "mend it now"], 2, /no agent is named/],
    [["run", "mend it now", "--agent", "recorded", "--script", "none.yaml"], 2, /none\.yaml/],
    [["run", "mend it now", ...recorded, "--bogus"], 2, /--bogus/],
    [["run", "mend it now", ...recorded, "--max-cost", "cheap"], 2, /--max-cost cheap/],
    [["run", "mend it now", ...recorded, "--base", "nowhere"], 2, /nowhere is not a commit/],
    [["run", "--resume"], 2, /no unfinished run/],
    [["run", "show", "run_nothing"], 2, /run_nothing|no ledger/],
  ];
  for (const [args, code, says] of cases) {
    const answer = await surefoot(repo.root, args);
    assert.equal(answer.code, code, `${args.join(" ")}: ${answer.err}`);
    assert.match(answer.err, says);
    assert.equal(answer.err.includes("    at "), false, `no stack for ${args.join(" ")}`);
  }
  assert.equal(repo.git("status", "--porcelain"), "");
  assert.equal(existsSync(join(surefoot.state, "workspaces")), false);
});

test("a checkout with changes is refused, and named when it is allowed", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording([rightEdit]) }) });
  repo.write({ "src/cart.js": "// mine\n" });
  const args = ["run", "mend the discount", "--agent", "recorded", "--script", "session.yaml"];
  const refused = await surefoot(repo.root, args);
  assert.equal(refused.code, 2);
  assert.match(refused.err, /would not see your changes in src\/cart\.js/);
  const allowed = await surefoot(repo.root, [...args, "--allow-dirty"]);
  assert.equal(allowed.code, 0, allowed.err);
  assert.equal(readFileSync(join(repo.root, "src/cart.js"), "utf8"), "// mine\n");
});

test("in CI the policy of the base commit holds, whatever the checkout says", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording([wrongEdit]) }) });
  repo.write({ "surefoot.yaml": "version: 1\ngates: { full: [{ run: 'true', tests: none }] }\n" });
  const args = [
    "run",
    "mend the discount",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
    "--allow-dirty",
    "--json",
  ];
  const weakened = await surefoot(repo.root, args);
  assert.equal(JSON.parse(weakened.out).stop, "passed", weakened.err);
  const judged = await surefoot(repo.root, [...args, "--max-iterations", "1"], { env: { CI: "true" } });
  assert.equal(JSON.parse(judged.out).stop, "iterations", judged.err);
});

test("a waiver lets exactly one diff pass, until it expires", async (context) => {
  const surefoot = surefootFor(context);
  const policy = (more: string): string =>
    `version: 1\nscope: { allow: ["test/**"] }\nbudgets: { iterations: 1 }\ngates: { full: [npm test] }\nguard: { rules: { "scope/*": observe } }\n${more}`;
  const files = { "session.yaml": recording([rightEdit]), "surefoot.yaml": policy("") };
  const repo = tempRepo(context, { files: shop(files) });
  const run = async (): Promise<{ stop: string; next: string; err: string }> => {
    const answer = await surefoot(repo.root, [
      "run",
      "mend the discount",
      "--agent",
      "recorded",
      "--script",
      "session.yaml",
      "--allow-dirty",
      "--json",
    ]);
    const document = JSON.parse(answer.out);
    return { stop: document.stop, next: JSON.stringify(document.next), err: answer.err };
  };
  const first = await run();
  assert.equal(first.stop, "policy_violation", first.err);
  const diff = /diff:[0-9a-f]{64}/.exec(first.next)?.[0] ?? "no diff is named";
  const waiver = (id: string, expires: string): string =>
    `waivers:\n  - { id: W1, what: change.out_of_scope, diff: "${id}", reason: "agreed with the owner", approver: ada, expires: ${expires} }\n`;
  repo.write({ "surefoot.yaml": policy(waiver(diff, "2199-01-01")) });
  assert.equal((await run()).stop, "passed");
  repo.write({ "surefoot.yaml": policy(waiver(diff, "2020-01-01")) });
  assert.equal((await run()).stop, "policy_violation");
  repo.write({ "surefoot.yaml": policy(waiver(`diff:${"1".repeat(64)}`, "2199-01-01")) });
  assert.equal((await run()).stop, "policy_violation");
});

test("a repository without commits, and no repository at all, are told apart", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: {} });
  repo.git("checkout", "--quiet", "--orphan", "empty");
  const none = await surefoot(repo.root, ["run", "do it now", "--agent", "recorded", "--script", "s.yaml"]);
  assert.deepEqual(
    { code: none.code, says: /has no commit yet/.test(none.err) },
    { code: 2, says: true },
    none.err,
  );
  const outside = await surefoot(join(repo.root, ".."), [
    "run",
    "do it now",
    "--agent",
    "recorded",
    "--script",
    "s.yaml",
  ]);
  assert.deepEqual(
    { code: outside.code, says: /is not inside a git working tree/.test(outside.err) },
    { code: 2, says: true },
    outside.err,
  );
});

test("a policy with an unknown key is refused with file, line and field", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, {
    files: shop({ "surefoot.yaml": "version: 1\nbudgtes: {}\n", "session.yaml": recording([rightEdit]) }),
  });
  const answer = await surefoot(repo.root, [
    "run",
    "do it now",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
  ]);
  assert.equal(answer.code, 2);
  assert.match(answer.err, /surefoot\.yaml:2/);
  assert.match(answer.err, /budgtes/);
  assert.match(answer.err, /budgets/);
});

test("a ledger that cannot be written stops the run with exit 5 before the agent starts", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording([rightEdit]) }) });
  repo.write({ ".surefoot": "a file where the folder should be\n" });
  const answer = await surefoot(repo.root, [
    "run",
    "do it now",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
  ]);
  assert.equal(answer.code, 5, answer.err);
  assert.match(answer.err, /ledger/);
});

test("nothing that the agent does to git reaches the user's repository", async (context) => {
  const surefoot = surefootFor(context);
  const tries = [
    "git stash list; git stash drop",
    "git branch -f main HEAD~0",
    "git config user.name mallory",
    "git config core.hooksPath /tmp",
    "git update-ref refs/heads/main HEAD",
    "printf x > .git/hooks/pre-commit",
    "git tag -f v1",
  ];
  const all = tries.map((command) => `run_command: { command: ${JSON.stringify(command)} }`);
  const repo = tempRepo(context, {
    files: shop({
      "session.yaml": recording([...all, rightEdit]),
      "surefoot.yaml": "version: 1\npreset: observe\nbudgets: { strikes: 50 }\ngates: { full: [npm test] }\n",
    }),
  });
  repo.write({ "src/cart.js": "// stashed\n" });
  repo.git("stash", "push", "--quiet");
  repo.git("tag", "v1");
  const state = (): readonly string[] => [
    repo
      .git("for-each-ref")
      .split("\n")
      .filter((ref) => !ref.includes("refs/heads/surefoot/"))
      .join("\n"),
    repo.git("stash", "list"),
    repo.git("config", "--list", "--local"),
    repo.git("status", "--porcelain"),
    repo.git("symbolic-ref", "HEAD"),
    readFolder(join(repo.root, ".git/hooks")),
  ];
  const before = state();
  const answer = await surefoot(repo.root, [
    "run",
    "mend the discount",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
    "--json",
  ]);
  assert.equal(JSON.parse(answer.out).stop, "passed", answer.err);
  assert.deepEqual(state(), before);
});

test("a killed run is resumed from where the ledger ends, without losing or repeating work", async (context) => {
  const surefoot = surefootFor(context);
  const script = recording(
    [wrongEdit],
    ['apply_patch: { path: src/shipping.js, old_str: "190", new_str: "490" }', "wait: 20000", rightEdit],
  );
  const repo = tempRepo(context, { files: shop({ "session.yaml": script }) });
  const args = ["--agent", "recorded", "--script", "session.yaml"];
  const killed = await surefoot(repo.root, ["run", "mend the discount", ...args], {
    kill: { when: /attempt 2|^ *2 /m, signal: "SIGKILL" },
  });
  assert.equal(killed.code, "SIGKILL", killed.err);
  const listed = await surefoot(repo.root, ["run", "list"]);
  assert.match(listed.out, /unfinished/);
  const doctor = await surefoot(repo.root, ["doctor"]);
  assert.match(doctor.out, /cut off/);
  const shorter = script.replace("20000", "1");
  repo.write({ "session.yaml": shorter });
  const resumed = await surefoot(repo.root, ["run", "--resume", ...args, "--json"]);
  assert.equal(resumed.code, 0, resumed.err);
  const document = JSON.parse(resumed.out);
  assert.equal(repo.git("diff", "--numstat", "main", `surefoot/${document.run}`), "1\t1\tsrc/cart.js");
  const events = (await surefoot(repo.root, ["ledger", "show", document.run, "--jsonl"])).out;
  const patches = events.split("\n").filter((line) => /kind\W+patched/.test(line)).length;
  assert.equal(patches, 3, "each of the three edits was made once");
  assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
});

test("Ctrl-C ends with 130 and says how to go on", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, {
    files: shop({ "session.yaml": recording(["wait: 30000", rightEdit]) }),
  });
  const answer = await surefoot(
    repo.root,
    ["run", "mend the discount", "--agent", "recorded", "--script", "session.yaml"],
    { kill: { when: /attempt 1|^ *1 /m, signal: "SIGINT" } },
  );
  assert.equal(answer.code, 130, answer.err);
  assert.match(answer.out + answer.err, /--resume/);
});

test("two runs at once get two workspaces and two branches", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording([rightEdit]) }) });
  const one = (): Promise<Answer> =>
    surefoot(repo.root, [
      "run",
      "mend the discount",
      "--agent",
      "recorded",
      "--script",
      "session.yaml",
      "--json",
    ]);
  const answers = await Promise.all([one(), one()]);
  assert.deepEqual(
    answers.map((answer) => answer.code),
    [0, 0],
    answers.map((answer) => answer.err).join("\n"),
  );
  assert.equal(repo.git("branch", "--list", "surefoot/*").split("\n").length, 2);
  assert.equal((await surefoot(repo.root, ["ledger", "verify"])).code, 0);
});

test("a verified run can be accepted or discarded, an unverified one only discarded", async (context) => {
  const surefoot = surefootFor(context);
  const repo = tempRepo(context, {
    files: shop({
      "session.yaml": recording([rightEdit]),
      "idle.yaml": recording(["read_file: { path: src/cart.js }"]),
    }),
  });
  const run = async (script: string): Promise<string> =>
    JSON.parse(
      (
        await surefoot(repo.root, [
          "run",
          "mend the discount",
          "--agent",
          "recorded",
          "--script",
          script,
          "--json",
        ])
      ).out,
    ).run;
  const good = await run("session.yaml");
  const idle = await run("idle.yaml");
  assert.equal((await surefoot(repo.root, ["run", "accept", idle])).code, 2);
  assert.equal((await surefoot(repo.root, ["run", "accept", good])).code, 0);
  assert.equal((await surefoot(repo.root, ["run", "discard", idle])).code, 0);
  const again = await run("session.yaml");
  assert.equal((await surefoot(repo.root, ["run", "discard", again])).code, 0);
  assert.equal(repo.git("branch", "--list", "surefoot/*").trim(), `surefoot/${good}`);
  const listed = (await surefoot(repo.root, ["run", "list"])).out;
  assert.match(listed, /accepted/);
  assert.match(listed, /discarded/);
});

function readFolder(path: string): string {
  return existsSync(path) ? readdirSync(path).join("\n") : "none";
}
