import { h } from "preact";
import type { ComponentChild } from "preact";
import { bytes, count, duration, number } from "../amounts.ts";
import { failingExcerpt } from "../failing-lines.ts";
import { lastFailures } from "../last-failures.ts";
import type { CheckOutput, PatchFile, RunReport } from "../report-model.ts";
import { cellMarks } from "../state-words.ts";
import { shorten } from "../visible-text.ts";
import { markTag } from "./page-parts.ts";

/** Bytes of outputs and of the patch that the page shows, and code units of one line. */
const shownAtMost = { outputs: 1_200_000, patch: 600_000, line: 2000 } as const;

export function patchFiles({ patch }: RunReport): readonly ComponentChild[] {
  let room: number = shownAtMost.patch;
  return patch.files.map((file, index) => {
    const changed = file.hunks === "" ? [] : file.hunks.replace(/\n$/, "").split("\n");
    const shown = takeLines(changed, room);
    room -= sizeOfLines(shown);
    return h("details", { class: "paper", open: index === 0 }, [
      h("summary", null, [
        h("code", null, file.path),
        ` ${about(file)} `,
        h("span", { class: "right" }, [
          h("span", { class: "good" }, `+${number(file.added)}`),
          " ",
          h("span", { class: "bad" }, `−${number(file.removed)}`),
        ]),
      ]),
      changed.length === 0
        ? h("p", { class: "meta" }, file.binary ? "A binary file: no lines to show." : "No lines changed.")
        : h("pre", { tabIndex: 0, "aria-label": `changes of ${file.path}` }, shown.map(patchLine)),
      shown.length < changed.length
        ? h(
            "p",
            { class: "meta" },
            `${count(changed.length - shown.length, "line")} left out: this page would be too large. The patch is whole in the evidence bundle.`,
          )
        : undefined,
    ]);
  });
}

function about(file: PatchFile): string {
  const from = file.from === undefined ? "" : ` from ${file.from}`;
  return file.status === "modified" ? "" : `${file.status}${from}`;
}

function patchLine(line: string): ComponentChild {
  const kind = line.startsWith("@@ ")
    ? " hunk"
    : line.startsWith("+")
      ? " add"
      : line.startsWith("-")
        ? " del"
        : "";
  return h("span", { class: `l${kind}` }, shorten(line, shownAtMost.line));
}

/** Every output of a check, the failing ones of the last gate first and the first of them open at its first failing line. */
export function outputBlocks(report: RunReport): readonly ComponentChild[] {
  const failing = lastFailures(report);
  const first = failing[0];
  const rest = report.outputs.filter((output) => !failing.includes(output)).toReversed();
  const total = report.outputs.reduce((sum, output) => sum + sizeOfLines(output.text.split("\n")), 0);
  // Below the limit nothing is cut; above it every output keeps the same room around its first failing line.
  const share =
    total <= shownAtMost.outputs
      ? Infinity
      : Math.floor(shownAtMost.outputs / Math.max(1, report.outputs.length));
  return [...failing, ...rest].map((output) => outputBlock(output, output === first, share));
}

function outputBlock(output: CheckOutput, open: boolean, share: number): ComponentChild {
  const mark = cellMarks[output.state];
  const all = output.text.replace(/\n+$/, "").split("\n");
  const failed = output.state !== "passed" && output.state !== "flaky";
  const found = failingExcerpt(output.text);
  const failingAt = failed ? found.failing : undefined;
  const start = failed ? found.start : Math.max(0, all.length - 40);
  const excerpt = takeLines(all.slice(start, start + 40), share);
  const end = start + excerpt.length;
  const spared = Math.max(0, share - sizeOfLines(excerpt));
  const before = takeLines(all.slice(0, start).toReversed(), spared / 2).toReversed();
  const after = takeLines(all.slice(end), spared / 2);
  const left = all.length - before.length - excerpt.length - after.length;
  const empty = output.text.trim() === "";
  return h("details", { open, class: failed ? "paper" : undefined }, [
    h("summary", null, [
      markTag(mark),
      h("strong", null, output.check),
      ` ${output.iteration === 0 ? "on the base" : `attempt ${output.iteration}`}${output.phase === "rerun" ? ", rerun" : ""} `,
      h("span", { class: "right" }, `${output.ended} · ${duration(output.durationMs)}`),
    ]),
    h("div", { class: "meta", id: output.id }, [
      h("div", null, [h("code", null, output.command)]),
      h("div", null, output.says),
      h("div", null, facts(output)),
    ]),
    empty ? h("p", { class: "meta" }, "The command printed nothing.") : undefined,
    folded(before, start - before.length, "before"),
    empty ? undefined : lines(excerpt, start, failingAt, `output of ${output.check}`),
    folded(after, end, "after"),
    left > 0
      ? h(
          "p",
          { class: "meta" },
          `${count(left, "line")} left out: this page would be too large. The ledger has what was kept of the output.`,
        )
      : undefined,
  ]);
}

function facts(output: CheckOutput): string {
  const tests = output.tests;
  return [
    ...(tests === undefined
      ? []
      : [
          `${count(tests.executed, "test")} ran (${tests.runner}): ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`,
        ]),
    output.truncated
      ? `${bytes(output.bytes)} printed, head and tail kept`
      : `${bytes(output.bytes)} printed`,
    ...(output.artifact === undefined ? [] : [`whole output: artifact ${output.artifact.slice(0, 12)}`]),
    output.diff.slice(0, 17),
  ].join(" · ");
}

function folded(shown: readonly string[], from: number, where: string): ComponentChild {
  if (shown.length === 0) return undefined;
  return h("details", null, [
    h("summary", null, `${count(shown.length, "line")} ${where}`),
    lines(shown, from, undefined, `lines ${where}`),
  ]);
}

function lines(
  shown: readonly string[],
  from: number,
  failing: number | undefined,
  label: string,
): ComponentChild {
  return h(
    "pre",
    { tabIndex: 0, "aria-label": label },
    shown.map((line, index) => {
      const place = h("span", { class: "n", "aria-hidden": "true" }, String(from + index + 1));
      const text = shorten(line, shownAtMost.line);
      return from + index === failing
        ? h("mark", { class: "l" }, [place, text])
        : h("span", { class: "l" }, [place, text]);
    }),
  );
}

function takeLines(all: readonly string[], room: number): readonly string[] {
  let used = 0;
  const end = all.findIndex((line) => {
    used += sizeOfLine(line);
    return used > room;
  });
  return end === -1 ? all : all.slice(0, end);
}

function sizeOfLines(all: readonly string[]): number {
  return all.reduce((sum, line) => sum + sizeOfLine(line), 0);
}

// What a line takes in the page: its elements, its bytes, and the entities that `<`, `&` and `"` become.
function sizeOfLine(line: string): number {
  const shown = shorten(line, shownAtMost.line);
  return 75 + Buffer.byteLength(shown) + 5 * (shown.match(/[<&"]/g)?.length ?? 0);
}
