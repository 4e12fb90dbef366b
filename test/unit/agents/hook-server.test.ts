import assert from "node:assert/strict";
import { test } from "node:test";
import { serveHooks } from "../../../src/agents/hook-server.ts";
import type { HookServer } from "../../../src/agents/hook-server.ts";
import type { Decided, Proposal } from "../../../src/core/ports.ts";
import { memoryHost } from "../../../src/host/memory-host.ts";

const allow: Decided = {
  judgement: { verdict: "allow", reasons: [], effects: [], facts: {} },
  enforced: false,
  says: "",
};
const deny: Decided = {
  judgement: { ...allow.judgement, verdict: "deny" },
  enforced: true,
  says: "not here",
};

test("a call is decided and answered; an observed refusal does not bind", async () => {
  const observed: Decided = { ...deny, enforced: false };
  for (const [decided, wanted] of [
    [allow, { verdict: "allow" }],
    [deny, { verdict: "deny", says: "not here" }],
    [observed, { verdict: "allow" }],
  ] as const) {
    const { ask, seen } = await serve(async () => decided);
    assert.deepEqual(
      await ask({ tool_name: "Bash", tool_input: { command: "ls" }, tool_use_id: "c1", cwd: "/w" }),
      wanted,
    );
    assert.deepEqual(seen, [
      { tool: "Bash", call: "c1", action: { kind: "exec", command: "ls", cwd: "/w" } },
    ]);
  }
});

test("a call with several actions is refused when one of them is", async () => {
  const { ask } = await serve(async ({ action }) =>
    action.kind === "edit" && action.path === "/w/b" ? deny : allow,
  );
  assert.deepEqual(await ask(edits("b"), "codex"), { verdict: "deny", says: "not here" });
  assert.deepEqual(await ask(edits("c"), "codex"), { verdict: "allow" });
});

test("what cannot be read is put on record and refused, whatever the decision says", async () => {
  const { ask, seen } = await serve(async () => allow);
  assert.deepEqual(await ask({ tool_name: "Teleport", tool_input: {} }), {
    verdict: "deny",
    says: "surefoot refuses what it cannot read: the tool Teleport or its arguments are not known",
  });
  assert.deepEqual(await ask("not an object"), {
    verdict: "deny",
    says: "surefoot refuses what it cannot read: the hook's input is not a JSON object",
  });
  assert.deepEqual(
    seen.map((proposal) => proposal.tool),
    ["Teleport", "(unreadable)"],
  );
});

test("a line that is no request and a dialect that nobody speaks are refused without a decision", async () => {
  const { raw, seen } = await serve(async () => allow);
  const refused = '{"verdict":"deny","says":"the hook speaks a dialect that surefoot does not know"}';
  assert.deepEqual(
    [await raw("garbage"), await raw('{"dialect":"klingon","payload":"{}"}'), seen],
    [refused, refused, []],
  );
});

test("a decision that cannot be made is a refusal for the agent and a trouble for the turn", async () => {
  const broken = new Error("the ledger is full");
  const { ask, server, troubles } = await serve(async () => {
    throw broken;
  });
  const call = { tool_name: "Bash", tool_input: { command: "ls" } };
  const refused = { verdict: "deny", says: "surefoot could not decide, so this is refused" };
  assert.deepEqual([await ask(call), await ask(call)], [refused, refused]);
  assert.deepEqual([server.trouble(), troubles()], [broken, 1]);
});

test("a plugin that tells that it is in place is believed, and nothing else makes the hook ready", async () => {
  const { ask, server } = await serve(async () => allow);
  await ask({ input: { tool: "bash", callID: "c" }, output: { args: { command: "ls" } } }, "opencode");
  assert.equal(server.ready(), false);
  assert.deepEqual(await ask({ ready: true }, "opencode"), { verdict: "allow" });
  assert.equal(server.ready(), true);
});

function edits(path: string): object {
  return {
    tool_name: "apply_patch",
    cwd: "/w",
    tool_input: { command: `*** Begin Patch\n*** Add File: a\n+1\n*** Add File: ${path}\n+1\n*** End Patch` },
  };
}

async function serve(decide: (proposal: Proposal) => Promise<Decided>): Promise<{
  readonly ask: (payload: unknown, dialect?: string) => Promise<unknown>;
  readonly raw: (line: string) => Promise<string | undefined>;
  readonly seen: readonly Proposal[];
  readonly server: HookServer;
  readonly troubles: () => number;
}> {
  const host = memoryHost();
  const seen: Proposal[] = [];
  let troubles = 0;
  const server = await serveHooks(host, {
    folder: "/sockets",
    decide: (proposal) => {
      seen.push(proposal);
      return decide(proposal);
    },
    troubled: () => {
      troubles += 1;
    },
  });
  const raw = (line: string): Promise<string | undefined> => host.request(server.path, line);
  return {
    raw,
    ask: async (payload, dialect = "claude"): Promise<unknown> =>
      JSON.parse((await raw(JSON.stringify({ dialect, payload: JSON.stringify(payload) }))) ?? "null"),
    seen,
    server,
    troubles: () => troubles,
  };
}
