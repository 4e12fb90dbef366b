import assert from "node:assert/strict";
import { test } from "node:test";
import { makeRecorded } from "../../../src/agents/adapters/recorded.ts";
import { toolBench, worktree } from "../../support/tool-bench.ts";
import type { ToolBench } from "../../support/tool-bench.ts";
import type { Turn, TurnResult } from "../../../src/core/ports.ts";
import type { RecordedAttempt, RecordedStep } from "../../../src/core/recording.ts";

interface Played {
  readonly result: TurnResult;
  /** What was reported, and each call as `tool path`. */
  readonly log: readonly string[];
}

const call = (tool: string, args: unknown): RecordedStep => ({ kind: "call", tool, args });

function attempt(steps: readonly RecordedStep[]): RecordedAttempt {
  const usage = { inputTokens: 10, outputTokens: 2, costUsd: undefined };
  return { says: "Let me see.", steps, closes: "Done.", usage };
}

async function play(
  bench: ToolBench,
  attempts: readonly RecordedAttempt[],
  given: Partial<Turn> & { readonly onCall?: () => void } = {},
): Promise<Played> {
  const log: string[] = [];
  const result = await makeRecorded({ title: "test", attempts }, bench.host.files).turn({
    iteration: 1,
    prompt: "",
    workspace: worktree,
    home: "/home",
    jail: undefined,
    model: undefined,
    done: 0,
    signal: new AbortController().signal,
    decide: async () => assert.fail("the recorded agent acts through call alone"),
    call: async ({ tool, args }) => {
      log.push(`${tool} ${JSON.stringify(args)}`);
      const outcome = await bench.call(tool, args);
      given.onCall?.();
      return outcome;
    },
    report: async (news) =>
      void log.push(news.kind === "said" ? news.text : `${news.usage.inputTokens} tokens`),
    ...given,
  });
  return { result, log };
}

test("an attempt says, acts, accounts and closes, in this order", async () => {
  const bench = toolBench({ files: { "src/a.js": "x\n" } });
  assert.deepEqual(await play(bench, [attempt([call("list_dir", { path: "src" })])]), {
    result: { ending: { kind: "finished", says: "Done." }, calls: [], transcript: true },
    log: ["Let me see.", 'list_dir {"path":"src"}', "10 tokens", "Done."],
  });
});

test("the iteration chooses the attempt, and after the last nothing is done", async () => {
  const bench = toolBench();
  const attempts = [attempt([call("one", {})]), attempt([call("two", {})])];
  const second = await play(bench, attempts, { iteration: 2 });
  const third = await play(bench, attempts, { iteration: 3 });
  assert.deepEqual([second.log[1], third.log], ["two {}", []]);
  assert.deepEqual(third.result.ending, { kind: "finished", says: "the recording has no further attempt" });
});

test("a refused or failed step is followed by the next", async () => {
  const bench = toolBench({ refuse: ({ tool }) => (tool === "run_command" ? "no" : undefined) });
  const steps = [
    call("run_command", { command: "git push --force" }),
    call("read_file", { path: "none" }),
    call("create_file", { path: "src/a.js", text: "x\n" }),
  ];
  const { result } = await play(bench, [attempt(steps)]);
  assert.deepEqual([result.ending.kind, await bench.text("src/a.js")], ["finished", "x\n"]);
});

test("a resumed turn leaves out the calls that were made, hunks of a patch counted", async () => {
  const before = "a\nx\nb\nc\nd\ne\nf\ng\ny\nh\n";
  const diff = [
    "diff --git a/src/a.js b/src/a.js",
    "--- a/src/a.js",
    "+++ b/src/a.js",
    "@@ -1,3 +1,3 @@\n a\n-x\n+X\n b",
    "@@ -8,3 +8,3 @@\n g\n-y\n+Y\n h\n",
  ].join("\n");
  const steps: RecordedStep[] = [call("list_dir", {}), { kind: "patch", diff }];
  for (const done of [0, 1, 2, 3]) {
    const now = done >= 2 ? before.replace("x", "X") : before;
    const bench = toolBench({ files: { "src/a.js": done === 3 ? now.replace("y", "Y") : now } });
    const { log } = await play(bench, [attempt(steps)], { done });
    assert.deepEqual(
      [done, log.filter((line) => line.includes("{")).length, await bench.text("src/a.js")],
      [done, 3 - done, before.replace("x", "X").replace("y", "Y")],
    );
    assert.equal(log.includes("Let me see."), done === 0);
  }
});

test("an aborted turn stops between steps and says so", async () => {
  const stop = new AbortController();
  const bench = toolBench();
  const played = await play(bench, [attempt([call("one", {}), call("two", {}), call("three", {})])], {
    signal: stop.signal,
    onCall: () => stop.abort(),
  });
  assert.deepEqual([played.log, played.result.ending.kind], [["Let me see.", "one {}"], "ended"]);
});

test("a wait ends early when the turn is aborted", async () => {
  const stop = new AbortController();
  const bench = toolBench();
  const steps: RecordedStep[] = [call("one", {}), { kind: "wait", ms: 600_000 }, call("two", {})];
  const played = await play(bench, [attempt(steps)], {
    signal: stop.signal,
    onCall: () => void setTimeout(() => stop.abort(), 1),
  });
  assert.deepEqual(played.log, ["Let me see.", "one {}"]);
});

test("an escalation ends the turn with its reason", async () => {
  const steps: RecordedStep[] = [
    { kind: "escalate", reason: "needs_decision", says: "keep v1?" },
    call("one", {}),
  ];
  const { result, log } = await play(toolBench(), [attempt(steps)]);
  assert.deepEqual(
    [result.ending, log],
    [{ kind: "ended", by: "escalation", says: "needs_decision: keep v1?" }, ["Let me see."]],
  );
});
