import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../../src/core/action.ts";
import { actionsOfCall, updated } from "../../../src/agents/acp-calls.ts";
import type { AcpCall } from "../../../src/agents/acp-calls.ts";
import { choose, decidePermission } from "../../../src/agents/acp-client.ts";
import { fieldsOf, textOf } from "../../../src/agents/fields.ts";
import { fixtureLines } from "./fixture.ts";

const push: Action = { kind: "exec", command: "git push --force origin main", cwd: "/repo" };
const remove: Action = { kind: "exec", command: "rm -rf ../x", cwd: "/repo" };
const edit = (end: string): Action => ({
  kind: "edit",
  path: "/repo/hello.txt",
  change: { kind: "replace", oldText: `hello${end}`, newText: `goodbye${end}` },
});

/** What each agent really asked permission for, in the same session. */
const asked: readonly (readonly [string, readonly (readonly Action[])[]])[] = [
  ["claude", [[push], [edit("")], [remove]]],
  ["codex", [[remove]]],
  ["copilot", [[push]]],
  ["gemini", [[push], [edit("\n")], [remove]]],
  ["opencode", [[push]]],
  ["qwen", [[push]]],
];

for (const [agent, wanted] of asked) {
  test(`${agent}'s permission requests over ACP are understood`, () => {
    assert.deepEqual(
      requests(agent).map((call) => actionsOfCall(call, "/repo")),
      wanted,
    );
  });
}

test("a command that does not say itself is recorded and refused", async () => {
  const seen: (readonly Action[])[] = [];
  const call = updated(undefined, { toolCallId: "c1", kind: "execute" });
  const allow = await decidePermission(call, "/repo", async (_id, _tool, actions) => {
    seen.push(actions);
    return true;
  });
  assert.deepEqual(
    [allow, seen],
    [false, [[{ kind: "tool", server: "acp", name: "execute", input: undefined }]]],
  );
});

test("the option is chosen by its kind; without a fitting one the request is cancelled", () => {
  const options = [
    { optionId: "a", name: "Always", kind: "allow_always" as const },
    { optionId: "b", name: "Once", kind: "allow_once" as const },
    { optionId: "c", name: "No", kind: "reject_once" as const },
  ];
  assert.deepEqual(choose(options, true), { outcome: { outcome: "selected", optionId: "b" } });
  assert.deepEqual(choose(options, false), { outcome: { outcome: "selected", optionId: "c" } });
  assert.deepEqual(choose(options.slice(0, 1), true), { outcome: { outcome: "cancelled" } });
});

function requests(agent: string): readonly AcpCall[] {
  const calls = new Map<string, AcpCall>();
  return fixtureLines(`${agent}/acp.jsonl`).flatMap((line) => {
    const message = fieldsOf(line["message"]);
    const params = fieldsOf(message["params"]);
    const permission = message["method"] === "session/request_permission";
    const update = permission ? params["toolCall"] : params["update"];
    const id = textOf(fieldsOf(update), "toolCallId");
    if (id === undefined) return [];
    const call = updated(calls.get(id), update);
    calls.set(id, call);
    return permission ? [call] : [];
  });
}
