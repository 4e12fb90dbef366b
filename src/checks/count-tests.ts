import type { TestCount } from "../core/test-count.ts";
import { countJunit } from "./junit.ts";
import { readers } from "./test-count/index.ts";
import type { Reading } from "./test-count-reader.ts";

/**
 * How many tests a command ran, by its output and, where given, the JUnit XML files that it wrote. `undefined` means that
 * nobody recognised anything, which is different from a count of zero. What a program prints is its own word: a command
 * that imitates a runner's summary cannot be told from the runner.
 */
export function countTests(output: string, junit: readonly string[] = []): TestCount | undefined {
  const printed = sum(streamsOf(output).flatMap(readStream));
  const written = countJunit(junit);
  if (written === undefined || printed === undefined) return written ?? printed;
  // With equal totals both tell of the same run. Jest and AVA write a todo as a pass into JUnit, so the runner's own
  // words are finer.
  return allOf(printed) === allOf(written) ? printed : written;
}

interface Named extends Reading {
  readonly runner: string;
}

function sum(readings: readonly Named[]): TestCount | undefined {
  if (readings.length === 0) return undefined;
  const add = (field: "passed" | "failed" | "skipped"): number =>
    readings.reduce((total, reading) => total + reading[field], 0);
  return {
    executed: add("passed") + add("failed"),
    passed: add("passed"),
    failed: add("failed"),
    skipped: add("skipped"),
    runner: [...new Set(readings.map((reading) => reading.runner))].sort().join(" + "),
  };
}

// Where two readers explain the same lines, the one that explains more of them understood the format: node:test's TAP
// is also TAP, and Cypress prints Mocha's words inside its own frame.
function readStream(lines: readonly string[]): readonly Named[] {
  const all = readers
    .flatMap((reader) => reader.read(lines).map((reading) => ({ ...reading, runner: reader.id })))
    .sort((a, b) => b.to - b.from - (a.to - a.from));
  const kept: Named[] = [];
  for (const reading of all)
    if (!kept.some((other) => other.runner !== reading.runner && overlap(other, reading))) kept.push(reading);
  return kept;
}

function overlap(a: Reading, b: Reading): boolean {
  return a.from <= b.to && b.from <= a.to;
}

// pnpm, Turborepo and Yarn put the package's name in front of each line and mix the lines of several packages.
const prefixed =
  /^(@?[\w.-]+(?:\/[\w.-]+)* test(?:[:.-][\w:.-]+)?: |@?[\w.-]+(?:\/[\w.-]+)*:test(?:[:.-][\w:.-]+)?: |\[@?[\w.-]+(?:\/[\w.-]+)*\]: )(.*)$/;

function streamsOf(output: string): readonly (readonly string[])[] {
  const streams = new Map<string, string[]>();
  for (const line of plain(output).split("\n")) {
    const found = line.length > 2000 ? null : prefixed.exec(line);
    const key = found?.[1] ?? "";
    const stream = streams.get(key) ?? [];
    stream.push((found?.[2] ?? line).trimEnd());
    streams.set(key, stream);
  }
  return [...streams.values()];
}

// Colours, cursor movement, hyperlinks; a carriage return starts a line anew, as a terminal shows it.
// eslint-disable-next-line no-control-regex -- control codes are what is being removed
const control = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

function plain(output: string): string {
  return output.replace(control, "").replace(/\r\n?/g, "\n");
}

function allOf(count: TestCount): number {
  return count.executed + count.skipped;
}
