import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { readIntent, settleIntent, writeIntent } from "../../../src/tools/intent.ts";
import type { Intent } from "../../../src/tools/intent.ts";
import { toolBench } from "../../support/tool-bench.ts";
import type { ToolBench } from "../../support/tool-bench.ts";

const intentPath = "/work/intent.json";

/** Makes one call in a process that dies before, or after, its effect; gives what a resumed process finds. */
async function killed(
  at: "before" | "after",
  files: Readonly<Record<string, string>>,
  tool: string,
  args: unknown,
): Promise<{ bench: ToolBench; intent: Intent }> {
  const bench = toolBench({
    files,
    announced: async (announced) => {
      await writeIntent(bench.host.files, intentPath, announced);
      if (at === "before") throw new Error("killed");
    },
  });
  await bench.call(tool, args).catch((error: unknown) => assert.match(String(error), /killed/));
  const intent = await readIntent(bench.host.files, intentPath);
  return intent === undefined ? assert.fail("nothing was announced") : { bench, intent };
}

const growing = { path: "src/a.js", old_str: "x", new_str: "xx" };

test("an edit that was cut off before it happened is made again", async () => {
  const edits: readonly (readonly [string, unknown])[] = [
    ["apply_patch", growing],
    ["create_file", { path: "src/new.js", text: "" }],
    ["delete_file", { path: "src/a.js" }],
  ];
  for (const [tool, args] of edits) {
    const { bench, intent } = await killed("before", { "src/a.js": "x\n" }, tool, args);
    assert.equal(await settleIntent(bench.host.files, intent), undefined, tool);
    assert.equal(intent.call, "1.1");
  }
});

test("an edit that was cut off after it happened counts as done, with the result it would have had", async () => {
  const edits: readonly (readonly [string, unknown])[] = [
    ["apply_patch", growing],
    ["apply_patch", { path: "src/new.js", old_str: "", new_str: "x", create: true }],
    ["create_file", { path: "src/new.js", text: "" }],
    ["delete_file", { path: "src/a.js" }],
  ];
  for (const [tool, args] of edits) {
    const { bench, intent } = await killed("after", { "src/a.js": "x\n" }, tool, args);
    const event = bench.events[0];
    const ended = event?.type === "tool.finished" ? event.outcome : undefined;
    assert.equal(ended?.kind, "done", tool);
    assert.deepEqual(await settleIntent(bench.host.files, intent), ended);
  }
});

test("an edit of a file that somebody else has changed since is neither repeated nor called done", async () => {
  const { bench, intent } = await killed("after", { "src/a.js": "x\n" }, "apply_patch", growing);
  await bench.host.files.write("/work/tree/src/a.js", "mine\n");
  const outcome = await settleIntent(bench.host.files, intent);
  assert.equal(outcome?.kind === "failed" && outcome.error.code, "CUT_OFF");
});

test("a command that was cut off is not run again", async () => {
  for (const at of ["before", "after"] as const) {
    const { bench, intent } = await killed(at, {}, "run_command", { command: "npm publish" });
    const outcome = await settleIntent(bench.host.files, intent);
    assert.equal(outcome?.kind === "failed" && outcome.error.code, "CUT_OFF");
    assert.match(JSON.stringify(outcome), /npm publish/);
  }
});

test("reading, refused and failing calls announce nothing", async () => {
  const bench = toolBench({
    files: { "src/a.js": "x\n" },
    refuse: ({ tool }) => (tool === "run_command" ? "not here" : undefined),
  });
  await bench.call("read_file", { path: "src/a.js" });
  await bench.call("list_dir", {});
  await bench.call("run_command", { command: "true" });
  await bench.call("apply_patch", { path: "src/a.js", old_str: "nowhere", new_str: "y" });
  await bench.call("create_file", { path: "src/a.js", text: "y" });
  assert.deepEqual(bench.intents, []);
});

test("a link is edited where it points to, and removed itself", async () => {
  const bench = toolBench({ files: { "src/real.js": "x\n", "src/link.js": { link: "real.js" } } });
  await bench.call("apply_patch", { ...growing, path: "src/link.js" });
  await bench.call("delete_file", { path: "src/link.js" });
  assert.deepEqual(
    bench.intents.map(({ step }) => step.kind === "edit" && step.place),
    ["/work/tree/src/real.js", "/work/tree/src/link.js"],
  );
});

test("a note that is not what was written is refused, and none is none", async () => {
  const { files } = toolBench().host;
  assert.equal(await readIntent(files, intentPath), undefined);
  for (const text of ["", "{", '{"call":"1.1"}']) {
    await files.write(intentPath, text);
    await assert.rejects(
      readIntent(files, intentPath),
      (error) => error instanceof Fault && error.code === "file/unreadable",
    );
  }
});
