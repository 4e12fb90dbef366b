import type { CellState, ClaimRow, ReportVerdict } from "./report-model.ts";

export type Tone = "good" | "bad" | "warn" | "quiet";

/** A state is always shown as glyph and word; colour only repeats what they say. */
export interface Mark {
  readonly glyph: string;
  readonly word: string;
  readonly tone: Tone;
}

export const cellMarks: Readonly<Record<CellState, Mark>> = {
  passed: { glyph: "✓", word: "pass", tone: "good" },
  failed: { glyph: "✗", word: "fail", tone: "bad" },
  known: { glyph: "=", word: "red before", tone: "warn" },
  waived: { glyph: "~", word: "waived", tone: "warn" },
  flaky: { glyph: "≈", word: "flaky", tone: "warn" },
  unrunnable: { glyph: "!", word: "cannot run", tone: "bad" },
  not_run: { glyph: "·", word: "not run", tone: "quiet" },
};

/** How a check that failed before the first attempt stands now. */
export function nowWords(now: CellState): string {
  return now === "passed" || now === "flaky"
    ? "passes now"
    : now === "not_run"
      ? "was not run again"
      : "still fails";
}

export const verdictMarks: Readonly<Record<ReportVerdict, Mark>> = {
  verified: { glyph: "✓", word: "VERIFIED", tone: "good" },
  rejected: { glyph: "✗", word: "REJECTED", tone: "bad" },
  stopped: { glyph: "■", word: "STOPPED", tone: "bad" },
  unguarded: { glyph: "!", word: "NOT GUARDED", tone: "bad" },
  could_not_verify: { glyph: "?", word: "COULD NOT VERIFY", tone: "warn" },
  unfinished: { glyph: "…", word: "UNFINISHED", tone: "warn" },
};

export const claimMarks: Readonly<Record<ClaimRow["shown"], Mark>> = {
  true: { glyph: "✓", word: "shown", tone: "good" },
  not_true: { glyph: "✗", word: "not true", tone: "bad" },
  unclaimed: { glyph: "!", word: "not claimed", tone: "warn" },
  unknown: { glyph: "?", word: "unknown", tone: "quiet" },
};

export const severityMarks = {
  block: { glyph: "✗", word: "block", tone: "bad" },
  warn: { glyph: "!", word: "warn", tone: "warn" },
  info: { glyph: "·", word: "info", tone: "quiet" },
} as const satisfies Record<string, Mark>;
