import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentEnding, Usage } from "../../../src/core/event.ts";
import type { StreamReader } from "../../../src/agents/stream.ts";
import { readClaude } from "../../../src/agents/streams/claude.ts";
import { readCodex } from "../../../src/agents/streams/codex.ts";
import { readGemini } from "../../../src/agents/streams/gemini.ts";
import { readOpencode } from "../../../src/agents/streams/opencode.ts";
import { fixtureLines } from "./fixture.ts";

const closing = "Changed the greeting. The push was refused and one command failed.";
// The scripted model says 100, 200, 300, 400 tokens in and 10 out for each of its four answers.
const tokens = { inputTokens: 1000, outputTokens: 40, cachedTokens: 0 };

const streams: readonly (readonly [string, () => StreamReader, number | undefined])[] = [
  ["claude", readClaude, 0.0048000000000000004],
  ["codex", readCodex, undefined],
  ["codex-classic-tools", readCodex, undefined],
  ["gemini", readGemini, undefined],
  ["opencode", readOpencode, undefined],
];

for (const [folder, reader, costUsd] of streams) {
  test(`${folder}'s output tells what was said, and every token once`, () => {
    assert.deepEqual(heard(reader(), fixtureLines(`${folder}/stream.jsonl`)), {
      said: ["I will push first.", closing],
      used: { ...tokens, costUsd },
      ending: { kind: "finished", says: closing },
    });
  });
}

test("an output that breaks off has no ending of its own", () => {
  for (const [folder, reader] of streams) {
    const lines = fixtureLines(`${folder}/stream.jsonl`).slice(0, 4);
    assert.equal(heard(reader(), lines).ending, undefined, folder);
  }
});

test("an error of the model's interface is a failure, a missing login makes the agent unavailable", () => {
  const claude = { type: "result", subtype: "success", is_error: true, result: "API Error: 529 overloaded" };
  assert.deepEqual(heard(readClaude(), [claude]).ending, {
    kind: "failed",
    says: "Claude Code: API Error: 529 overloaded; success",
  });
  const out = { ...claude, result: "Invalid API key · Please run /login" };
  assert.equal(heard(readClaude(), [out]).ending?.kind, "unavailable");
  const codex = { type: "turn.failed", error: { message: "unexpected status 401 Unauthorized" } };
  assert.deepEqual(heard(readCodex(), [codex]).ending, {
    kind: "unavailable",
    says: "Codex is not logged in: unexpected status 401 Unauthorized",
  });
  const gemini = { type: "result", status: "error", error: { message: "quota exceeded" }, stats: {} };
  assert.deepEqual(heard(readGemini(), [gemini]).ending, {
    kind: "failed",
    says: "Gemini CLI: quota exceeded",
  });
  const opencode = {
    type: "error",
    sessionID: "s",
    error: { name: "APIError", data: { message: "bad gateway" } },
  };
  assert.deepEqual(heard(readOpencode(), [opencode]).ending, {
    kind: "failed",
    says: "OpenCode: bad gateway",
  });
});

test("the totals of a model that was called on the side are counted too", () => {
  const result = {
    type: "result",
    subtype: "success",
    is_error: false,
    result: "ok",
    modelUsage: {
      small: {
        inputTokens: 5,
        outputTokens: 2,
        cacheReadInputTokens: 3,
        cacheCreationInputTokens: 1,
        costUSD: 0.5,
      },
    },
  };
  assert.deepEqual(heard(readClaude(), [result]).used, {
    inputTokens: 9,
    outputTokens: 2,
    cachedTokens: 3,
    costUsd: 0.5,
  });
});

function heard(
  reader: StreamReader,
  lines: readonly Parameters<StreamReader["read"]>[0][],
): { said: readonly string[]; used: Omit<Usage, "model">; ending: AgentEnding | undefined } {
  const news = lines.flatMap((line) => reader.read(line));
  const usages = news.flatMap((one) => (one.kind === "used" ? [one.usage] : []));
  const sum = (of: (usage: Usage) => number): number => usages.reduce((total, usage) => total + of(usage), 0);
  const costs = usages.flatMap((usage) => (usage.costUsd === undefined ? [] : [usage.costUsd]));
  return {
    said: news.flatMap((one) => (one.kind === "said" ? [one.text] : [])),
    used: {
      inputTokens: sum((usage) => usage.inputTokens),
      outputTokens: sum((usage) => usage.outputTokens),
      cachedTokens: sum((usage) => usage.cachedTokens),
      costUsd: costs.length === 0 ? undefined : costs.reduce((total, cost) => total + cost, 0),
    },
    ending: reader.ending(),
  };
}
