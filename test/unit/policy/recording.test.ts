import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { memoryHost } from "../../../src/host/memory-host.ts";
import { loadRecording, parseRecording } from "../../../src/policy/recording.ts";

function wrong(text: string): unknown {
  try {
    parseRecording(text, "script.yaml");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { line, column, field } = error.where ?? {};
    return { code: error.code, says: error.message, line, column, field, hint: error.hint };
  }
  return "nothing wrong";
}

test("a recording has every kind of step", () => {
  const text = `
recorded: a title
attempts:
  - says: I look first.
    steps:
      - apply_patch: { path: src/a.js, old_str: "a", new_str: "b" }
      - list_dir:
      - patch: |
          diff --git a/x b/x
      - patch_file: fix.patch
      - escalate: { reason: needs_decision, says: "which?" }
      - wait: 20
    closes: |
      Done.
    usage: { input: 1200, output: 300, cost_usd: 0.01 }
  - usage: { input: 1, output: 2 }
`;
  assert.deepEqual(parseRecording(text, "script.yaml", new Map([["fix.patch", "diff"]])), {
    title: "a title",
    attempts: [
      {
        says: "I look first.",
        steps: [
          { kind: "call", tool: "apply_patch", args: { path: "src/a.js", old_str: "a", new_str: "b" } },
          { kind: "call", tool: "list_dir", args: {} },
          { kind: "patch", diff: "diff --git a/x b/x\n" },
          { kind: "patch", diff: "diff" },
          { kind: "escalate", reason: "needs_decision", says: "which?" },
          { kind: "wait", ms: 20 },
        ],
        closes: "Done.",
        usage: { inputTokens: 1200, outputTokens: 300, costUsd: 0.01 },
      },
      { says: "", steps: [], closes: "", usage: { inputTokens: 1, outputTokens: 2, costUsd: undefined } },
    ],
  });
});

test("what is wrong is named with line, column, field and what to do", () => {
  assert.deepEqual(wrong("recorded: t\nattempts:\n  - steps:\n      - wait: soon\n"), {
    code: "agent/script-invalid",
    says: "script.yaml:4:15: attempts[0].steps[0].wait must be milliseconds from 0 to 600000",
    line: 4,
    column: 15,
    field: "attempts[0].steps[0].wait",
    hint: "write a number, as in wait: 200",
  });
  assert.deepEqual(wrong("recorded: t\nattempts:\n  - stepz: []\n"), {
    code: "agent/script-invalid",
    says: "script.yaml:3:5: attempts[0].stepz is not a known key",
    line: 3,
    column: 5,
    field: "attempts[0].stepz",
    hint: "did you mean steps? Known here: says, steps, closes, usage",
  });
});

test("every kind of bad recording is a fault of its own file", () => {
  const texts = [
    "",
    "recorded: t",
    "recorded: t\nattempts: []",
    "recorded: [",
    "recorded: t\nattempts:\n  - steps: run npm test",
    "recorded: t\nattempts:\n  - steps: [npm test]",
    "recorded: t\nattempts:\n  - steps: [{}]",
    "recorded: t\nattempts:\n  - steps: [{ read_file: { path: a }, wait: 1 }]",
    "recorded: t\nattempts:\n  - steps: [{ patch: }]",
    "recorded: t\nattempts:\n  - steps: [{ patch_file: none.patch }]",
    "recorded: t\nattempts:\n  - steps: [{ escalate: help }]",
    "recorded: t\nattempts:\n  - usage: { input: -1, output: 0 }",
  ];
  for (const text of texts) assert.match(JSON.stringify(wrong(text)), /"agent\/script-invalid"/, text);
});

test("patch files are read from beside the recording", async () => {
  const { files } = memoryHost({
    files: {
      "/demo/script.yaml": "recorded: t\nattempts:\n  - steps: [{ patch_file: fix.patch }]\n",
      "/demo/fix.patch": "diff --git a/x b/x\r\n",
    },
  });
  assert.deepEqual((await loadRecording(files, "/demo/script.yaml")).attempts[0]?.steps, [
    { kind: "patch", diff: "diff --git a/x b/x\r\n" },
  ]);
  await assert.rejects(loadRecording(files, "/demo/none.yaml"), { code: "agent/script-invalid" });
});
