/** Every way a process can end. There is no number for "never ran". */
export type Exit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: string }
  | { readonly kind: "timedOut"; readonly afterMs: number }
  | { readonly kind: "overflowed"; readonly outputBytes: number }
  | { readonly kind: "neverStarted"; readonly says: string };

export function succeeded(exit: Exit): boolean {
  return exit.kind === "exited" && exit.code === 0;
}

export function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case "exited":
      return `exit ${exit.code}`;
    case "signaled":
      return `killed by ${exit.signal}`;
    case "timedOut":
      return `timed out after ${exit.afterMs} ms`;
    case "overflowed":
      return `stopped: more than ${exit.outputBytes} bytes of output`;
    case "neverStarted":
      return `could not start: ${exit.says}`;
  }
}

/** A shell answers 127 for a program that it cannot find and 126 for one that it may not execute (POSIX 2.8.2). */
export function couldNotRun(exit: Exit): boolean {
  return exit.kind === "neverStarted" || (exit.kind === "exited" && (exit.code === 127 || exit.code === 126));
}
