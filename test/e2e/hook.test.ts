import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { build } from "esbuild";
import { tempFolder } from "../support/temp-folder.ts";

const source = join(import.meta.dirname, "../../src/hook.ts");

interface Heard {
  readonly code: number | null;
  readonly out: unknown;
  readonly err: string;
}

test("the run's answer is said in each agent's words, from the sources and as one bundled file", async (context) => {
  const folder = tempFolder(context);
  const bundle = join(folder, "hook.cjs");
  await build({
    entryPoints: [source],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: bundle,
    logLevel: "silent",
  });
  const heard: string[] = [];
  const path = await serve(context, folder, (socket, line) => {
    heard.push(line);
    socket.end('{"verdict":"deny","says":"not here"}\n');
  });
  const wanted = {
    claude: {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: "not here",
      },
    },
    gemini: { decision: "deny", reason: "not here" },
    opencode: { allow: false, reason: "not here" },
  };
  for (const [dialect, out] of Object.entries(wanted))
    assert.deepEqual(await hook(source, ["--dialect", dialect, "--socket", path], '{"a":1}'), {
      code: 0,
      out,
      err: "",
    });
  assert.deepEqual(await hook(bundle, ["--dialect", "codex", "--socket", path], '{"a":"ü\\n"}'), {
    code: 0,
    out: wanted.claude,
    err: "",
  });
  assert.deepEqual(JSON.parse(heard.at(-1) ?? ""), { dialect: "codex", payload: '{"a":"ü\\n"}' });
});

test("an allow is explicit", async (context) => {
  const path = await serve(context, tempFolder(context), (socket) => socket.end('{"verdict":"allow"}\n'));
  assert.deepEqual(await hook(source, ["--dialect", "claude", "--socket", path], "{}"), {
    code: 0,
    out: { hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "allow" } },
    err: "",
  });
});

test("a guard that is gone, silent or unreadable is a refusal by answer, by exit code and on standard error", async (context) => {
  const broken: Readonly<Record<string, (socket: Socket) => void>> = {
    closes: (socket) => socket.end(),
    garbage: (socket) => socket.end("yes\n"),
    "a wrong shape": (socket) => socket.end('{"verdict":"yes"}\n'),
    "a refusal without words": (socket) => socket.end('{"verdict":"deny"}\n'),
    "half a line": (socket) => socket.end('{"verdict":"allow"}'),
  };
  const folder = tempFolder(context);
  const cases: [string, readonly string[]][] = [
    ["nobody listens", ["--dialect", "claude", "--socket", join(folder, "nobody")]],
    ["the dialect is unknown", ["--dialect", "klingon", "--socket", join(folder, "nobody")]],
  ];
  let number = 0;
  for (const [name, answer] of Object.entries(broken)) {
    number += 1;
    cases.push([
      name,
      ["--dialect", "claude", "--socket", await serve(context, folder, answer, `s${number}`)],
    ]);
  }
  const all = await Promise.all(
    cases.map(async ([name, args]) => ({ name, ...(await hook(source, args, "{}")) })),
  );
  for (const { name, code, out, err } of all) {
    assert.equal(code, 2, name);
    assert.match(err, /^surefoot: .+\n$/, name);
    assert.match(JSON.stringify(out), /"permissionDecision":"deny"/, name);
  }
});

test("a tool call that is too large is refused unread", async (context) => {
  const path = await serve(context, tempFolder(context), (socket) => socket.end('{"verdict":"allow"}\n'));
  const { code, err } = await hook(
    source,
    ["--dialect", "claude", "--socket", path],
    "x".repeat(9 * 1024 * 1024),
  );
  assert.deepEqual([code, err], [2, "surefoot: the tool call is larger than 8388608 bytes\n"]);
});

function serve(
  context: TestContext,
  folder: string,
  answer: (socket: Socket, line: string) => void,
  name = "s",
): Promise<string> {
  const path = join(folder, name);
  const server = createServer((socket) => {
    let heard = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      heard += chunk.toString();
      if (heard.endsWith("\n")) answer(socket, heard);
    });
  });
  context.after(() => server.close());
  return new Promise((resolve) => server.listen(path, () => resolve(path)));
}

function hook(script: string, args: readonly string[], input: string): Promise<Heard> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { env: {}, stdio: "pipe" });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(input);
    child.on("close", (code) => resolve({ code, out: JSON.parse(out), err }));
  });
}
