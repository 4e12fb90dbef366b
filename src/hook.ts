// What an agent's hook starts, once per tool call: hands the call to the run over its socket and says the answer in the
// agent's own words. It decides nothing. Silence, a broken answer, a crash or too long a wait is a refusal.
import { createConnection } from "node:net";
import type { HookAnswer, Rendered } from "./agents/hook-dialect.ts";
import { broken } from "./agents/hook-dialect.ts";
import { isFields, parseJson } from "./agents/fields.ts";
import { dialects } from "./agents/hooks/index.ts";

/** Below the 60 s that every agent is told to wait for its hook; a decision takes milliseconds. */
const deadlineMs = 45_000;
/** A tool call larger than this is refused unread; the run takes a line of twice as much. */
const inputBytes = 8 * 1024 * 1024;

const id = option("--dialect");
const dialect = dialects.find((one) => one.id === id) ?? dialects[0];

let said = false;

function finish(rendered: Rendered): void {
  if (said) return;
  said = true;
  process.exitCode = rendered.exit;
  if (rendered.stderr !== "") process.stderr.write(rendered.stderr);
  process.stdout.write(`${rendered.stdout}\n`, () => process.exit(rendered.exit));
}

function refuse(says: string): void {
  const answer: HookAnswer = {
    verdict: "deny",
    says: `surefoot refuses because its guard did not answer: ${says}`,
  };
  finish(
    broken(dialect === undefined ? { stdout: "{}", stderr: "", exit: 2 } : dialect.render(answer), says),
  );
}

function answerOf(line: string): HookAnswer | undefined {
  const answer = parseJson(line);
  if (!isFields(answer)) return undefined;
  const { verdict, says } = answer;
  if (verdict === "allow" || verdict === "pass") return { verdict };
  return (verdict === "deny" || verdict === "ask") && typeof says === "string"
    ? { verdict, says }
    : undefined;
}

function ask(socketPath: string, payload: string): void {
  const socket = createConnection(socketPath);
  let heard = "";
  socket.setEncoding("utf8");
  socket.on("connect", () => socket.write(`${JSON.stringify({ dialect: id, payload })}\n`));
  socket.on("data", (chunk: string) => {
    heard += chunk;
    const end = heard.indexOf("\n");
    if (end === -1) return;
    const answer = answerOf(heard.slice(0, end));
    socket.destroy();
    if (answer === undefined || dialect === undefined) refuse("its answer could not be read");
    else finish(dialect.render(answer));
  });
  socket.on("error", (error) => refuse(error.message));
  socket.on("close", () => refuse("the connection was closed without an answer"));
}

function option(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index === -1 ? undefined : process.argv[index + 1];
}

process.on("uncaughtException", (error) => refuse(error.message));
process.on("unhandledRejection", (error) => refuse(String(error)));
setTimeout(() => refuse(`no answer within ${deadlineMs} ms`), deadlineMs).unref();

const socketPath = option("--socket");
if (dialect === undefined || dialect.id !== id) refuse(`unknown dialect ${id ?? "(none)"}`);
else if (socketPath === undefined) refuse("no --socket given");
else {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  process.stdin.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > inputBytes) refuse(`the tool call is larger than ${inputBytes} bytes`);
    else chunks.push(chunk);
  });
  process.stdin.on("error", (error) => refuse(error.message));
  process.stdin.on("end", () => ask(socketPath, Buffer.concat(chunks).toString("utf8")));
}
