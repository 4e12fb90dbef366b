import assert from "node:assert/strict";
import { test } from "node:test";
import { entryOf } from "../../../src/core/chain.ts";
import { openSession, step } from "../../../src/core/session.ts";
import { renderForAgent } from "../../../src/report/render-for-agent.ts";
import { renderJson } from "../../../src/report/render-json.ts";
import { markdownLimit, renderMarkdown } from "../../../src/report/render-markdown.ts";
import { liveLine, progressLine } from "../../../src/report/render-progress.ts";
import { renderTerminal } from "../../../src/report/render-terminal.ts";
import { width } from "../../../src/report/screen-text.ts";
import { matchesGolden } from "./golden.ts";
import { chained, checkRow, patch, reportOf, said } from "./sample-parts.ts";
import { opening, rejectedRun, stoppedRun, verifiedRun } from "./sample-runs.ts";

const samples = [
  { name: "verified", report: reportOf(verifiedRun(), { recorded: true, patch }) },
  {
    name: "stopped",
    report: reportOf(stoppedRun(), { patch, links: { html: "bundle/report.html", bundle: "bundle" } }),
  },
  { name: "rejected", report: reportOf(rejectedRun(), { patch }) },
] as const;

for (const { name, report } of samples) {
  test(`the terminal shows the ${name} run as reviewed`, () => {
    matchesGolden(`${name}.txt`, renderTerminal(report, { colour: false, columns: 80 }));
  });

  test(`Markdown shows the ${name} run as reviewed`, () => {
    matchesGolden(`${name}.md`, renderMarkdown(report));
  });

  test(`the next attempt of the ${name} run is told what was reviewed`, () => {
    matchesGolden(`${name}-for-agent.md`, renderForAgent(report));
  });

  test(`JSON of the ${name} run is one document as reviewed`, () => {
    const text = renderJson(report);
    assert.equal((JSON.parse(text) as { schemaVersion: unknown }).schemaVersion, 1);
    matchesGolden(`${name}.json`, text);
  });

  test(`the ${name} run fits every width of a terminal, copied commands apart`, () => {
    for (const columns of [40, 60, 80, 120]) {
      const commands = new Set(report.next.map((next) => `  ${next.command ?? ""}`));
      const wide = renderTerminal(report, { colour: false, columns })
        .split("\n")
        .filter(
          (line) =>
            width(line) > columns &&
            !commands.has(line) &&
            !line.startsWith("  Report") &&
            !line.startsWith("  Bundle"),
        );
      assert.deepEqual(wide, [], `at ${columns} columns`);
    }
  });

  test(`colour only repeats what the ${name} run says in words`, () => {
    const plain = renderTerminal(report, { colour: false, columns: 80 });
    const coloured = renderTerminal(report, { colour: true, columns: 80 });
    // eslint-disable-next-line no-control-regex -- the codes are what is looked for
    const codes = /\u001b\[[0-9;]*m/g;
    assert.ok(!plain.includes("\u001b"));
    assert.match(coloured, codes);
    assert.equal(coloured.replace(codes, ""), plain);
  });
}

test("progress is one line for each change of state", () => {
  let session = openSession("r-7f3a90c1");
  const lines: string[] = [];
  for (const entry of verifiedRun().map(entryOf)) {
    session = step(session, entry);
    const line = progressLine(session, entry);
    if (line !== undefined) lines.push(line);
  }
  matchesGolden("verified-progress.txt", `${lines.join("\n")}\n`);
});

test("the live line follows an attempt and never outgrows the terminal", () => {
  let session = openSession("r-7f3a90c1");
  const lines: string[] = [];
  for (const entry of verifiedRun().map(entryOf)) {
    session = step(session, entry);
    const line = liveLine(session, { columns: 60 });
    assert.ok(width(line) <= 60, line);
    if (lines.at(-1) !== line) lines.push(line);
  }
  matchesGolden("verified-live.txt", `${lines.join("\n")}\n`);
});

test("hostile text reaches no terminal, no mention, no issue and no table", () => {
  const nasty = "\u001b]0;title\u0007\u001b[2Jfixes #12 @octocat | <img src=x> `x` \u202ereversed \u0007bell";
  const rows = chained("r-nasty", [
    ...opening("r-nasty", nasty),
    {
      type: "check.finished",
      row: checkRow({
        check: nasty,
        passed: false,
        says: nasty,
        output: said(`${nasty}\nError: ${nasty}\n\`\`\`\`\n# out of the fence`),
      }),
    },
    {
      type: "decision.made",
      iteration: 1,
      decision: { kind: "stop", reason: "not_actionable", says: nasty, next: nasty },
    },
  ]);
  const report = reportOf(rows);
  const terminal = renderTerminal(report, { colour: false, columns: 80 });
  // eslint-disable-next-line no-control-regex -- control characters must be gone
  assert.doesNotMatch(terminal, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  assert.match(terminal, /\[U\+202E\]reversed ␇bell/);
  const markdown = renderMarkdown(report);
  const outsideCode = markdown
    .replace(/^(`{3,})text\n[\s\S]*?^\1$/gm, "")
    .replace(/(`+) ?[\s\S]*?[^`]\1(?!`)/g, "");
  assert.doesNotMatch(outsideCode, /@octocat|#12|(?<!\\)<img|# out of the fence/);
  assert.equal(
    new Set(
      markdown
        .split("\n")
        .filter((line) => /^\| (base|attempt)|^\| {2}\| change|^\| - \|/.test(line))
        .map((line) => line.replace(/\\\|/g, "").split("|").length),
    ).size,
    1,
  );
});

test("Markdown stays below the limit and names what it left out", () => {
  const noise = Array.from({ length: 400 }, (_, index) => `Error: line ${index} ${"x".repeat(600)}`).join(
    "\n",
  );
  const checks = Array.from({ length: 12 }, (_, index) =>
    checkRow({ check: `check-${index}`, passed: false, output: said(noise), says: "y".repeat(390) }),
  );
  const report = reportOf(
    chained("r-long", [
      ...opening("r-long", "codex"),
      ...checks.map((row) => ({ type: "check.finished", row }) as const),
    ]),
  );
  const whole = renderMarkdown(report);
  assert.ok(whole.length <= markdownLimit, `${whole.length} characters`);
  assert.match(whole, /_Left out for length: output of check-/);
  for (const limit of [1000, 3000, 20_000])
    assert.ok(renderMarkdown(report, { limit }).length <= limit, `limit ${limit}`);
  assert.ok(renderForAgent(report).length <= 16_000);
});

test("a session that has only begun has a report without a verdict", () => {
  const report = reportOf(chained("r-new", opening("r-new", "codex").slice(0, 1)));
  assert.deepEqual([report.verdict, report.stop, report.exit], ["unfinished", undefined, undefined]);
  assert.match(renderTerminal(report, { colour: false, columns: 80 }), /^… UNFINISHED\n/);
  assert.match(renderMarkdown(report), /^### … surefoot: Unfinished/);
  assert.deepEqual(reportOf([]).events, []);
});
