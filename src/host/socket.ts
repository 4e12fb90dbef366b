import { chmod, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { Fault } from "../core/fault.ts";
import { codeOf, wordsFor } from "./real-files.ts";
import { sha256 } from "../core/digest.ts";
import type { Listening } from "../core/ports.ts";

/** A longer request is cut off without an answer, which a hook takes for a deny. */
const requestBytes = 16 * 1024 * 1024;
/** The kernel's limit for the path of a socket, its final zero included (unix(7); 104 on macOS). */
const pathBytes = 104;

/**
 * Serves any number of clients, each of which sends all it has to say and closes its side: the answer is sent, then the
 * connection ends. A request of more than `atMost` bytes is cut off without one.
 */
export function listenWhole(
  path: string,
  atMost: number,
  answer: (request: Buffer) => Promise<Uint8Array>,
): Promise<Listening> {
  return listenTo(path, async (socket) => {
    const request = await wholeRequest(socket, atMost);
    if (request === undefined) socket.destroy();
    else socket.end(await answer(request));
  });
}

function wholeRequest(socket: Socket, atMost: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      parts.push(chunk);
      bytes += chunk.length;
      if (bytes > atMost) resolve(undefined);
    });
    socket.once("end", () => resolve(Buffer.concat(parts)));
    socket.once("close", () => resolve(undefined));
  });
}

/**
 * Serves any number of clients: one request line, one answer line, then the connection ends. An `answer` that throws
 * leaves its client without an answer, and `close` throws what it threw.
 */
export function listen(path: string, answer: (line: string) => Promise<string>): Promise<Listening> {
  return listenTo(path, (socket) => serve(socket, answer));
}

async function listenTo(path: string, serveClient: (socket: Socket) => Promise<void>): Promise<Listening> {
  const address = process.platform === "win32" ? `\\\\.\\pipe\\surefoot-${sha256(path).slice(0, 32)}` : path;
  if (process.platform !== "win32") {
    if (Buffer.byteLength(path) >= pathBytes)
      throw new Fault("file/unwritable", `the socket's path is longer than ${pathBytes - 1} bytes: ${path}`, {
        hint: "use a folder with a shorter path",
        where: { file: path },
      });
    if (!(await isServed(path))) await rm(path, { force: true });
  }

  const open = new Set<Socket>();
  const failures: unknown[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    // A client that went away needs no answer.
    socket.on("error", () => socket.destroy());
    serveClient(socket).catch((error: unknown) => {
      failures.push(error);
      socket.destroy();
    });
  });
  await bind(server, address, path);
  if (process.platform !== "win32") await chmod(path, 0o600);
  return {
    path: address,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (failures.length > 0) throw failures[0];
    },
  };
}

async function serve(socket: Socket, answer: (line: string) => Promise<string>): Promise<void> {
  const line = await firstLine(socket);
  if (line === undefined) {
    socket.destroy();
    return;
  }
  const says = await answer(line);
  socket.end(`${says.replaceAll("\n", " ")}\n`);
}

function firstLine(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      const end = chunk.indexOf(10);
      parts.push(end === -1 ? chunk : chunk.subarray(0, end));
      bytes += chunk.length;
      if (end !== -1) resolve(Buffer.concat(parts).toString("utf8"));
      else if (bytes > requestBytes) resolve(undefined);
    });
    socket.once("end", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });
}

function bind(server: ReturnType<typeof createServer>, address: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = codeOf(error);
      const why =
        code === "EADDRINUSE" ? "another process serves it" : code === undefined ? "" : wordsFor(code);
      reject(
        new Fault("file/unwritable", `the socket ${path} cannot be made: ${why}`, {
          hint: "check that its folder exists and is writable",
          where: { file: path },
          cause: error,
        }),
      );
    });
    // Nobody else may open the socket, not even before its mode is set.
    const mask = process.platform === "win32" ? undefined : process.umask(0o177);
    server.listen(address, () => resolve());
    if (mask !== undefined) process.umask(mask);
  });
}

// A killed process leaves its socket file behind, and nobody answers there.
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
