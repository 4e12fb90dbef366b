import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Action } from "../../../src/core/action.ts";
import { dialects } from "../../../src/agents/hooks/index.ts";

const push = {
  kind: "exec",
  command: "git push --force origin main",
  cwd: "/repo",
} as const satisfies Action;

/** Payloads that come close to real ones: known names with any values. */
const nearly = fc.record(
  {
    tool_name: fc.constantFrom("Bash", "Write", "apply_patch", "run_shell_command", "tool_call", "Shell"),
    toolName: fc.constantFrom("bash", "create", "grep", "apply_patch"),
    hook_event_name: fc.constantFrom("beforeShellExecution", "beforeMCPExecution", "preToolUse"),
    tool_input: fc.anything(),
    toolArgs: fc.anything(),
    tool_call: fc.record({
      name: fc.constantFrom("run_commands", "editor", "read_files", "fetch_web_content"),
      input: fc.anything(),
    }),
    input: fc.record({ tool: fc.constantFrom("bash", "edit", "patch") }),
    output: fc.record({ args: fc.anything() }),
    cwd: fc.anything(),
    workspaceRoots: fc.anything(),
    workspace_roots: fc.anything(),
  },
  { requiredKeys: [] },
);

test("whatever a hook is given, every dialect answers, and never with an empty call", () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), nearly), fc.constantFrom(...dialects), (payload, dialect) => {
      const input = dialect.read(payload);
      return input.kind !== "call" || input.actions.length > 0;
    }),
  );
});

test("whatever a hook was given, every dialect can refuse it, always as one JSON object", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.oneof(
        fc.string(),
        nearly.map((payload) => JSON.stringify(payload)),
      ),
      fc.constantFrom(...dialects),
      (says, payload, dialect) => {
        const said: unknown = JSON.parse(dialect.render({ verdict: "deny", says }, payload).stdout);
        return typeof said === "object" && said !== null && Object.keys(said).length > 0;
      },
    ),
  );
});

const preToolUse = (permissionDecision: string, more: object = {}): unknown => ({
  hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision, ...more },
});

/** Each agent's words for an allow, for silence, for a question and for a refusal. */
const words: Readonly<Record<string, readonly unknown[]>> = {
  claude: [
    preToolUse("allow"),
    {},
    preToolUse("ask", { permissionDecisionReason: "hm" }),
    preToolUse("deny", { permissionDecisionReason: "no" }),
  ],
  cline: [
    { cancel: false },
    { cancel: false },
    { cancel: true, errorMessage: "hm" },
    { cancel: true, errorMessage: "no" },
  ],
  codex: [
    {},
    {},
    preToolUse("deny", { permissionDecisionReason: "hm" }),
    preToolUse("deny", { permissionDecisionReason: "no" }),
  ],
  copilot: [
    { permissionDecision: "allow" },
    {},
    { permissionDecision: "ask", permissionDecisionReason: "hm" },
    { permissionDecision: "deny", permissionDecisionReason: "no" },
  ],
  cursor: [
    { permission: "allow" },
    { permission: "allow" },
    { permission: "deny", user_message: "hm", agent_message: "hm" },
    { permission: "deny", user_message: "no", agent_message: "no" },
  ],
  gemini: [{ decision: "allow" }, {}, { decision: "deny", reason: "hm" }, { decision: "deny", reason: "no" }],
  opencode: [
    { allow: true },
    { allow: true },
    { allow: false, reason: "hm" },
    { allow: false, reason: "no" },
  ],
  qwen: [
    preToolUse("allow"),
    {},
    preToolUse("ask", { permissionDecisionReason: "hm" }),
    preToolUse("deny", { permissionDecisionReason: "no" }),
  ],
};

test("an allow, silence, a question and a refusal are said in each agent's words", () => {
  const said = dialects.map(({ id, render }) => {
    const answers = [
      render({ verdict: "allow" }),
      render({ verdict: "pass" }),
      render({ verdict: "ask", says: "hm" }),
      render({ verdict: "deny", says: "no" }),
    ];
    assert.deepEqual(
      answers.map(({ stderr, exit }) => [stderr, exit]),
      answers.map(() => ["", 0]),
    );
    return [id, answers.map(({ stdout }): unknown => JSON.parse(stdout))];
  });
  assert.deepEqual(Object.fromEntries(said), words);
});

test("every agent's hook understands the call that it is tried with, and its refusal is told from a pass", () => {
  for (const dialect of dialects) {
    const { command } = push;
    const sample = JSON.stringify(dialect.sample(command, "/repo"));
    const read = dialect.read(JSON.parse(sample));
    assert.deepEqual(read.kind === "call" ? read.actions : read, [push], dialect.id);
    const verdicts = [
      dialect.render({ verdict: "deny", says: "no" }, sample),
      dialect.render({ verdict: "deny", says: "no" }),
      dialect.render({ verdict: "pass" }, sample),
      dialect.render({ verdict: "allow" }, sample),
    ];
    assert.deepEqual(
      [...verdicts.map(({ stdout }): unknown => JSON.parse(stdout)), undefined, null, "deny", []].map(
        dialect.refuses,
      ),
      [true, true, false, false, false, false, false, false],
      dialect.id,
    );
  }
});

test("Cline hears a refusal as an input that fails, and only where a tool takes any input as the end of the run", () => {
  const says = 'surefoot: it\'s "refused" by $HOME `x` %s \\n';
  const cline = dialects.find(({ id }) => id === "cline");
  const refused = (name: string): unknown =>
    JSON.parse(
      cline?.render({ verdict: "deny", says }, JSON.stringify({ tool_call: { name, input: {} } })).stdout ??
        "",
    );
  assert.deepEqual(refused("run_commands"), {
    cancel: false,
    overrideInput: {
      commands: ["printf '%s\\n' 'surefoot: it'\\''s \"refused\" by $HOME `x` %s \\n' >&2; exit 1"],
    },
    context: says,
  });
  assert.deepEqual(refused("editor"), { cancel: false, overrideInput: { refused: says }, context: says });
  assert.deepEqual(refused("lab__run_gate"), { cancel: true, errorMessage: says });
});
