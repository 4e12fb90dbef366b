import assert from "node:assert/strict";
import { test } from "node:test";
import type { ObservedCall } from "../../../src/core/ports.ts";
import { reconcile } from "../../../src/control/reconcile.ts";
import type { DecidedCall } from "../../../src/control/reconcile.ts";
import { fieldsOf, isFields, listOf, parseJson } from "../../../src/agents/fields.ts";
import { dialects } from "../../../src/agents/hooks/index.ts";
import { readTranscript as readClaude } from "../../../src/agents/transcripts/claude.ts";
import { readTranscript as readCodex } from "../../../src/agents/transcripts/codex.ts";
import { readTranscript as readGemini } from "../../../src/agents/transcripts/gemini.ts";
import { readParts } from "../../../src/agents/transcripts/opencode.ts";
import { fixture, fixtureLines } from "./fixture.ts";

const push = "run git push --force origin main";

const transcripts: readonly (readonly [string, () => readonly ObservedCall[], readonly string[]])[] = [
  [
    "claude",
    () => readClaude(fixture("claude/transcript.jsonl")),
    [`${push}: refused`, "read /repo/hello.txt: ran", "run exit 3: failed", "edit /repo/hello.txt: ran"],
  ],
  [
    "claude's sub-agent",
    () => readClaude(fixture("claude/with-subagent/subagent.jsonl")),
    [`${push}: refused`],
  ],
  [
    "codex",
    () => readCodex(fixture("codex/transcript.jsonl")),
    ["run cat 'hello.txt': ran", "run exit 3: failed", "edit /repo/hello.txt: ran", `${push}: refused`],
  ],
  [
    "codex with classic tools",
    () => readCodex(fixture("codex-classic-tools/transcript.jsonl")),
    ["run exit 3: failed", "run cat 'hello.txt': ran", "edit /repo/hello.txt: ran", `${push}: refused`],
  ],
  [
    "gemini",
    () => readGemini(fixture("gemini/transcript.jsonl"), "/repo"),
    [`${push}: refused`, "read /repo/hello.txt: ran", "run exit 3: ran", "edit /repo/hello.txt: ran"],
  ],
  [
    "gemini's sub-agent",
    () => readGemini(fixture("gemini/with-subagent/subagent.jsonl"), "/repo"),
    [`${push}: refused`],
  ],
  // Another plugin refused here, in words of its own, which OpenCode cannot tell from a failure.
  [
    "opencode",
    opencode,
    [`${push}: failed`, "read /repo/hello.txt: ran", "run exit 3: ran", "edit /repo/hello.txt: ran"],
  ],
];

for (const [name, read, wanted] of transcripts) {
  test(`the transcript of ${name} shows each call once, with its end`, () => {
    assert.deepEqual(
      read().map((call) => `${words(call)}: ${call.ended}`),
      wanted,
    );
  });
}

test("starting a sub-agent changes nothing by itself", () => {
  for (const calls of [
    readClaude(fixture("claude/with-subagent/transcript.jsonl")),
    readGemini(fixture("gemini/with-subagent/transcript.jsonl"), "/repo"),
  ])
    assert.deepEqual(
      calls.map((call) => call.effectful),
      [false],
    );
});

test("arguments that Claude Code itself rejects never came to a hook, so the call counts as refused", () => {
  const call = {
    type: "tool_use",
    id: "t1",
    name: "Edit",
    input: { file_path: "/repo/a", old_string: "x", new_string: "y" },
  };
  const ended = (more: object): readonly string[] => {
    const result = {
      type: "tool_result",
      tool_use_id: "t1",
      is_error: true,
      content: "<tool_use_error>not found</tool_use_error>",
    };
    const lines = [
      { type: "assistant", cwd: "/repo", message: { content: [call] } },
      { type: "user", message: { content: [result] }, ...more },
    ];
    return readClaude(lines.map((line) => JSON.stringify(line)).join("\n")).map((one) => one.ended);
  };
  assert.deepEqual(ended({}), ["refused"]);
  assert.deepEqual(ended({ permissionDecision: { decision: "accept" } }), ["failed"]);
});

test("a torn last line is left out", () => {
  const whole = fixture("claude/transcript.jsonl");
  const torn = `${whole}{"type":"assistant","message":{"content":[{"type":"tool_use","id":"x","na`;
  assert.deepEqual(readClaude(torn), readClaude(whole));
});

test("what the hooks decided covers what the transcripts show; without one decision its call is named", () => {
  for (const [id, folder, read] of [
    ["codex", "codex", () => readCodex(fixture("codex/transcript.jsonl"))],
    ["codex", "codex-classic-tools", () => readCodex(fixture("codex-classic-tools/transcript.jsonl"))],
    ["gemini", "gemini", () => readGemini(fixture("gemini/transcript.jsonl"), "/repo")],
    ["opencode", "opencode", opencode],
  ] as const) {
    const observed = read();
    const decided = decisions(id, folder);
    assert.deepEqual(reconcile(observed, decided).undecided, [], folder);
    const without = decided.filter((call) => call.action.kind !== "edit");
    assert.deepEqual(
      reconcile(observed, without).undecided.map((call) => call.says),
      ["no decision in the ledger: edit /repo/hello.txt"],
      folder,
    );
  }
});

test("a hook that watches the shell only leaves the edit undecided", () => {
  const { calls, decided, undecided } = reconcile(
    readClaude(fixture("claude/transcript.jsonl")),
    decisions("claude", "claude"),
  );
  assert.deepEqual(
    { calls, decided, undecided: undecided.map((call) => call.tool) },
    { calls: 2, decided: 1, undecided: ["Edit"] },
  );
});

function opencode(): readonly ObservedCall[] {
  const parts = listOf(fieldsOf(parseJson(fixture("opencode/transcript.json")))["part"]);
  return readParts(parts.map((part) => fieldsOf(part)["data"]).filter(isFields), "/repo");
}

/** The recorded hook inputs as the ledger would have them, the forced push refused. */
function decisions(id: string, folder: string): readonly DecidedCall[] {
  const dialect = dialects.find((one) => one.id === id);
  return fixtureLines(`${folder}/hook-inputs.jsonl`).flatMap((payload) => {
    const input = dialect?.read({ ...payload, cwd: "/repo" });
    if (input?.kind !== "call") return [];
    const { tool, call } = input;
    return input.actions.map((action) => ({
      call,
      tool,
      action,
      refused: action.kind === "exec" && action.command.includes("push"),
    }));
  });
}

function words(call: ObservedCall): string {
  const { action } = call;
  switch (action.kind) {
    case "exec":
      return `run ${action.command}`;
    case "fetch":
      return `fetch ${action.url}`;
    case "tool":
      return `use ${action.name}`;
    case "edit":
    case "read":
    case "search":
      return `${action.kind} ${action.path}`;
  }
}
