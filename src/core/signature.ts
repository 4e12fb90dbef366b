import { sha256 } from "./digest.ts";
import type { Exit } from "./exit.ts";

/** A failure's identity: equal for the same failure at another time, in another folder, in another order of noise. */
export interface Signature {
  readonly kind: "validation" | "timeout" | "policy" | "runtime";
  /** The first line that says what went wrong, normalised. */
  readonly headline: string;
  /** SHA-256 of check, kind and the first normalised lines. */
  readonly digest: string;
}

const linesCovered = 20;
// eslint-disable-next-line no-control-regex -- colour codes are what is being removed
const colour = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

const failureLine =
  /\b(error|fail(ed|ure|ing)?|exception|panic(ked)?|assert\w*|expected|not ok|cannot|undefined|unexpected|traceback|timed? ?out)\b|✖|✗|×/i;

/**
 * Strips colours, times, durations, addresses, ids and folders, then keeps the first ~20 lines that speak of the
 * failure (failure-signature-index, SYSTEMS.md 6.5). Raw text would differ on every run.
 */
export function signatureOf(check: string, exit: Exit, output: string): Signature {
  const lines = normalise(output);
  const telling = lines.filter((line) => failureLine.test(line));
  const covered = (telling.length > 0 ? telling : lines).slice(0, linesCovered);
  const kind = kindOf(exit);
  return {
    kind,
    headline: covered[0] ?? describeEmpty(exit),
    digest: sha256(JSON.stringify([check, kind, exit.kind === "exited" ? exit.code : exit.kind, covered])),
  };
}

export function normalise(output: string): readonly string[] {
  return output
    .replace(colour, "")
    .split(/\r?\n|\r/)
    .map((line) =>
      line
        .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?/g, "<time>")
        .replace(/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, "<time>")
        .replace(/\b\d+(\.\d+)?\s?(ns|µs|us|ms|s|sec|secs|seconds|min|minutes)\b/g, "<duration>")
        .replace(/duration_ms[:= ]+[\d.]+/g, "duration_ms <duration>")
        .replace(/\b0x[0-9a-f]+\b/gi, "<address>")
        .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>")
        .replace(/\b[0-9a-f]{12,64}\b/g, "<id>")
        .replace(/(?<![\w.])(file:\/\/)?(\/[\w.@+-]+)+\/(?=[\w.@+-])/g, "<dir>/")
        .replace(/\b(pid|port|seed)[ :=]+\d+/gi, "$1 <n>")
        .trim(),
    )
    .filter((line) => line !== "");
}

function kindOf(exit: Exit): Signature["kind"] {
  switch (exit.kind) {
    case "exited":
      return "validation";
    case "timedOut":
      return "timeout";
    case "signaled":
    case "overflowed":
    case "neverStarted":
      return "runtime";
  }
}

function describeEmpty(exit: Exit): string {
  return exit.kind === "exited" ? `exit ${exit.code} without output` : exit.kind;
}
