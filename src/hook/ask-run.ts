import { createConnection } from "node:net";
import { isFields, parseJson } from "../agents/fields.ts";
import type { HookAnswer } from "../agents/hook-dialect.ts";

/** Hands a call over to the run that serves the socket. Silence and a broken answer reject. */
export function askRun(socketPath: string, dialect: string, payload: string): Promise<HookAnswer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    let heard = "";
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`${JSON.stringify({ dialect, payload })}\n`));
    socket.on("data", (chunk: string) => {
      heard += chunk;
      const end = heard.indexOf("\n");
      if (end === -1) return;
      const answer = answerOf(heard.slice(0, end));
      socket.destroy();
      if (answer === undefined) reject(new Error("its answer could not be read"));
      else resolve(answer);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection was closed without an answer")));
  });
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
