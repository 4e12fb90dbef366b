/** One hunk of a diff, told as the file reads before and as it reads after. */
export interface Hunk {
  /** The line that git prints behind `@@` for orientation, often the head of the enclosing function. */
  readonly heading: string;
  readonly before: readonly SideLine[];
  readonly after: readonly SideLine[];
}

export interface SideLine {
  readonly text: string;
  /** Removed (before) or added (after); otherwise it stands on both sides. */
  readonly changed: boolean;
  /** In the head version, from 1; of a removed line, where it stood. */
  readonly line: number;
}

/** Reads unified hunks. Text that is no hunk is skipped; `\ No newline` marks are not lines. */
export function readHunks(hunks: string): readonly Hunk[] {
  const found: { heading: string; before: SideLine[]; after: SideLine[] }[] = [];
  let line = 0;
  for (const raw of hunks.split("\n")) {
    const head = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@ ?(.*)$/.exec(raw);
    if (head !== null) {
      // A hunk without head lines names the line before it.
      line = Number(head[1]) + (head[2] === "0" ? 1 : 0);
      found.push({ heading: String(head[3]), before: [], after: [] });
      continue;
    }
    const hunk = found.at(-1);
    if (hunk === undefined || raw === "" || raw.startsWith("\\")) continue;
    const text = raw.slice(1).replace(/\r$/, "");
    if (raw.startsWith("-")) hunk.before.push({ text, changed: true, line: Math.max(1, line) });
    else if (raw.startsWith("+")) hunk.after.push({ text, changed: true, line: line++ });
    else {
      hunk.before.push({ text, changed: false, line });
      hunk.after.push({ text, changed: false, line });
      line++;
    }
  }
  return found;
}
