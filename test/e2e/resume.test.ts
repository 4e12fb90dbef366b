// A run that is killed, again and again, comes to the same end as one that is not.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sha256 } from "../../src/core/digest.ts";
import type { Outcome } from "../../src/core/outcome.ts";
import { realFiles } from "../../src/host/real-files.ts";
import { openSqliteStore } from "../../src/host/sqlite-store.ts";
import { writeIntent } from "../../src/tools/intent.ts";
import { recording, rightEdit, shop } from "../support/shop.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Answer, Surefoot } from "../support/surefoot.ts";
import { tempRepo } from "../support/temp-repo.ts";
import type { TempRepo } from "../support/temp-repo.ts";

const recorded = ["--agent", "recorded", "--script", "session.yaml"];
const edits = 12;

// The new text holds the old one, so that an edit that is made twice shows.
const growing = (attempt: string): readonly string[] =>
  Array.from({ length: edits }, (_, index) => [
    `apply_patch: { path: notes/${attempt}.txt, old_str: "line ${index}\\n", new_str: "line ${index}\\nline ${index}+\\n" }`,
    "wait: 25",
  ]).flat();

const script = recording(
  ["create_file: { path: notes/new.txt, text: made }", ...growing("first")],
  [...growing("second"), "delete_file: { path: notes/old.txt }", rightEdit],
);

function notes(): Readonly<Record<string, string>> {
  const text = Array.from({ length: edits }, (_, index) => `line ${index}\n`).join("");
  return { "notes/first.txt": text, "notes/second.txt": text, "notes/old.txt": "old\n" };
}

/** Calls of a run that have ended, and how. */
function finishedCalls(repo: TempRepo, run: string): readonly (readonly [string, string])[] {
  const path = join(repo.root, ".surefoot/ledger.db");
  const store = openSqliteStore(path, { now: () => new Date(), mode: "read" });
  try {
    return [...store.read(run)].flatMap(({ event }) =>
      event.type === "tool.finished" ? [[event.call, endOf(event.outcome)] as const] : [],
    );
  } finally {
    store.close();
  }
}

function endOf(outcome: Outcome): string {
  return outcome.kind === "failed" ? outcome.error.code : outcome.kind;
}

/**
 * Starts surefoot and kills it when `now` says so, which is asked again and again with the milliseconds since its first
 * word: a slow start is not what is killed every time. Gives the exit code where it was faster.
 */
function startAndKill(
  surefoot: Surefoot,
  cwd: string,
  args: readonly string[],
  now: (ms: number) => boolean,
): Promise<number | "killed"> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "../../src/cli.ts"), ...args], {
      cwd,
      env: surefoot.env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let timer: NodeJS.Timeout | undefined;
    child.stderr.once("data", () => {
      const first = performance.now();
      timer = setInterval(() => now(performance.now() - first) && child.kill("SIGKILL"), 3);
    });
    child.stderr.resume();
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(timer);
      resolve(code ?? "killed");
    });
  });
}

/** Text of a file of the only workspace that there is, while there is one. */
function inWorkspace(surefoot: Surefoot, path: string): { place: string; text: string } | undefined {
  const parent = join(surefoot.state, "workspaces");
  const names = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
  const tree = names(parent)
    .flatMap((repository) => names(join(parent, repository)).map((run) => join(repository, run, "tree")))
    .find((found) => existsSync(join(parent, found)));
  const place = join(parent, tree ?? "none", path);
  return existsSync(place) ? { place, text: readFileSync(place, "utf8") } : undefined;
}

/** Numbers that look random and are the same every time. */
function* numbers(seed: number): Generator<number, never> {
  for (let index = 0; ; index += 1)
    yield Number.parseInt(sha256(`${seed}.${index}`).slice(0, 8), 16) / 0xffffffff;
}

test("a run that is killed ten times ends with the branch of one that never was", async (context) => {
  const surefoot = surefootFor(context);
  const files = shop({ "session.yaml": script, ...notes() });
  const [whole, broken] = [tempRepo(context, { files }), tempRepo(context, { files })];
  const task = ["run", "mend the discount", ...recorded, "--json"];
  const unbroken: Answer = await surefoot(whole.root, task);
  assert.equal(unbroken.code, 0, unbroken.err);

  const random = numbers(3);
  let kills = 0;
  let started = false;
  let ended: number | "killed" = "killed";
  while (kills < 10 && ended === "killed") {
    const after = 20 + 900 * random.next().value;
    const args = started ? ["run", "--resume", ...recorded] : task;
    ended = await startAndKill(surefoot, broken.root, args, (ms) => ms >= after);
    kills += 1;
    started ||= (await surefoot(broken.root, ["run", "list"])).out.includes("unfinished");
  }
  assert.ok(started && kills >= 5, `killed ${kills} times before it ended with ${ended}`);
  if (ended === "killed") {
    const last = await surefoot(broken.root, ["run", "--resume", ...recorded, "--json"]);
    assert.equal(last.code, 0, last.err);
  }
  const branch = broken.git("branch", "--list", "--format=%(refname:short)", "surefoot/*");
  const run = JSON.parse(unbroken.out).run;
  assert.equal(
    broken.git("rev-parse", `${branch}^{tree}`),
    whole.git("rev-parse", `surefoot/${run}^{tree}`),
    broken.git("diff", "--stat", "main", branch),
  );
  assert.deepEqual(finishedCalls(broken, branch.replace("surefoot/", "")), finishedCalls(whole, run));
  assert.equal((await surefoot(broken.root, ["ledger", "verify"])).code, 0);
  assert.equal(broken.git("status", "--porcelain"), "");
});

test("an edit that took place before the kill, and is not on record, is not made twice", async (context) => {
  const surefoot = surefootFor(context);
  const steps = [
    'apply_patch: { path: notes/first.txt, old_str: "line 0", new_str: "line 0+" }',
    "wait: 30000",
    'apply_patch: { path: notes/first.txt, old_str: "line 1\\n", new_str: "line 1\\nand more\\n" }',
    rightEdit,
  ];
  const files = shop({ "session.yaml": recording(steps), ...notes() });
  const repo = tempRepo(context, { files });
  let seen: number | undefined;
  await startAndKill(surefoot, repo.root, ["run", "mend the discount", ...recorded], (ms) => {
    if (seen === undefined && inWorkspace(surefoot, "notes/first.txt")?.text.includes("line 0+") === true)
      seen = ms;
    // The edit is there; its record follows at once, and then the recording waits.
    return seen !== undefined && ms > seen + 1000;
  });
  const edited = inWorkspace(surefoot, "notes/first.txt");
  if (edited === undefined) return assert.fail("there is no workspace");
  const { place, text: before } = edited;
  assert.match(before, /^line 0\+\n/);
  // What the killed process would have done next, up to the moment before it is on record.
  const after = before.replace("line 1\n", "line 1\nand more\n");
  const result = {
    kind: "patched",
    path: "notes/first.txt",
    added: 1,
    removed: 0,
    diffId: "diff:0",
  } as const;
  await writeIntent(realFiles(), join(place, "../../../intent.json"), {
    call: "1.2",
    tool: "apply_patch",
    step: {
      kind: "edit",
      place,
      before: sha256(before),
      after: sha256(after),
      result: { ...result, before: "", after: "" },
    },
  });
  writeFileSync(place, after);
  repo.write({ "session.yaml": recording(steps).replace("30000", "1") });
  const resumed = await surefoot(repo.root, ["run", "--resume", ...recorded, "--json"]);
  assert.equal(resumed.code, 0, resumed.err);
  const { run } = JSON.parse(resumed.out);
  assert.equal(`${repo.git("show", `surefoot/${run}:notes/first.txt`)}\n`, after);
  assert.deepEqual(finishedCalls(repo, run), [
    ["1.1", "done"],
    ["1.2", "done"],
    ["1.3", "done"],
  ]);
});

test("a command that was cut off by a kill is on record as cut off, and is not run again", async (context) => {
  const surefoot = surefootFor(context);
  const steps = ['run_command: { command: "echo once >> notes/old.txt; sleep 20" }', rightEdit];
  const repo = tempRepo(context, { files: shop({ "session.yaml": recording(steps), ...notes() }) });
  await startAndKill(
    surefoot,
    repo.root,
    ["run", "mend the discount", ...recorded],
    () => inWorkspace(surefoot, "notes/old.txt")?.text.includes("once") === true,
  );
  const resumed = await surefoot(repo.root, ["run", "--resume", ...recorded, "--json"]);
  assert.equal(resumed.code, 0, resumed.err);
  const { run } = JSON.parse(resumed.out);
  assert.equal(repo.git("show", `surefoot/${run}:notes/old.txt`), "old\nonce");
  assert.deepEqual(finishedCalls(repo, run), [
    ["1.1", "CUT_OFF"],
    ["1.2", "done"],
  ]);
});
