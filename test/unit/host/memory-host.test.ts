import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryHost } from "../../../src/host/memory-host.ts";

test("the clock moves when it is told to, and deadlines follow it", () => {
  const host = memoryHost({ now: "2026-05-01T10:00:00.000Z" });
  const [soon, later] = [host.deadline(100), host.deadline(101)];
  host.advance(100);
  assert.deepEqual(
    [host.now().toISOString(), host.elapsedMs(), soon.aborted, later.aborted],
    ["2026-05-01T10:00:00.100Z", 100, true, false],
  );
});

test("random digits differ from draw to draw and repeat from host to host", () => {
  const [one, two] = draw();
  assert.deepEqual(draw(), [one, two]);
  assert.deepEqual([one?.length, two?.length, two?.startsWith(one ?? "")], [8, 80, false]);
});

test("a lock is held by one at a time", async () => {
  const host = memoryHost();
  const first = await host.lock("/run.lock");
  assert.equal(await host.lock("/run.lock"), undefined);
  await first?.release();
  assert.notEqual(await host.lock("/run.lock"), undefined);
});

test("scripted commands are answered and remembered, and take their time", async () => {
  const host = memoryHost({ exec: ({ run }) => ({ stdout: JSON.stringify(run), exit: 3, durationMs: 7 }) });
  const ran = await host.exec({ run: ["a", "b"], cwd: "/", env: {}, timeoutMs: 1, outputBytes: 100 });
  assert.deepEqual(
    [ran.stdout, ran.exit, host.elapsedMs(), host.ran.length],
    ['["a","b"]', { kind: "exited", code: 3 }, 7, 1],
  );
});

function draw(): readonly string[] {
  const host = memoryHost();
  return [host.randomHex(8), host.randomHex(80)];
}
