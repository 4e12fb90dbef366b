import { connect } from "node:net";
import { dirname, join } from "node:path";
import type { Server } from "node:http";
import { Fault } from "../../core/fault.ts";
import type { Listening } from "../../core/ports.ts";
import { openDaemon } from "../../hook/daemon.ts";
import type { Daemon } from "../../hook/daemon.ts";
import { serveHttp } from "../../hook/http.ts";
import { readAnswer, readRequest, writeAnswer, writeRequest } from "../../hook/wire.ts";
import type { WireAnswer } from "../../hook/wire.ts";
import { configFolder } from "../../host/key.ts";
import { leanHost } from "../../host/lean-host.ts";
import { listenWhole } from "../../host/socket.ts";
import { daemonSocket, guardFolder } from "../../host/state-folder.ts";
import { count } from "../../report/amounts.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { version } from "../version.ts";
import { buildClient } from "./build-client.ts";
import { compileTo } from "./compile.ts";

/** One per user: answers the hooks of every agent in every repository, until it is stopped. */
export async function serve(input: CliInput, io: Io): Promise<number> {
  const path = daemonSocket(io.host);
  if (flag(input, "build-client")) return buildClient(io, path);
  if (flag(input, "stop")) return stop(io, path, flag(input, "json"));
  if (flag(input, "status")) return status(io, path, flag(input, "json"));
  return run(io, path, portOf(input));
}

function portOf(input: CliInput): number | undefined {
  const given = text(input, "http");
  if (given === undefined) return undefined;
  const port = Number(given);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Fault("usage/invalid", `${given} is no port`, {
    hint: "--http 8757, or --http 0 for any free one",
  });
}

/** A hook hands over no more; see the daemon for what it takes. */
const requestBytes = 9 * 1024 * 1024;
const tidyEveryMs = 10_000;

async function run(io: Io, path: string, port: number | undefined): Promise<number> {
  const { host } = io;
  await host.files.makeFolder(dirname(path), 0o700);
  const lock = await host.lock(`${path}.lock`);
  if (lock === undefined)
    throw new Fault("file/unwritable", "guard serve runs already", {
      hint: "`surefoot guard serve --status` shows it, --stop ends it",
      where: { file: path },
    });
  const stopping = new AbortController();
  const ended = AbortSignal.any([io.signal, stopping.signal]);
  const daemon = openDaemon(leanHost(), {
    files: host.files,
    version,
    settings: configFolder(host),
    standard: undefined,
    compile: async (root) => void (await compileTo(host, root)),
  });
  let listening: Listening | undefined;
  let http: Server | undefined;
  const tidying = setInterval(() => daemon.tidy(), tidyEveryMs);
  try {
    listening = await listenWhole(path, requestBytes, async (bytes) =>
      writeAnswer(await answer(daemon, bytes, () => stopping.abort())),
    );
    const over = port === undefined ? undefined : await openHttp(io, daemon, port);
    http = over?.server;
    io.out(`the guard listens at ${path}\n${over?.says ?? ""}`);
    await untilAborted(ended);
  } finally {
    clearInterval(tidying);
    http?.closeAllConnections();
    http?.close();
    await listening?.close();
    daemon.close();
    await host.files.remove(path);
    await lock.release();
  }
  return 0;
}

async function answer(daemon: Daemon, bytes: Buffer, stopNow: () => void): Promise<WireAnswer | undefined> {
  const request = readRequest(bytes);
  if (request === undefined) return undefined;
  if (request.dialect === "!status")
    return { stdout: `${JSON.stringify(daemon.status())}\n`, stderr: "", exit: 0 };
  if (request.dialect === "!stop") {
    // The answer goes out first.
    setTimeout(stopNow, 20);
    return { stdout: "{}\n", stderr: "", exit: 0 };
  }
  return await daemon.answer(request);
}

async function openHttp(
  io: Io,
  daemon: Daemon,
  port: number,
): Promise<{ readonly server: Server; readonly says: string }> {
  const { files } = io.host;
  const tokenFile = join(guardFolder(io.host), "http-token");
  const known = (await files.readText(tokenFile))?.trim();
  const token = known === undefined || known === "" ? io.host.randomHex(48) : known;
  await files.write(tokenFile, `${token}\n`, 0o600);
  let server: Server;
  try {
    server = await serveHttp(daemon, { token, version, port });
  } catch (error) {
    throw new Fault("usage/invalid", `nothing can be served on port ${port}`, {
      hint: "name another one, or --http 0 for any free one",
      cause: error,
    });
  }
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    server,
    says: `and at http://127.0.0.1:${bound}/hook/<agent>, with the bearer token in ${tokenFile}\n`,
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function status({ out }: Io, path: string, json: boolean): Promise<number> {
  const said = await say(path, "!status");
  if (said === undefined) {
    out(json ? `${JSON.stringify({ schemaVersion: 1, running: false })}\n` : `${notRunning}\n`);
    return 1;
  }
  const found: unknown = JSON.parse(said.stdout);
  const {
    answered,
    failed,
    open,
    version: theirs,
  } = { answered: 0, failed: 0, open: [], version: "", ...asObject(found) };
  out(
    json
      ? `${JSON.stringify({ schemaVersion: 1, running: true, ...asObject(found) })}\n`
      : `guard serve ${theirs} runs: ${count(answered, "call")} answered, ${failed} failed, ${count(open.length, "ledger")} open\n`,
  );
  return 0;
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

async function stop({ out }: Io, path: string, json: boolean): Promise<number> {
  const stopped = (await say(path, "!stop")) !== undefined;
  if (json) out(`${JSON.stringify({ schemaVersion: 1, stopped })}\n`);
  else out(stopped ? "guard serve stops; from now on each hook decides by itself\n" : `${notRunning}\n`);
  return 0;
}

const notRunning = "guard serve does not run; each hook decides by itself";

/** A word to the server; `undefined` where none answers. */
function say(path: string, word: string): Promise<WireAnswer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(path);
    socket.on("connect", () =>
      socket.end(
        writeRequest({ version, dialect: word, explicit: false, unattended: false, cwd: "/", payload: "" }),
      ),
    );
    socket.on("data", (chunk: Buffer) => parts.push(chunk));
    socket.on("end", () => resolve(readAnswer(Buffer.concat(parts))));
    socket.on("error", () => resolve(undefined));
  });
}
