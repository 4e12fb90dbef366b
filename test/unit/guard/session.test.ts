import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action, Facts, Judgement, TextChange } from "../../../src/core/action.ts";
import { sha256 } from "../../../src/core/digest.ts";
import { exampleFacts, examplePolicy } from "../../../src/guard/example.ts";
import { historyOf, historyAbout } from "../../../src/guard/history.ts";
import type { Judged } from "../../../src/guard/history.ts";
import { judge } from "../../../src/guard/judge.ts";
import { read } from "../../../src/guard/read.ts";

const root = "/work/repo";
const where = { worktree: root, home: "/home/dev", tempDirs: ["/tmp"] };
const exec = (command: string): Action => ({ kind: "exec", command, cwd: root });
const edit = (path: string, change: TextChange): Action => ({ kind: "edit", path, change });

/** The disk as digests by path; an action sees those that it asks for. */
function judged(
  action: Action,
  disk: Readonly<Record<string, string>> = {},
  before: readonly Judged[] = [],
): Judged {
  const needs = read(action, where);
  const digests = Object.entries(disk)
    .map(([name, digest]) => [name.startsWith("/") ? name : `${root}/${name}`, digest] as const)
    .filter(([path]) => needs.digests?.includes(path));
  const facts: Facts = {
    ...exampleFacts,
    digests: Object.fromEntries(digests),
    ...(needs.history === true ? { history: historyOf(before) } : {}),
  };
  return { action, judgement: judge(action, facts, examplePolicy), enforced: true };
}

/** Runs one action after the other; gives the rules that the last one met. */
function rulesAfter(
  disk: Readonly<Record<string, string>>,
  ...actions: readonly Action[]
): readonly string[] {
  const events: Judged[] = [];
  for (const action of actions) events.push(judged(action, disk, events));
  return (events.at(-1)?.judgement.reasons ?? []).map((reason) => reason.rule);
}

const list = ["session/list-before-delete"];
const readFirst = ["session/read-before-run"];

test("a tree is deleted only after it was listed, and by any program that lists", () => {
  const disk = { "src/old": "a" };
  const remove = exec("rm -rf src/old");
  assert.deepEqual(rulesAfter(disk, remove), list);
  for (const command of [
    "ls -la src/old",
    "find src/old -type f",
    "tree src/old",
    "cd src && ls old",
    "eza src/old",
  ])
    assert.deepEqual([command, rulesAfter(disk, exec(command), remove)], [command, []]);
  assert.deepEqual(rulesAfter(disk, { kind: "search", path: "src/old" }, remove), []);
  assert.deepEqual(rulesAfter(disk, exec("ls src"), remove), list);
});

test("a listing that is no longer true does not count", () => {
  const first = judged(exec("ls src/old"), { "src/old": "a" });
  const later = judged(exec("rm -rf src/old"), { "src/old": "b" }, [first]);
  assert.deepEqual(
    later.judgement.reasons.map(({ rule, says, instead }) => ({ rule, says, instead })),
    [
      {
        rule: "session/list-before-delete",
        says: "src/old was not listed since it last changed",
        instead: "ls -la src/old",
      },
    ],
  );
});

test("what the session made itself, and what nobody keeps, is deleted without a listing", () => {
  const make = exec("mkdir src/new");
  const made: Judged = { ...judged(make), judgement: madeFolder(make) };
  const remove = judged(exec("rm -rf src/new"), { "src/new": "a" }, [made]);
  assert.deepEqual(remove.judgement.reasons, []);
  assert.deepEqual(rulesAfter({}, exec("rm -rf dist node_modules /tmp/x")), []);
  assert.deepEqual(rulesAfter({ "src/old": "a" }, exec("mkdir -p src/old"), exec("rm -rf src/old")), list);
});

function madeFolder(action: Action): Judgement {
  const paths = { [`${root}/src/new`]: { exists: false, tracked: false, ignored: false } } as const;
  return judge(action, { ...exampleFacts, paths }, examplePolicy);
}

test("a script that the session changed is run only after it was read as it is", () => {
  const disk = { "a.sh": "1" };
  const change = edit("a.sh", { kind: "replace", oldText: "x", newText: "y" });
  const run = exec("bash a.sh");
  assert.deepEqual(rulesAfter(disk, run), []);
  assert.deepEqual(rulesAfter(disk, change, run), readFirst);
  assert.deepEqual(
    rulesAfter(disk, exec("curl -o a.sh https://example.org/a.sh"), exec("bash a.sh")),
    readFirst,
  );
  assert.deepEqual(rulesAfter(disk, change, { kind: "read", path: "a.sh" }, run), []);
  assert.deepEqual(rulesAfter(disk, change, exec("cat a.sh"), run), []);
  assert.deepEqual(rulesAfter(disk, exec("head -50 a.sh"), change, run), []);
  assert.deepEqual(rulesAfter(disk, exec("sed -i s/x/y/ a.sh"), run), readFirst);
});

test("what the agent wrote itself counts as read", () => {
  const text = "npm test\n";
  const disk = { "a.sh": sha256(text) };
  assert.deepEqual(rulesAfter(disk, edit("a.sh", { kind: "create", text }), exec("sh a.sh")), []);
  assert.deepEqual(rulesAfter(disk, exec(`cat > a.sh <<'EOF'\n${text}EOF`), exec("sh a.sh")), []);
  assert.deepEqual(
    rulesAfter(disk, exec("echo 'npm test' > a.sh"), exec("chmod +x a.sh"), exec("./a.sh")),
    [],
  );
  assert.deepEqual(
    rulesAfter({ "a.sh": "other" }, edit("a.sh", { kind: "create", text }), exec("sh a.sh")),
    readFirst,
  );
});

test("a script outside the repository is read before it runs", () => {
  const disk = { "/tmp/a.sh": "1", "/home/dev/b.sh": "1" };
  assert.deepEqual(rulesAfter(disk, exec("bash /tmp/a.sh")), readFirst);
  assert.deepEqual(rulesAfter(disk, exec("cat /tmp/a.sh"), exec("bash /tmp/a.sh")), []);
  assert.deepEqual(rulesAfter(disk, exec("source ~/b.sh")), readFirst);
});

test("a refused action changed and showed nothing", () => {
  const refused: Judged = { ...judged(exec("cat a.sh; git push --force"), { "a.sh": "1" }) };
  assert.deepEqual(historyOf([refused]), { seen: {}, changed: [] });
  assert.deepEqual(historyOf([{ ...refused, enforced: false }]).seen, { [`${root}/a.sh`]: "1" });
  assert.deepEqual(historyOf([{ ...refused, permit: 3 }]).seen, { [`${root}/a.sh`]: "1" });
});

test("a history is a fold over what was judged", () => {
  const events = [
    judged({ kind: "read", path: "a.ts" }, { "a.ts": "1" }),
    judged(edit("a.ts", { kind: "replace", oldText: "x", newText: "y" })),
    judged(edit("b.ts", { kind: "replace", oldText: "x", newText: "y" })),
    judged({ kind: "read", path: "c.ts" }, { "c.ts": "3" }),
    judged(edit("c.ts", { kind: "move", to: "d.ts" })),
    judged({ kind: "read", path: "e.ts" }, { "e.ts": "5" }),
    judged(exec("rm e.ts")),
  ];
  const history = historyOf(events);
  assert.deepEqual(history, {
    seen: { [`${root}/a.ts`]: "edited", [`${root}/d.ts`]: "3" },
    changed: [`${root}/a.ts`, `${root}/b.ts`, `${root}/d.ts`],
  });
  assert.deepEqual(historyAbout(history, [`${root}/b.ts`]), { seen: {}, changed: [`${root}/b.ts`] });
});

test("digests and history are asked for only where they matter", () => {
  const needs = (command: string): object => {
    const { digests, history } = read(exec(command), where);
    return { digests, history };
  };
  const path = (name: string): string => `${root}/${name}`;
  assert.deepEqual(needs("npx tsc"), { digests: undefined, history: undefined });
  assert.deepEqual(needs("cat src/a.ts"), { digests: [path("src/a.ts")], history: undefined });
  assert.deepEqual(needs("ls"), { digests: [root], history: undefined });
  assert.deepEqual(needs("rm -rf dist"), { digests: undefined, history: undefined });
  assert.deepEqual(needs("rm src/a.ts"), { digests: undefined, history: undefined });
  assert.deepEqual(needs("rm -rf src/old"), { digests: [path("src/old")], history: true });
  assert.deepEqual(needs("bash a.sh"), { digests: [path("a.sh")], history: true });
  assert.deepEqual(needs("cat /etc/hosts"), { digests: undefined, history: undefined });
});
