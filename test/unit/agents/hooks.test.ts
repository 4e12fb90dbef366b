import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Action } from "../../../src/core/action.ts";
import { dialects } from "../../../src/agents/hooks/index.ts";
import type { Dialect } from "../../../src/agents/hook-dialect.ts";
import { fixtureLines } from "./fixture.ts";

const push: Action = { kind: "exec", command: "git push --force origin main", cwd: "/repo" };
const exit3: Action = { kind: "exec", command: "exit 3", cwd: "/repo" };
const readHello: Action = { kind: "read", path: "/repo/hello.txt" };
const greeting = (end: string): Action => ({
  kind: "edit",
  path: "/repo/hello.txt",
  change: { kind: "replace", oldText: `hello${end}`, newText: `goodbye${end}` },
});

/** What each agent's hook was really given for the same four calls. */
const recorded: readonly (readonly [string, string, readonly Action[]])[] = [
  ["claude", "claude", [push, exit3]],
  ["claude", "claude/with-subagent", [push]],
  [
    "codex",
    "codex",
    [push, { kind: "exec", command: "cat 'hello.txt'", cwd: "/repo" }, exit3, greeting("\n")],
  ],
  [
    "codex",
    "codex-classic-tools",
    [push, { kind: "exec", command: "cat 'hello.txt'", cwd: "/repo" }, exit3, greeting("\n")],
  ],
  ["gemini", "gemini", [push, readHello, exit3, greeting("")]],
];

for (const [id, folder, wanted] of recorded) {
  test(`the calls in ${folder}'s recorded hook inputs are understood`, () => {
    assert.deepEqual(
      fixtureLines(`${folder}/hook-inputs.jsonl`).flatMap((payload) => actionsIn(dialectOf(id), payload)),
      wanted,
    );
  });
}

test("the calls that OpenCode's plugin was given are understood", () => {
  const payloads = fixtureLines("opencode/hook-inputs.jsonl").map((payload) => ({
    ...payload,
    cwd: "/repo",
  }));
  assert.deepEqual(
    payloads.flatMap((payload) => actionsIn(dialectOf("opencode"), payload)),
    [push, readHello, exit3, greeting("")],
  );
});

test("a sub-agent of Gemini is started without an effect and its own call is judged", () => {
  assert.deepEqual(
    fixtureLines("gemini/with-subagent/hook-inputs.jsonl").flatMap((payload) =>
      actionsIn(dialectOf("gemini"), payload),
    ),
    [
      {
        kind: "tool",
        server: "gemini",
        name: "invoke_agent",
        input: { agent_name: "generalist", prompt: "SUBTASK publish the branch" },
      },
      push,
    ],
  );
});

test("a patch over several files is one action for each", () => {
  const patch = [
    "*** Begin Patch",
    "*** Add File: new.txt",
    "+one",
    "*** Delete File: old.txt",
    "*** Update File: a.txt",
    "*** Move to: b.txt",
    "@@",
    "-x",
    "+y",
    "*** End Patch",
  ].join("\n");
  assert.deepEqual(
    actionsIn(dialectOf("codex"), { tool_name: "apply_patch", tool_input: { command: patch }, cwd: "/repo" }),
    [
      { kind: "edit", path: "/repo/new.txt", change: { kind: "create", text: "one\n" } },
      { kind: "edit", path: "/repo/old.txt", change: { kind: "delete" } },
      { kind: "edit", path: "/repo/a.txt", change: { kind: "move", to: "/repo/b.txt" } },
      { kind: "edit", path: "/repo/b.txt", change: { kind: "replace", oldText: "x\n", newText: "y\n" } },
    ],
  );
});

test("Claude Code's other tools are understood", () => {
  assert.deepEqual(claude("Write", { file_path: "a.txt", content: "x" }), [
    { kind: "edit", path: "/repo/a.txt", change: { kind: "create", text: "x" } },
  ]);
  assert.deepEqual(
    claude("MultiEdit", {
      file_path: "/repo/a",
      edits: [
        { old_string: "1", new_string: "2" },
        { old_string: "3", new_string: "4" },
      ],
    }),
    [
      { kind: "edit", path: "/repo/a", change: { kind: "replace", oldText: "1", newText: "2" } },
      { kind: "edit", path: "/repo/a", change: { kind: "replace", oldText: "3", newText: "4" } },
    ],
  );
  assert.deepEqual(claude("NotebookEdit", { notebook_path: "/repo/n.ipynb", new_source: "x" }), [
    { kind: "edit", path: "/repo/n.ipynb", change: { kind: "unknown" } },
  ]);
  assert.deepEqual(claude("Grep", { pattern: "x" }), [{ kind: "search", path: "/repo" }]);
  assert.deepEqual(claude("WebFetch", { url: "https://example.com", prompt: "?" }), [
    { kind: "fetch", url: "https://example.com" },
  ]);
  assert.deepEqual(claude("mcp__lab__run_gate", { gate: "tests" }), [
    { kind: "tool", server: "lab", name: "run_gate", input: { gate: "tests" } },
  ]);
});

test("a script of code mode is read where its calls are literal, and is opaque where they are not", () => {
  assert.deepEqual(codeMode('text(await tools.exec_command({"cmd":"git push --force origin main"}));'), [
    push,
  ]);
  const hidden = 'const run = tools["exec_" + "command"]; await run({cmd: "git push"});';
  assert.deepEqual(codeMode(hidden), [{ kind: "exec", command: hidden, cwd: "/repo" }]);
});

test("a tool that nobody knows is unreadable, and so is a known one without its arguments", () => {
  const unknown = { claude: "Teleport", codex: "teleport", gemini: "teleport", opencode: "teleport" };
  for (const dialect of dialects) {
    const tool = unknown[dialect.id as keyof typeof unknown];
    const payload =
      dialect.id === "opencode"
        ? { input: { tool, callID: "c1" }, output: { args: { a: 1 } } }
        : { tool_name: tool, tool_use_id: "c1", tool_input: { a: 1 } };
    assert.deepEqual(dialect.read(payload), {
      kind: "unreadable",
      tool,
      call: dialect.id === "gemini" ? undefined : "c1",
      action: { kind: "tool", server: dialect.id, name: tool, input: { a: 1 } },
      says: `the tool ${tool} or its arguments are not known`,
    });
  }
  assert.equal(dialectOf("claude").read({ tool_name: "Bash", tool_input: {} }).kind, "unreadable");
  assert.equal(
    dialectOf("codex").read({ tool_name: "apply_patch", tool_input: { command: "no patch" } }).kind,
    "unreadable",
  );
});

test("whatever a hook is given, every dialect answers, and never with an empty call", () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...dialects), (payload, dialect) => {
      const input = dialect.read(payload);
      return input.kind !== "call" || input.actions.length > 0;
    }),
  );
});

test("an allow and a refusal are said in each agent's words, always as one JSON object", () => {
  assert.deepEqual(
    dialects.map((dialect) => [
      dialect.id,
      JSON.parse(dialect.render({ verdict: "allow" }).stdout),
      JSON.parse(dialect.render({ verdict: "deny", says: "no" }).stdout),
    ]),
    [
      [
        "claude",
        { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "allow" } },
        {
          hookSpecificOutput: {
            hookEventName: "PreToolUse",
            permissionDecision: "deny",
            permissionDecisionReason: "no",
          },
        },
      ],
      [
        "codex",
        {},
        {
          hookSpecificOutput: {
            hookEventName: "PreToolUse",
            permissionDecision: "deny",
            permissionDecisionReason: "no",
          },
        },
      ],
      ["gemini", { decision: "allow" }, { decision: "deny", reason: "no" }],
      ["opencode", { allow: true }, { allow: false, reason: "no" }],
    ],
  );
});

function dialectOf(id: string): Dialect {
  const found = dialects.find((dialect) => dialect.id === id);
  assert.ok(found);
  return found;
}

function actionsIn(dialect: Dialect, payload: unknown): readonly Action[] {
  const input = dialect.read(payload);
  assert.equal(input.kind, "call");
  return input.kind === "call" ? input.actions : [];
}

function claude(tool: string, input: object): readonly Action[] {
  return actionsIn(dialectOf("claude"), { tool_name: tool, tool_input: input, cwd: "/repo" });
}

function codeMode(script: string): readonly Action[] {
  return actionsIn(dialectOf("codex"), { tool_name: "exec", tool_input: { input: script }, cwd: "/repo" });
}
