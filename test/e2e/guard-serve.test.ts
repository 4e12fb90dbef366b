// One process that answers the hooks of all of a user's agents: over its socket, by the small client, and over HTTP.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import { writeHook } from "../../scripts/hook-bundle.ts";
import type { Entry } from "../../src/core/event.ts";
import { openSqliteStore } from "../../src/host/sqlite-store.ts";
import { surefootFor } from "../support/surefoot.ts";
import type { Surefoot } from "../support/surefoot.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { tempRepo } from "../support/temp-repo.ts";

const entry = join(import.meta.dirname, "../../src/cli.ts");
const bundle = join(tempFolder({ after }), "hook.cjs");
before(async () => void (await writeHook(dirname(bundle))));

interface Served {
  readonly surefoot: Surefoot;
  readonly process: ChildProcess;
  readonly socket: string;
  /** Address of the HTTP hook, without the agent. */
  readonly url: string;
  readonly token: string;
}

/** `guard serve` as a user starts it, ended with the test. */
async function served(context: TestContext, surefoot: Surefoot = surefootFor(context)): Promise<Served> {
  const child = spawn(process.execPath, [entry, "guard", "serve", "--http", "0"], {
    env: surefoot.env,
    stdio: "pipe",
  });
  context.after(() => child.kill("SIGKILL"));
  const said = await new Promise<string>((resolve, reject) => {
    let heard = "";
    child.stderr.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes("listens at")) resolve(heard);
    });
    child.on("close", () => reject(new Error(heard)));
  });
  return {
    surefoot,
    process: child,
    socket: join(surefoot.state, "guard/guard.sock"),
    url: /http:\/\/[\d.:]+\/hook\//.exec(said)?.[0] ?? "",
    token: readFileSync(join(surefoot.state, "guard/http-token"), "utf8").trim(),
  };
}

const bash = (cwd: string, command: string): string =>
  JSON.stringify({ session_id: "s1", cwd, tool_name: "Bash", tool_use_id: "t1", tool_input: { command } });

interface Heard {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(
  program: string,
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string>>,
): Promise<Heard> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd: "/", stdio: "pipe" });
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(input);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

const hook = (surefoot: Surefoot, input: string): Promise<Heard> =>
  start(process.execPath, [bundle, "--dialect", "claude"], input, surefoot.env);

const verdict = ({ out }: Pick<Heard, "out">): string =>
  /"permissionDecision":"(\w+)"/.exec(out)?.[1] ?? out.trim();

function entriesIn(root: string): readonly Entry[] {
  const store = openSqliteStore(join(root, ".surefoot/ledger.db"), { now: () => new Date(), mode: "read" });
  const found = store.sessions().flatMap(({ session }) => [...store.read(session)]);
  store.close();
  return found;
}

async function answered({ surefoot }: Pick<Served, "surefoot">): Promise<unknown> {
  const { out } = await surefoot("/", ["guard", "serve", "--status", "--json"]);
  const { running, answered: count }: { running: boolean; answered?: number } = JSON.parse(out);
  return running ? count : "not running";
}

test("the hook asks the server, which records and answers as the hook itself would", async (context) => {
  const one = await served(context);
  const { root } = tempRepo(context, { files: { "a.ts": "a\n" } });
  const heard = [
    await hook(one.surefoot, bash(root, "npm test")),
    await hook(one.surefoot, bash(root, "git push --force origin main")),
  ];
  assert.deepEqual([heard.map(verdict), await answered(one)], [["{}", "deny"], 2]);
  assert.deepEqual(
    entriesIn(root).map(({ session, event }) => `${session} ${event.type}`),
    ["guard_claude_s1 session.opened", "guard_claude_s1 action.judged", "guard_claude_s1 action.judged"],
  );
  assert.equal((await one.surefoot(root, ["ledger", "verify"])).code, 0);
});

test("the policy is that of the moment, and a ledger that was taken away is begun again", async (context) => {
  const one = await served(context);
  const repo = tempRepo(context, { files: { "a.ts": "a\n", ".gitignore": ".surefoot\n" } });
  const push = bash(repo.root, "git push origin HEAD:releases");
  const verdicts = [verdict(await hook(one.surefoot, push))];
  repo.write({ "surefoot.yaml": "protected_branches: [releases]\n" });
  verdicts.push(verdict(await hook(one.surefoot, push)));
  repo.write({ "surefoot.yaml": "protected_branches: [main]\n" });
  verdicts.push(verdict(await hook(one.surefoot, push)));
  rmSync(join(repo.root, ".surefoot"), { recursive: true });
  verdicts.push(verdict(await hook(one.surefoot, push)));
  repo.write({ "surefoot.yaml": "protected_branches: 7\n" });
  verdicts.push(verdict(await hook(one.surefoot, push)));
  assert.deepEqual([verdicts, await answered(one)], [["{}", "deny", "{}", "{}", "deny"], 5]);
  assert.equal(entriesIn(repo.root).length, 2);
});

test("many calls at once in several repositories are all on record, beside hooks that decide by themselves", async (context) => {
  const one = await served(context);
  // Another state folder, in which no server listens.
  const alone = { ...one.surefoot.env, SUREFOOT_STATE_HOME: tempFolder(context) };
  const roots = [0, 1].map(() => tempRepo(context, { files: { "a.ts": "a\n" } }).root);
  const url = new URL(`${one.url}claude`);
  const calls = roots.flatMap((root) =>
    Array.from({ length: 20 }, (_, index) => post(url, one.token, bash(root, `echo ${index}`))),
  );
  const own = roots.map((root) =>
    start(process.execPath, [bundle, "--dialect", "claude"], bash(root, "ls"), alone),
  );
  const heard = await Promise.all(calls);
  assert.deepEqual([...new Set(heard.map(({ status, body }) => `${status} ${body}`))], ["200 {}\n"]);
  assert.deepEqual((await Promise.all(own)).map(verdict), ["{}", "{}"]);
  for (const root of roots) {
    assert.equal(entriesIn(root).length, 22);
    assert.equal((await one.surefoot(root, ["ledger", "verify"])).code, 0);
  }
});

test("HTTP is for who has the token, asks by a loopback name and is no page", async (context) => {
  const one = await served(context);
  const { root } = tempRepo(context, { files: { "a.ts": "a\n" } });
  const url = new URL(`${one.url}claude`);
  const force = bash(root, "git push --force origin main");
  const good = await post(url, one.token, force);
  assert.deepEqual([good.status, verdict({ out: good.body })], [200, "deny"]);
  const tried = {
    "no token": await post(url, undefined, force),
    "a wrong token": await post(url, "x".repeat(one.token.length), force),
    "another name": await post(url, one.token, force, { host: "evil.example" }),
    "a page": await post(url, one.token, force, { origin: "http://127.0.0.1" }),
    "no such agent": await post(new URL(`${one.url}klingon`), one.token, force),
    "another method": await post(url, one.token, force, {}, "PUT"),
  };
  assert.deepEqual(Object.fromEntries(Object.entries(tried).map(([name, { status }]) => [name, status])), {
    "no token": 401,
    "a wrong token": 401,
    "another name": 403,
    "a page": 403,
    "no such agent": 404,
    "another method": 405,
  });
  const large = await post(url, one.token, bash(root, `echo ${"x".repeat(2_000_000)}`));
  assert.deepEqual([large.status, verdict({ out: large.body })], [200, "deny"]);
  const query = new URL(`${one.url}claude?explicit`);
  assert.equal(verdict({ out: (await post(query, one.token, bash(root, "ls"))).body }), "allow");
});

test("only this user can open the socket and the token, and one server runs at a time", async (context) => {
  const one = await served(context);
  const mode = (path: string): number => statSync(path).mode & 0o777;
  assert.deepEqual(
    [
      mode(one.socket),
      mode(join(one.surefoot.state, "guard/http-token")),
      mode(join(one.surefoot.state, "guard")),
    ],
    [0o600, 0o600, 0o700],
  );
  const second = await one.surefoot("/", ["guard", "serve"]);
  assert.deepEqual([second.code, /guard serve runs already/.test(second.err)], [2, true]);
  assert.equal(await answered(one), 0);
});

test("it stops when it is told or ended, and after a kill the next one takes its place", async (context) => {
  const first = await served(context);
  const ended = new Promise((resolve) => first.process.on("close", resolve));
  await first.surefoot("/", ["guard", "serve", "--stop"]);
  assert.deepEqual([await ended, existsSync(first.socket), await answered(first)], [0, false, "not running"]);
  const second = await served(context, first.surefoot);
  const killed = new Promise((resolve) => second.process.on("close", resolve));
  second.process.kill("SIGKILL");
  await killed;
  const { root } = tempRepo(context, { files: { "a.ts": "a\n" } });
  assert.deepEqual(
    [
      existsSync(second.socket),
      verdict(await hook(first.surefoot, bash(root, "git push --force origin main"))),
    ],
    [true, "deny"],
  );
  const third = await served(context, first.surefoot);
  const terminated = new Promise((resolve) => third.process.on("close", resolve));
  assert.equal(await answered(third), 0);
  third.process.kill("SIGTERM");
  assert.equal(await terminated, 0);
});

test("the small client says what the server says, and becomes the hook program where none can be asked", async (context) => {
  if (spawnSync("cc", ["--version"]).status !== 0) return context.skip("there is no C compiler");
  const one = await served(context);
  const built = await one.surefoot("/", ["guard", "serve", "--build-client"]);
  assert.equal(built.code, 0, built.err);
  const client = built.out.trim();
  const { root } = tempRepo(context, { files: { "a.ts": "a\n" } });
  const ask = (command: string, args: readonly string[] = []): Promise<Heard> =>
    start(client, ["--dialect", "claude", ...args], bash(root, command), one.surefoot.env);
  const force = "git push --force origin main";
  assert.deepEqual(await ask("npm test"), { code: 0, out: "{}\n", err: "" });
  assert.deepEqual([verdict(await ask(force)), verdict(await ask("ls", ["--explicit"]))], ["deny", "allow"]);
  const klingon = await start(client, ["--dialect", "klingon"], bash(root, "ls"), one.surefoot.env);
  assert.deepEqual([klingon.code, klingon.err], [2, "surefoot: unknown dialect klingon\n"]);
  assert.equal(await answered(one), 3);
  await one.surefoot("/", ["guard", "serve", "--stop"]);
  assert.deepEqual([verdict(await ask("npm test")), verdict(await ask(force))], ["{}", "deny"]);
  // Whatever sits at the socket and talks nonsense, or nothing, is not believed.
  for (const nonsense of [
    "",
    "yes\n",
    "surefoot-guard-1 0 3 0\n{}",
    "surefoot-guard-1 0 99 0\n{}\n",
    "surefoot-guard-2 0 3 0\n{}\n",
  ]) {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => socket.destroy());
      socket.resume();
      socket.on("end", () => socket.end(nonsense));
    });
    await new Promise<void>((resolve) => server.listen(one.socket, resolve));
    assert.deepEqual(
      [verdict(await ask(force)), verdict(await hook(one.surefoot, bash(root, force)))],
      ["deny", "deny"],
    );
    await new Promise((resolve) => server.close(resolve));
  }
});

test("a hook of another version than the server's decides by itself", async (context) => {
  const one = await served(context);
  const folder = tempFolder(context);
  for (const name of readdirSync(dirname(bundle))) {
    const text = readFileSync(join(dirname(bundle), name), "latin1");
    writeFileSync(join(folder, name), text.replaceAll(/"0\.1\.0"/g, '"9.9.9"'), "latin1");
  }
  const { root } = tempRepo(context, { files: { "a.ts": "a\n" } });
  const heard = await start(
    process.execPath,
    [join(folder, "hook.cjs"), "--dialect", "claude"],
    bash(root, "ls"),
    one.surefoot.env,
  );
  assert.deepEqual([verdict(heard), await answered(one), entriesIn(root).length], ["{}", 0, 2]);
});

interface Posted {
  readonly status: number;
  readonly body: string;
}

function post(
  url: URL,
  token: string | undefined,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  method = "POST",
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const sent = request(url, { method, headers: { ...authorization, ...headers } }, (response) => {
      let heard = "";
      response.on("data", (chunk: Buffer) => (heard += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: heard }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
