import { timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { dialects } from "../agents/hooks/index.ts";
import type { Daemon } from "./daemon.ts";

/** Above what the daemon takes itself: such a call is refused in the agent's words instead of being cut off. */
const bodyBytes = 1024 * 1024;

export interface HttpOptions {
  readonly token: string;
  readonly version: string;
  /** 0 for any free one. */
  readonly port: number;
}

/**
 * The guard for agents that call their hooks over HTTP: `POST /hook/<dialect>` with the agent's JSON, answered with the
 * JSON that its hook program would print. On the loopback address alone, and only for who has the token: a page in a
 * browser reaches the port as well.
 */
export function serveHttp(daemon: Daemon, options: HttpOptions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(daemon, options, request, response).catch((error: unknown) => {
      end(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => resolve(server));
  });
}

async function answer(
  daemon: Daemon,
  { token, version }: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refused = refusalOf(request, token);
  if (refused !== undefined) return end(response, refused.status, { error: refused.says });
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const id = /^\/hook\/([a-z]+)$/.exec(url.pathname)?.[1];
  const dialect = dialects.find((one) => one.id === id);
  if (dialect === undefined) return end(response, 404, { error: "there is no such hook" });
  const body = await bodyOf(request);
  const said =
    body === undefined
      ? undefined
      : await daemon.answer({
          version,
          dialect: dialect.id,
          explicit: url.searchParams.has("explicit"),
          unattended: url.searchParams.has("unattended"),
          cwd: "/",
          payload: body,
        });
  const large = "surefoot refuses a tool call that is larger than what is judged over HTTP";
  const text = said?.stdout ?? dialect.render({ verdict: "deny", says: large }, body ?? "").stdout;
  response.writeHead(200, { "content-type": "application/json" });
  response.end(text);
}

/** Why a request is not listened to. A name other than the loopback's means that a page had it resolved to here. */
function refusalOf(
  { method, headers }: IncomingMessage,
  token: string,
): { readonly status: number; readonly says: string } | undefined {
  if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(headers.host ?? ""))
    return { status: 403, says: "this host name is not served" };
  if (headers.origin !== undefined) return { status: 403, says: "no page may ask" };
  const given = Buffer.from(headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return { status: 401, says: "the bearer token is missing or wrong" };
  return method === "POST" ? undefined : { status: 405, says: "only POST is understood" };
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    // The rest is read and let go: an agent that cannot send it all may take that for a broken hook.
    if (bytes <= bodyBytes) chunks.push(chunk);
  }
  return bytes > bodyBytes ? undefined : Buffer.concat(chunks).toString("utf8");
}

function end(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}
