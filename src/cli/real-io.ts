import { createInterface } from "node:readline/promises";
import { text as readAll } from "node:stream/consumers";
import { realHost } from "../host/real-host.ts";
import type { Io } from "./command.ts";

const widestUseful = 120;

export function realIo(): Io {
  const interrupt = new AbortController();
  const stop = (): void => {
    // A second Ctrl-C must end a process that does not come to its end.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // `surefoot … | head` closes the pipe early; that is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const { env, stdout } = process;
  const interactive = stdout.isTTY === true && env["TERM"] !== "dumb" && env["CI"] === undefined;
  const forced = env["CLICOLOR_FORCE"] !== undefined && env["CLICOLOR_FORCE"] !== "0";
  const refused = env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "";
  return {
    host: realHost(),
    cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: () => readAll(process.stdin),
    ask,
    screen: {
      interactive,
      colour: !refused && (forced || interactive),
      columns: Math.min(stdout.columns ?? 80, widestUseful),
    },
    signal: interrupt.signal,
  };
}

async function ask(question: string): Promise<string | undefined> {
  // The question goes to standard error: standard output is data.
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined;
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await line.question(question);
  } finally {
    line.close();
  }
}
