import type { CheckRow } from "../core/event.ts";
import { describeExit, succeeded, type Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import type { GateCheck } from "../core/policy.ts";
import { headlineAt, isFailureLine, plainLines, type Signature, signatureOf } from "../core/signature.ts";
import type { TestCount } from "../core/test-count.ts";
import { expectsTests } from "./expects-tests.ts";

export interface RowInput {
  readonly check: GateCheck;
  readonly exit: Exit;
  readonly output: string;
  /** What `countTests` made of the output and the JUnit files. */
  readonly tests: TestCount | undefined;
  /** The same check's row on the untouched base, where there is one. */
  readonly baseline?: CheckRow | undefined;
}

export interface RowVerdict {
  readonly passed: boolean;
  /** One line: the headline of the failure, or what passed. */
  readonly says: string;
  /** Of a failure. */
  readonly signature: Signature | undefined;
  /** The base failed in the same way. */
  readonly preExisting: boolean;
  readonly findings: readonly Finding[];
}

/**
 * A check passes when it exited 0 and, where tests are expected, some ran and none failed. `auto` expects them when the command looks
 * like a test command or when a runner was recognised in its output.
 */
export function judgeRow({ check, exit, output, tests, baseline }: RowInput): RowVerdict {
  if (!succeeded(exit)) {
    const signature = signatureOf(check.name, exit, output);
    return {
      passed: false,
      says: says(`${describeExit(exit)}: ${headlineOf(output)}`),
      signature,
      preExisting: sameFailure(baseline, signature),
      findings: fewerTests(check, tests, baseline),
    };
  }
  const missing = missingTests(check, tests) ?? ignoredFailures(check, tests, baseline);
  if (missing !== undefined) {
    // The output of a command that went well holds no failure to recognise; what is missing is the failure.
    const signature = signatureOf(check.name, exit, `${missing.code}: ${missing.says}`);
    return {
      passed: false,
      says: says(missing.says),
      signature,
      preExisting: sameFailure(baseline, signature),
      findings: [missing],
    };
  }
  return {
    passed: true,
    says: tests === undefined || check.tests === "none" ? "exit 0" : countSays(tests),
    signature: undefined,
    preExisting: false,
    findings: fewerTests(check, tests, baseline),
  };
}

/** The line (from 1) of the output, as split at line feeds, that best says what failed; 1 where none does. */
export function firstFailingLine(output: string): number {
  const lines = plainLines(output);
  const at = headlineAt(lines);
  return isFailureLine(lines[at] ?? "") ? at + 1 : 1;
}

function missingTests(check: GateCheck, tests: TestCount | undefined): Finding | undefined {
  if (check.tests === "none") return undefined;
  if (tests !== undefined)
    return tests.executed > 0
      ? undefined
      : {
          code: "gate.no_tests_executed",
          says: `${check.name} exited 0 and ${tests.runner} executed no test${tests.skipped > 0 ? ` (${tests.skipped} skipped)` : ""}`,
          measures: { executed: 0, skipped: tests.skipped },
          evidence: [{ excerpt: check.run }],
        };
  if (check.tests === "auto" && !expectsTests(check.run)) return undefined;
  return {
    code: "gate.tests_unknown",
    says: `${check.name} exited 0 and its output does not say how many tests ran: set \`junit:\` to the files that it writes, or \`tests: none\` if it runs no tests`,
    measures: {},
    evidence: [{ excerpt: check.run }],
  };
}

// Exit 0 can be had with `|| true`. A base that ends so as well has its own reasons, such as a runner tested by a runner.
function ignoredFailures(
  check: GateCheck,
  tests: TestCount | undefined,
  baseline: CheckRow | undefined,
): Finding | undefined {
  if (check.tests === "none" || tests === undefined || baseline === undefined) return undefined;
  const before = succeeded(baseline.exit) ? (baseline.tests?.failed ?? 0) : 0;
  if (tests.failed <= before) return undefined;
  return {
    code: "gate.failures_ignored",
    says: `${check.name} exited 0 although ${tests.runner} counted ${tests.failed} failed ${tests.failed === 1 ? "test" : "tests"}`,
    measures: { failed: tests.failed, before },
    evidence: [{ excerpt: check.run }],
  };
}

function fewerTests(
  check: GateCheck,
  tests: TestCount | undefined,
  baseline: CheckRow | undefined,
): readonly Finding[] {
  const before = baseline?.tests;
  // Counts of two runners have different units: plain `go test` counts packages.
  if (check.tests === "none" || tests === undefined || before === undefined || tests.runner !== before.runner)
    return [];
  if (tests.executed >= before.executed) return [];
  return [
    {
      code: "gate.fewer_tests_than_baseline",
      says: `${check.name} executed ${tests.executed} tests; on the untouched base it executed ${before.executed}`,
      measures: {
        executed: tests.executed,
        before: before.executed,
        skipped: tests.skipped,
        skippedBefore: before.skipped,
      },
      evidence: [{ excerpt: check.run }],
    },
  ];
}

function sameFailure(baseline: CheckRow | undefined, signature: Signature): boolean {
  return baseline !== undefined && !baseline.passed && baseline.signature === signature.digest;
}

function countSays({ passed, failed, skipped, runner }: TestCount): string {
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${parts.join(", ")} (${runner})`;
}

function headlineOf(output: string): string {
  const lines = plainLines(output);
  // Runners put the time after a test's title; it is no part of what went wrong.
  const line = (lines[headlineAt(lines)] ?? "").trim().replace(/ \(\d+(\.\d+)?\s?m?s\)$/, "");
  return line === "" ? "no output" : line;
}

const saysAtMost = 300;

function says(text: string): string {
  return text.length <= saysAtMost ? text : `${text.slice(0, saysAtMost - 1)}…`;
}
