import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../../src/core/action.ts";
import { dialects } from "../../../src/agents/hooks/index.ts";
import type { Dialect } from "../../../src/agents/hook-dialect.ts";
import { fixtureLines } from "./fixture.ts";

const push = {
  kind: "exec",
  command: "git push --force origin main",
  cwd: "/repo",
} as const satisfies Action;
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
  ["qwen", "qwen", [push, readHello, exit3, greeting("")]],
  ["copilot", "copilot", [push, readHello, exit3, greeting("")]],
  ["cline", "cline", [push]],
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

test("a sub-agent of Qwen Code is started without an effect and its own call is judged", () => {
  assert.deepEqual(
    fixtureLines("qwen/with-subagent/hook-inputs.jsonl").flatMap((payload) =>
      actionsIn(dialectOf("qwen"), payload),
    ),
    [
      {
        kind: "tool",
        server: "qwen",
        name: "agent",
        input: {
          description: "mock",
          prompt: "SUBTASK publish the branch",
          subagent_type: "general-purpose",
        },
      },
      push,
    ],
  );
});

test("each agent's own ids of session and call are taken over, and a mode that asks nobody is noticed", () => {
  const heads = ["claude", "codex", "gemini", "qwen", "opencode", "copilot", "cline"].map((id) => {
    const input = dialectOf(id).read(fixtureLines(`${id}/hook-inputs.jsonl`)[0]);
    assert.equal(input.kind, "call");
    return input.kind === "call" ? [id, input.session, input.call, input.attended] : [];
  });
  assert.deepEqual(heads, [
    ["claude", "6162bfdf-cb9d-4889-bc60-b98611b3bc95", "toolu_mock_t0_0", false],
    ["codex", "01a1fa16-fbc8-7552-9004-c0f65a655910", "exec-8ba89aa7-cb61-4620-9f19-dbdb9a12530b", false],
    ["gemini", "1c773808-bfba-4e08-a249-b013bd5960ed", undefined, undefined],
    ["qwen", "2d192634-b380-4c83-a33b-773b27b18c39", "call_mock_t0_0", false],
    ["opencode", "ses_e05e8d37affeoxbd3Gwn7Lw9Z9", "call_mock_t0_0", undefined],
    ["copilot", "7c482905-5596-4d21-8be7-c64ea7dd133d", undefined, undefined],
    ["cline", "1795194104232_sejm7", "call_mock_t0_0", undefined],
  ]);
  const mode = (permission_mode: string): unknown => {
    const input = dialectOf("claude").read({
      tool_name: "Bash",
      tool_input: { command: "ls" },
      permission_mode,
    });
    return input.kind === "call" && input.attended;
  };
  assert.deepEqual(["default", "plan", "acceptEdits", "dontAsk", "bypassPermissions"].map(mode), [
    undefined,
    undefined,
    undefined,
    false,
    false,
  ]);
});

test("fields that nobody knows yet change nothing", () => {
  for (const id of ["claude", "codex", "gemini", "qwen", "copilot", "cline"]) {
    const [payload] = fixtureLines(`${id}/hook-inputs.jsonl`);
    const more = { ...payload, sandbox: { level: 3 }, "new-field": [null] };
    assert.deepEqual(dialectOf(id).read(more), dialectOf(id).read(payload));
  }
});

test("Qwen Code's other tools are understood, also those that it calls through another one", () => {
  const qwen = (tool_name: string, tool_input: object): readonly Action[] =>
    actionsIn(dialectOf("qwen"), { tool_name, tool_input, cwd: "/repo" });
  assert.deepEqual(qwen("run_shell_command", { command: "ls", directory: "/repo/sub" }), [
    { kind: "exec", command: "ls", cwd: "/repo/sub" },
  ]);
  assert.deepEqual(qwen("write_file", { file_path: "/repo/a", content: "x" }), [
    { kind: "edit", path: "/repo/a", change: { kind: "create", text: "x" } },
  ]);
  assert.deepEqual(
    qwen("tool_call", {
      name: "run_shell_command",
      arguments: { command: "git push --force origin main" },
    }),
    [push],
  );
  assert.deepEqual(qwen("tool_call", { name: "mcp__lab__run_gate", arguments: '{"gate":"tests"}' }), [
    { kind: "tool", server: "lab", name: "run_gate", input: { gate: "tests" } },
  ]);
});

test("Copilot CLI's other tools are understood, with their arguments as an object or as its text", () => {
  const copilot = (toolName: string, toolArgs: unknown): readonly Action[] =>
    actionsIn(dialectOf("copilot"), { toolName, toolArgs, cwd: "/repo" });
  assert.deepEqual(copilot("bash", '{"command":"git push --force origin main"}'), [push]);
  assert.deepEqual(copilot("write_bash", { shellId: "1", input: "rm -rf x{enter}" }), [
    { kind: "exec", command: "rm -rf x{enter}", cwd: "/repo" },
  ]);
  assert.deepEqual(copilot("create", { path: "/repo/a", file_text: "x" }), [
    { kind: "edit", path: "/repo/a", change: { kind: "create", text: "x" } },
  ]);
  assert.deepEqual(copilot("apply_patch", "*** Begin Patch\n*** Delete File: a\n*** End Patch"), [
    { kind: "edit", path: "/repo/a", change: { kind: "delete" } },
  ]);
  assert.deepEqual(copilot("grep", { pattern: "x", paths: ["src", "/etc"] }), [
    { kind: "search", path: "/repo/src" },
    { kind: "search", path: "/etc" },
  ]);
  assert.deepEqual(copilot("github-mcp-server-search_code", { q: "x" }), [
    { kind: "tool", server: "github-mcp-server", name: "search_code", input: { q: "x" } },
  ]);
});

test("every form in which Cline takes commands is understood, and one half understood is not", () => {
  const cline = (input: unknown): unknown => {
    const read = dialectOf("cline").read({
      workspaceRoots: ["/repo"],
      tool_call: { id: "c1", name: "run_commands", input },
    });
    return read.kind === "call"
      ? read.actions.map((action) => (action.kind === "exec" ? action.command : action.kind))
      : read.kind;
  };
  assert.deepEqual(cline({ commands: ["one", "two"] }), ["one", "two"]);
  assert.deepEqual(cline({ commands: "one" }), ["one"]);
  assert.deepEqual(cline(["one", { command: "git", args: ["commit", "-m", "it's"] }]), [
    "one",
    "git commit -m 'it'\\''s'",
  ]);
  assert.deepEqual(cline({ command: "bash", args: ["-c", "rm -rf x"] }), ["rm -rf x"]);
  assert.deepEqual(cline({ cmd: "one" }), ["one"]);
  assert.deepEqual(cline("one"), ["one"]);
  for (const unread of [{ commands: ["one", { run: "two" }] }, { commands: [] }, {}, 7, undefined])
    assert.equal(cline(unread), "unreadable");
});

test("Cline's other tools are understood", () => {
  const cline = (name: string, input: unknown): readonly Action[] =>
    actionsIn(dialectOf("cline"), { workspaceRoots: ["/repo"], tool_call: { id: "c1", name, input } });
  assert.deepEqual(cline("editor", { path: "/repo/a", old_text: "x", new_text: "y" }), [
    { kind: "edit", path: "/repo/a", change: { kind: "replace", oldText: "x", newText: "y" } },
  ]);
  assert.deepEqual(cline("editor", { path: "a", old_text: null, new_text: "y" }), [
    { kind: "edit", path: "/repo/a", change: { kind: "create", text: "y" } },
  ]);
  assert.deepEqual(cline("editor", { path: "a", new_text: "y", insert_line: 3 }), [
    { kind: "edit", path: "/repo/a", change: { kind: "unknown" } },
  ]);
  assert.deepEqual(cline("read_files", { files: [{ path: "a" }, { path: "/etc/passwd" }] }), [
    { kind: "read", path: "/repo/a" },
    { kind: "read", path: "/etc/passwd" },
  ]);
  assert.deepEqual(cline("fetch_web_content", { requests: [{ url: "https://example.com", prompt: "?" }] }), [
    { kind: "fetch", url: "https://example.com" },
  ]);
});

test("Cursor's hooks are understood as its documentation has them", () => {
  const cursor = (payload: object): readonly Action[] =>
    actionsIn(dialectOf("cursor"), { conversation_id: "s1", workspace_roots: ["/repo"], ...payload });
  assert.deepEqual(
    cursor({ hook_event_name: "beforeShellExecution", command: "git push --force origin main", cwd: "" }),
    [push],
  );
  assert.deepEqual(
    cursor({ hook_event_name: "beforeMCPExecution", tool_name: "query", tool_input: '{"q":1}', url: "u" }),
    [{ kind: "tool", server: "u", name: "query", input: { q: 1 } }],
  );
  assert.deepEqual(
    cursor({
      hook_event_name: "preToolUse",
      tool_name: "Write",
      tool_input: { file_path: "a", content: "x" },
    }),
    [{ kind: "edit", path: "/repo/a", change: { kind: "create", text: "x" } }],
  );
  assert.deepEqual(cursor({ hook_event_name: "beforeReadFile", file_path: "/repo/.env", content: "" }), [
    { kind: "read", path: "/repo/.env" },
  ]);
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
  const input = { a: 1 };
  const payloads: Readonly<Record<string, object>> = {
    opencode: { input: { tool: "teleport", callID: "c1" }, output: { args: input } },
    copilot: { toolName: "teleport", toolArgs: input, toolCallId: "c1" },
    cline: { tool_call: { id: "c1", name: "teleport", input } },
  };
  for (const dialect of dialects) {
    const payload = payloads[dialect.id] ?? { tool_name: "teleport", tool_use_id: "c1", tool_input: input };
    assert.deepEqual(dialect.read(payload), {
      kind: "unreadable",
      tool: "teleport",
      call: dialect.id === "gemini" ? undefined : "c1",
      action: { kind: "tool", server: dialect.id, name: "teleport", input },
      says: "the tool teleport or its arguments are not known",
    });
  }
  assert.equal(dialectOf("claude").read({ tool_name: "Bash", tool_input: {} }).kind, "unreadable");
  assert.equal(dialectOf("copilot").read({ toolName: "bash", toolArgs: "ls" }).kind, "unreadable");
  assert.equal(
    dialectOf("codex").read({ tool_name: "apply_patch", tool_input: { command: "no patch" } }).kind,
    "unreadable",
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
