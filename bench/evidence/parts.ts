import { parsePatch } from "../../src/core/diff.ts";
import { matchesAny } from "../../src/core/glob.ts";

/** A real fix, taken apart: what mends, what shows the fault, and the paths of everything else. */
export interface Parts {
  readonly source: string;
  readonly tests: string;
  readonly rest: readonly string[];
}

export interface Places {
  /** Globs of source files. A path that is also a test is a test. */
  readonly source: readonly string[];
  readonly tests: readonly string[];
}

/** Splits `git diff` output by path. Every section goes to exactly one part. */
export function splitPatch(patch: string, places: Places): Parts {
  const source: string[] = [];
  const tests: string[] = [];
  const rest: string[] = [];
  for (const section of sectionsOf(patch)) {
    const path = pathOf(section);
    if (matchesAny(path, places.tests)) tests.push(section);
    else if (matchesAny(path, places.source)) source.push(section);
    else rest.push(path);
  }
  return { source: source.join(""), tests: tests.join(""), rest };
}

/** The first half of a patch's hunks, rounded down; of a single hunk the first half of its changes. */
export function halfOf(patch: string): string | undefined {
  const sections = sectionsOf(patch).map(readSection);
  const total = sections.reduce((sum, { hunks }) => sum + hunks.length, 0);
  if (total === 0) return undefined;
  if (total === 1) {
    const only = sections.find(({ hunks }) => hunks.length === 1);
    const halved = halfOfHunk(only?.hunks[0] ?? "");
    return only === undefined || halved === undefined ? undefined : only.header + halved;
  }
  let left = Math.floor(total / 2);
  return sections
    .map(({ header, hunks }) => {
      const kept = hunks.slice(0, left);
      left -= kept.length;
      return kept.length === 0 ? "" : header + kept.join("");
    })
    .join("");
}

export function hunksOf(patch: string): number {
  return sectionsOf(patch).reduce((sum, section) => sum + readSection(section).hunks.length, 0);
}

export function pathsOf(patch: string): readonly string[] {
  return sectionsOf(patch).map(pathOf);
}

/** Texts of the lines that a patch adds, without those that are blank. */
export function addedLines(patch: string): readonly string[] {
  return sectionsOf(patch)
    .flatMap((section) => readSection(section).hunks)
    .flatMap((hunk) => hunk.split("\n"))
    .filter((line) => line.startsWith("+") && line.slice(1).trim() !== "")
    .map((line) => line.slice(1));
}

/** Numbers (from 1, in the new file) of the lines that a patch of one file adds. */
export function addedAt(section: string): readonly number[] {
  return readSection(section).hunks.flatMap((hunk) => {
    const [head = "", ...lines] = hunk.split("\n");
    let at = Number(/\+(\d+)/.exec(head)?.[1] ?? 1);
    const found: number[] = [];
    for (const line of lines) {
      if (line.startsWith("+")) found.push(at);
      if (line.startsWith("+") || line.startsWith(" ") || line === "") at += 1;
    }
    return found;
  });
}

export function sectionsOf(patch: string): readonly string[] {
  return patch.split(/^(?=diff --git )/m).filter((section) => section.startsWith("diff --git "));
}

function pathOf(section: string): string {
  const [file] = parsePatch(section);
  if (file === undefined) throw new Error("a section of a patch names no file");
  return file.path;
}

function readSection(section: string): { readonly header: string; readonly hunks: readonly string[] } {
  const [header = "", ...hunks] = section.split(/^(?=@@ )/m);
  return { header, hunks };
}

// Where the changes stand apart, the first of them; where they stand together, the upper half of what goes and comes.
function halfOfHunk(hunk: string): string | undefined {
  const [head = "", ...lines] = hunk.replace(/\n$/, "").split("\n");
  if (lines.some((line) => line.startsWith("\\"))) return undefined;
  const starts = lines.flatMap((line, at) => (isChange(line) && !isChange(lines[at - 1] ?? " ") ? [at] : []));
  const kept = starts.length > 1 ? keepRuns(lines, starts) : keepUpper(lines);
  const changed = kept.filter(isChange).length;
  if (changed === 0 || changed === lines.filter(isChange).length) return undefined;
  const count = (not: string): number => kept.filter((line) => !line.startsWith(not)).length;
  const title = head.replace(
    /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/,
    (_, from: string, to: string) => `@@ -${from},${count("+")} +${to},${count("-")} @@`,
  );
  return `${[title, ...kept].join("\n")}\n`;
}

function keepRuns(lines: readonly string[], starts: readonly number[]): readonly string[] {
  const end = starts[Math.floor(starts.length / 2)] ?? lines.length;
  return lines.flatMap((line, at) => (at < end ? [line] : undone(line)));
}

function keepUpper(lines: readonly string[]): readonly string[] {
  let removals = Math.ceil(lines.filter((line) => line.startsWith("-")).length / 2);
  let additions = Math.floor(lines.filter((line) => line.startsWith("+")).length / 2);
  return lines.flatMap((line) => {
    if (line.startsWith("-") && removals-- > 0) return [line];
    if (line.startsWith("+") && additions-- > 0) return [line];
    return undone(line);
  });
}

function undone(line: string): readonly string[] {
  if (line.startsWith("+")) return [];
  return [line.startsWith("-") ? ` ${line.slice(1)}` : line];
}

function isChange(line: string): boolean {
  return line.startsWith("+") || line.startsWith("-");
}
