import type { Reading, TestCountReader } from "../test-count-reader.ts";

/** The Test Anything Protocol, versions 12 to 14, whoever writes it (tape, Bats, node-tap, Perl). Only top-level points count. */
export const reader: TestCountReader = {
  id: "tap",
  read(lines) {
    const readings: Reading[] = [];
    const lastPlan = lines.findLastIndex((line) => /^1\.\.\d+/.test(line));
    let open: Stream | undefined;
    lines.forEach((line, index) => {
      if (/^TAP version 1[234]$/.test(line)) {
        close(open, readings);
        open = opened(index, true);
        return;
      }
      const plan = /^1\.\.(\d+)(?:\s*#.*)?$/.exec(line);
      // A second plan belongs to the next program's stream.
      if (plan !== null && (open === undefined || open.planned !== undefined)) {
        close(open, readings);
        open = opened(index);
      }
      if (open === undefined) {
        if (!point.test(line) || index > lastPlan) return;
        open = opened(index);
      }
      take(open, line, index, plan);
    });
    close(open, readings);
    return readings;
  },
};

interface Stream {
  readonly from: number;
  readonly versioned: boolean;
  to: number;
  planned: number | undefined;
  passed: number;
  failed: number;
  skipped: number;
}

// A point needs its number: `ok` at the start of a line is an ordinary word.
const point = /^(not )?ok (\d+)(?:$|[ \t])/;

function opened(index: number, versioned = false): Stream {
  return { from: index, versioned, to: index, planned: undefined, passed: 0, failed: 0, skipped: 0 };
}

function take(stream: Stream, line: string, index: number, plan: RegExpExecArray | null): void {
  if (plan !== null) {
    stream.planned = Number(plan[1]);
    stream.to = index;
    return;
  }
  const found = point.exec(line);
  if (found === null) return;
  stream.to = index;
  // A failing todo is written `not ok … # TODO`: it is not a failure.
  if (/ # (?:skip|todo)\b/i.test(line)) stream.skipped++;
  else if (found[1] === undefined) stream.passed++;
  else stream.failed++;
}

// Without a plan there is no TAP: the stream broke off, or it never was one. A lone `1..2` is a range in some text.
function close(stream: Stream | undefined, readings: Reading[]): void {
  if (stream?.planned === undefined) return;
  const { from, to, planned, versioned, passed, failed, skipped } = stream;
  if (planned > 0 && !versioned && passed + failed + skipped === 0) return;
  readings.push({ from, to, passed, failed, skipped });
}
