import { sha256 } from "./digest.ts";
import type { Exit } from "./exit.ts";

/** A failure's identity: equal for the same failure at another time, in another folder, in another order of noise. */
export interface Signature {
  readonly kind: "validation" | "timeout" | "policy" | "runtime";
  /** The first line that says what went wrong, normalised. */
  readonly headline: string;
  /** SHA-256 of check, kind, exit and the normalised lines that speak of the failure, in no order. */
  readonly digest: string;
}

// The pattern failure-signature-index keeps the first ~20 lines. Runners that work in parallel change which lines come first,
// so all telling lines count here, sorted, up to a bound that only holds back runaway output.
const linesCovered = 400;

/**
 * Strips what differs from run to run (colours, times, durations, addresses, ids, folders, positions, numbers of passed
 * tests) and keeps the lines that tell of the failure (AI-First Software Engineering, failure-signature-index).
 */
export function signatureOf(check: string, exit: Exit, output: string): Signature {
  const lines = plainLines(output);
  const telling = normaliseLines(tellingLines(lines));
  const spoken = telling.length > 0 ? telling : normaliseLines(lines);
  const covered = spoken.toSorted().slice(0, linesCovered);
  const kind = kindOf(exit);
  return {
    kind,
    headline: normaliseLine(lines[headlineAt(lines)] ?? "") || (spoken[0] ?? describeEmpty(exit)),
    digest: sha256(JSON.stringify([check, kind, exit.kind === "exited" ? exit.code : exit.kind, covered])),
  };
}

// eslint-disable-next-line no-control-regex -- control codes are what is being removed
const control = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

// Longer lines are data; cutting them bounds the work of every pattern below.
const longestLine = 1000;

/** Lines as split at line feeds, without colours; of a line that overwrote itself, what a terminal shows last. */
export function plainLines(output: string): readonly string[] {
  return output
    .replace(control, "")
    .split("\n")
    .map((line) => {
      const shown = line.endsWith("\r") ? line.slice(0, -1) : line;
      return shown.slice(shown.lastIndexOf("\r") + 1).slice(0, longestLine);
    });
}

const failureWord =
  /\b(?:errors?|fail(?:s|ed|ure|ures|ing)?|exceptions?|panic(?:ked)?|assert(?!ions\b)\w*|expected|received|actual|not ok|cannot|can't|could not|undefined|unexpected|traceback|timed? ?out|fatal|denied|no such file|not found|segmentation fault|(?=[A-Z])\w+(?:Error|Exception)|ERR_\w+)\b|✖|✗|✘|✕|×|❌|^E {3}|^ *(?:left|right|got|want(?:ed)?): /i;

// A test that passed may have `error` in its title; a code frame quotes the source; a frame of the stack moves with it.
const notFailing =
  /^\s*(?:[✔✓√○✎↓﹣-] |ok\b|PASS\b|--- (?:PASS|SKIP)|=== |\[ +(?:OK|RUN) +\]|at \S|>?\s*\d*\s*\| |>\s+\S)|\.\.\. (?:ok|ignored)$| PASSED(?: +\[ *\d+%\])?$/;

const zeroOf =
  /\b(?:0|no) (?:tests? )?(?:errors?|fail(?:ed|ures?|ing)?|exceptions?)\b|\b(?:errors?|fail(?:ed|ures?|s)?)(?: *[:=] *| )0\b/gi;

/** Whether a line (without colours) tells of a failure. */
export function isFailureLine(line: string): boolean {
  if (!failureWord.test(line) || notFailing.test(line)) return false;
  const rest = line.replace(zeroOf, "");
  return rest === line || failureWord.test(rest);
}

// Banners and totals announce a failure without saying which.
const announcement =
  /^\s*(?:[=_*-]{3,}(?! FAIL: )|#?\s*throw\b|(?:[a-z]+ |\d+\) )?(?:failures?|errors?)(?: summary)?:?\s*$|there (?:was|were) |finished in|collected |\d+ (?:failing|failed|errors?)\b|fail(?:ed)?\s*$|❯ )/i;

/** Index of the line that best says what failed; without any, of the first line that is not empty (or 0). */
export function headlineAt(lines: readonly string[]): number {
  const telling = lines.findIndex((line) => isFailureLine(line) && !announcement.test(line));
  if (telling !== -1) return telling;
  const failing = lines.findIndex(isFailureLine);
  return failing === -1
    ? Math.max(
        0,
        lines.findIndex((line) => line.trim() !== ""),
      )
    : failing;
}

const diffHead =
  /[-+] ?(?:expected|received|actual)\b|\bexpected - actual\b|\bactual - expected\b|^\s*Difference \(|^\s*Diff:?$/i;
const diffLine = /^\s*(?:E\s+)?[-+](?![-+])\s*\S/;
const diffReach = 40;

// The lines of a printed difference say what was wrong although no word of failure stands in them.
function tellingLines(lines: readonly string[]): readonly string[] {
  let head = -Infinity;
  return lines.filter((line, at) => {
    if (diffHead.test(line)) head = at;
    return isFailureLine(line) || (at - head <= diffReach && diffLine.test(line));
  });
}

function normaliseLines(lines: readonly string[]): readonly string[] {
  return lines.map(normaliseLine).filter((line) => line !== "");
}

const duration = "(?:ns|µs|us|ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?)";

const replacements: readonly (readonly [RegExp, string])[] = [
  // times
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b/g, "<time>"],
  [/\b\d\d:\d\d\.\d{2,}\b/g, "<duration>"],
  [/\b1[6-9]\d{8}(?:\d{3}|\.\d+)?\b/g, "<time>"],
  // durations, rates, memory
  [/duration_ms[:= ]+[\d.]+/g, "duration_ms <duration>"],
  [new RegExp(`\\b\\d+(?:\\.\\d+)? ?${duration}(?: \\d+(?:\\.\\d+)? ?${duration})*\\b`, "g"), "<duration>"],
  [/\b\d+(?:\.\d+)? (?:runs|assertions|tests)\/s\b/g, "<rate>"],
  [/\b\d+(?:\.\d+)? ?[KMG]i?B\b/g, "<size>"],
  // addresses, ids, processes
  [/\b0x[0-9a-f]+\b/gi, "<address>"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>"],
  [/\b(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{8,64}\b/g, "<id>"],
  [/(?<=[\w$)])@[0-9a-f]{5,8}\b/g, "@<id>"],
  [/\b(pid|port|seed|thread|goroutine|worker|process)([ :=#]+)\d+/gi, "$1 <n>"],
  [/\(node:\d+\)/g, "(node:<n>)"],
  [/(thread '[^']*') \(\d+\)/g, "$1"],
  [/(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}|localhost|\[[0-9a-f:]*\]|::1?):\d{2,5}\b/gi, "$1:<port>"],
  // places
  [/(?:\/private)?(?:\/var\/folders\/\w+\/\w+\/T|\/var\/tmp|\/tmp)\/[\w.@+-]+(?![\w.@+/-])/g, "<temp>"],
  [/(?<![\w.:/])(?:file:\/\/)?(?:\/[\w.@+-]+)+\/(?=[\w.@+<-])/g, "<dir>/"],
  [/\b[A-Za-z]:\\(?:[\w.@+ -]+\\)+/g, "<dir>/"],
  // positions: an edit above moves them
  [/(\.[A-Za-z]{1,6})(?::\d+){1,2}\b/g, "$1"],
  [/(\.[A-Za-z]{1,6})\(\d+,\d+\)/g, "$1"],
  [/\bline \d+(?:, col(?:umn)? \d+)?/gi, "line <n>"],
  [/^\s*\d+:\d+(?=\s)/, "<at>"],
  // numbering that depends on order
  [/^\s*\d+\)\s/, "<n>) "],
  [/^(\s*(?:not )?ok) \d+(?: - | )/, "$1 "],
  [/^\s*\[?\d+\/\d+\]?\s/, "<n> "],
  // a test that was added and passes does not make it another failure
  [
    /\b\d+(?= (?:pass(?:ed|ing)?|skipped|pending|todo|total|ignored|measured|filtered out|tests?|examples?|specs?|runs|assertions|skips)\b)/g,
    "<n>",
  ],
  [/\b(tests?(?: run| completed)?|total|passed|assertions|skipped|successes)( *[:=] *)\d+/gi, "$1$2<n>"],
  [/\bout of \d+/g, "out of <n>"],
  [/\b\d+(?:\.\d+)?%/g, "<n>%"],
];

function normaliseLine(line: string): string {
  return replacements
    .reduce((text, [pattern, put]) => text.replace(pattern, put), line)
    .replace(/\s+/g, " ")
    .trim();
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
