import { readSync, writeSync } from "node:fs";
import { codeOf } from "../host/real-files.ts";

// Standard input and output without streams: loading those takes a third of the time that Node itself takes to start.

export interface Input {
  readonly text: string;
  /** Whether there was more than was kept. */
  readonly cut: boolean;
}

/**
 * All of standard input, of which so many bytes are kept. It ends where its text is a whole JSON object: some agents
 * leave the pipe open.
 */
export function readInput(atMost: number): Input {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const length = patiently(() => readSync(0, chunk));
    if (length === 0) break;
    bytes += length;
    // The rest is read all the same: an agent that cannot write it out may take that for a broken hook.
    if (bytes > atMost) continue;
    chunks.push(chunk.subarray(0, length));
    if (length < chunk.length && isWhole(chunks)) break;
  }
  return { text: Buffer.concat(chunks).toString("utf8"), cut: bytes > atMost };
}

export function writeAll(file: 1 | 2, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(patiently(() => writeSync(file, rest)));
}

function isWhole(chunks: readonly Buffer[]): boolean {
  if (chunks.at(-1)?.toString("latin1").trimEnd().endsWith("}") !== true) return false;
  try {
    JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** An agent may hand over pipes that do not block; they are asked again until they are ready. */
function patiently(attempt: () => number): number {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      const code = codeOf(error);
      // Windows says so where others read nothing.
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(cell, 0, 0, 1);
    }
  }
}
