import { statSync } from "node:fs";
import { readAnswer, writeRequest } from "./wire.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

/** A server that takes longer is left alone: there is time to decide here. */
const timeoutMs = 1500;

/**
 * What the user's `guard serve` answers; `undefined` where there is none, where it is of another version or does not
 * answer in time. Then the hook decides by itself.
 */
export async function askDaemon(path: string, request: WireRequest): Promise<WireAnswer | undefined> {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return undefined;
  const { createConnection } = await import("node:net");
  return await new Promise((resolve) => {
    const socket = createConnection(path);
    const parts: Buffer[] = [];
    const end = (answer: WireAnswer | undefined): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end(undefined));
    socket.on("connect", () => socket.end(writeRequest(request)));
    socket.on("data", (chunk: Buffer) => parts.push(chunk));
    socket.on("end", () => end(readAnswer(Buffer.concat(parts))));
    // Whatever is wrong with it, this process can decide.
    socket.on("error", () => end(undefined));
    socket.on("close", () => end(undefined));
  });
}
