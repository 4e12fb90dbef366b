import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { realHost } from "../../src/host/real-host.ts";
import { tempFolder } from "../support/temp-folder.ts";
import type { Command, Ran } from "../../src/core/ports.ts";

const host = realHost();

type Given = Partial<Command> & Pick<Command, "run">;

function command(given: Given): Command {
  return {
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "" },
    timeoutMs: 20_000,
    outputBytes: 4096,
    ...given,
  };
}

const exec = async (given: Given): Promise<Ran> => await host.exec(command(given));
const shell = async (line: string, given: Partial<Command> = {}): Promise<Ran> =>
  await exec({ run: { shell: line }, ...given });

test("every ending of a process is told apart", async () => {
  assert.deepEqual((await shell("exit 3")).exit, { kind: "exited", code: 3 });
  assert.deepEqual((await shell("kill -9 $$")).exit, { kind: "signaled", signal: "SIGKILL" });
  assert.deepEqual((await shell("sleep 60", { timeoutMs: 50 })).exit, { kind: "timedOut", afterMs: 50 });
  assert.deepEqual((await exec({ run: ["no-such-program"] })).exit, {
    kind: "neverStarted",
    says: "no-such-program: program not found",
  });
  assert.deepEqual((await exec({ run: ["true"], cwd: "/no/such/folder" })).exit, {
    kind: "neverStarted",
    says: "the folder /no/such/folder does not exist",
  });
  assert.equal((await exec({ run: ["yes"] })).exit.kind, "overflowed");
});

test("output is kept apart and as it came, and its environment is exactly what was given", async () => {
  const ran = await exec({
    run: ["/bin/sh", "-c", "echo out; echo err >&2; /usr/bin/env"],
    env: { ONLY: "this" },
  });
  assert.equal(ran.stderr, "err\n");
  assert.match(ran.output, /out\n/);
  assert.deepEqual(
    ran.stdout.split("\n").filter((line) => line !== "" && !/^(PWD|SHLVL|_)=/.test(line)),
    ["out", "ONLY=this"],
  );
});

test("a program that does not read its input does not fail for it", async () => {
  assert.deepEqual((await exec({ run: ["true"], stdin: "x".repeat(2_000_000) })).exit, {
    kind: "exited",
    code: 0,
  });
  assert.equal((await exec({ run: ["cat"], stdin: "grüße" })).stdout, "grüße");
});

test("a timeout ends every process of the group, also those that ignore the first signal", async (context) => {
  const folder = tempFolder(context);
  const ran = await shell(
    `trap '' TERM; (trap '' TERM; sleep 4; touch ${folder}/late) & sleep 4; touch ${folder}/late`,
    {
      timeoutMs: 100,
    },
  );
  assert.equal(ran.exit.kind, "timedOut");
  await sleep(2500);
  assert.equal(existsSync(join(folder, "late")), false);
});

test("what a command leaves running in the background ends with it and does not hold it up", async (context) => {
  const folder = tempFolder(context);
  const ran = await shell(`(sleep 2; touch ${folder}/late) & echo started`);
  assert.deepEqual([ran.exit, ran.stdout], [{ kind: "exited", code: 0 }, "started\n"]);
  assert.ok(ran.durationMs < 1500, `${ran.durationMs}`);
  await sleep(2200);
  assert.equal(existsSync(join(folder, "late")), false);
});

test("an aborted command is signaled; one that was aborted before is never started", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  assert.deepEqual((await shell("sleep 60", { signal: stop.signal })).exit, {
    kind: "signaled",
    signal: "SIGTERM",
  });
  assert.equal((await shell("true", { signal: stop.signal })).exit.kind, "neverStarted");
});

test("a spawned process is talked to line by line", async () => {
  const running = host.spawn(
    command({ run: { shell: "echo ready; read x; echo got $x; echo oops >&2; printf end" } }),
  );
  running.write("ping\n");
  const lines: string[] = [];
  for await (const line of running.lines) lines.push(line);
  assert.deepEqual(
    [lines, await running.ended, running.stderr()],
    [["ready", "got ping", "end"], { kind: "exited", code: 0 }, "oops\n"],
  );
});

test("a spawned process is killed with its children, and its lines end", async (context) => {
  const folder = tempFolder(context);
  const running = host.spawn(
    command({ run: { shell: `echo on; (sleep 2; touch ${folder}/late) & sleep 60` } }),
  );
  for await (const line of running.lines) {
    assert.equal(line, "on");
    running.kill();
  }
  assert.deepEqual(await running.ended, { kind: "signaled", signal: "SIGTERM" });
  await sleep(2200);
  assert.equal(existsSync(join(folder, "late")), false);
});

test("a line without end is reported, not collected", async () => {
  const running = host.spawn(command({ run: { shell: "tr '\\0' x < /dev/zero" } }));
  const lines: string[] = [];
  for await (const line of running.lines) lines.push(line);
  assert.deepEqual([lines, (await running.ended).kind], [[], "overflowed"]);
});

test("a program that cannot be spawned has no lines and says why", async () => {
  const running = host.spawn(command({ run: ["no-such-program"] }));
  for await (const line of running.lines) assert.fail(line);
  assert.deepEqual(await running.ended, { kind: "neverStarted", says: "no-such-program: program not found" });
});

test("many clients of a socket are each answered, and only this user may open it", async (context) => {
  const path = join(tempFolder(context), "s.sock");
  const listening = await host.listen(path, async (line) => `${line}!`);
  context.after(async () => await listening.close());
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, each) => await ask(path, `q${each}\n`)),
  );
  assert.deepEqual(
    answers,
    Array.from({ length: 20 }, (_, each) => `q${each}!\n`),
  );
});

test("a client whose question cannot be answered gets no answer, and closing tells why", async (context) => {
  const path = join(tempFolder(context), "s.sock");
  const listening = await host.listen(path, async () => await Promise.reject(new Error("no disk")));
  assert.equal(await ask(path, "x\n"), "");
  await assert.rejects(listening.close(), /no disk/);
});

test("a socket left by a killed process is taken over; one that is served is not", async (context) => {
  const path = join(tempFolder(context), "s.sock");
  const script = `require("net").createServer().listen(${JSON.stringify(path)},()=>process.kill(process.pid,9))`;
  await exec({ run: [process.execPath, "-e", script] });
  assert.equal(existsSync(path), true);
  const listening = await host.listen(path, async () => "mine");
  context.after(async () => await listening.close());
  await assert.rejects(
    host.listen(path, async () => "other"),
    { code: "file/unwritable" },
  );
  assert.equal(await ask(path, "x\n"), "mine\n");
});

test("a lock ends with the process that holds it, even when that is killed", async (context) => {
  const path = join(tempFolder(context), "run.lock");
  const script = `import { realHost } from ${JSON.stringify(join(import.meta.dirname, "../../src/host/real-host.ts"))};
    const lock = await realHost().lock(${JSON.stringify(path)});
    console.log(lock === undefined ? "busy" : "held");
    setInterval(() => lock, 1000);`;
  const other = host.spawn(command({ run: [process.execPath, "--input-type=module", "-e", script] }));
  for await (const line of other.lines) {
    assert.equal(line, "held");
    assert.equal(await host.lock(path), undefined);
    other.kill();
  }
  await other.ended;
  const mine = await host.lock(path);
  assert.notEqual(mine, undefined);
  assert.equal(await host.lock(path), undefined);
  await mine?.release();
});

test("what cannot be written is a fault in clear words", async (context) => {
  assert.deepEqual(await says(host.files.write("/proc/surefoot", "x")), [
    "file/unwritable",
    "/proc/surefoot cannot be written: it does not exist",
  ]);
  if (existsSync("/dev/full"))
    assert.deepEqual(await says(host.files.append("/dev/full", "x")), [
      "file/unwritable",
      "/dev/full cannot be written: the disk is full",
    ]);
  const folder = tempFolder(context);
  await chmod(folder, 0o500);
  // Root may write anywhere.
  if (process.getuid?.() !== 0)
    assert.deepEqual(await says(host.files.write(`${folder}/x`, "x")), [
      "file/unwritable",
      `${folder}/x cannot be written: permission denied`,
    ]);
});

async function says(act: Promise<unknown>): Promise<readonly string[]> {
  return await act.then(
    () => ["went well"],
    (error: unknown) => (error instanceof Fault ? [error.code, error.message] : [String(error)]),
  );
}

function ask(path: string, question: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(path, () => socket.end(question));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(answer));
  });
}
