import { projects } from "./cases.ts";
import type { Project } from "./cases.ts";
import type { Measured, OrdinaryResult, VariantResult } from "./measure.ts";
import { notes } from "./notes.ts";
import { judgeOrdinary, judgeVariant } from "./right.ts";
import type { Rightness } from "./right.ts";

interface Row {
  readonly cells: readonly string[];
}

/** The terminal's table: a line for each run. */
export function renderTable(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ project, main, ordinary }) => [
    ...main.variants.map((one) => [
      project,
      one.variant,
      one.plain,
      one.decided?.verdict ?? "",
      one.decided?.stop ?? "",
      String(one.decided?.exit ?? ""),
      one.decided === undefined ? "" : `${one.decided.seconds.toFixed(0)} s`,
      judgeVariant(one).kind,
    ]),
    ...ordinary.map((one) => [
      project,
      `fix ${one.commit}`,
      one.plain ?? "",
      one.decided.verdict,
      one.decided.stop,
      String(one.decided.exit),
      `${one.decided.seconds.toFixed(0)} s`,
      judgeOrdinary(one).kind,
    ]),
  ]);
  const all = [["project", "what", "tests alone", "verdict", "stop", "exit", "time", "decision"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** docs/evidence.md: own words, names and numbers only; nothing that a repository or its tests print. */
export function renderDocument(measured: readonly Measured[]): string {
  const found = measured.flatMap((one) => {
    const project = projects.find(({ name }) => name === one.project);
    return project === undefined ? [] : [{ one, project }];
  });
  return `${[
    "# Evidence on real input",
    "",
    "<!-- Written by `npm run evidence -- --write`; edit bench/evidence, not this page. -->",
    "",
    ...introduction,
    "",
    "## Totals",
    "",
    ...inShort(measured),
    "",
    ...totals(measured),
    "",
    ...wrongDecisions(measured),
    "",
    ...found.flatMap(({ one, project }) => [...section(one, project), ""]),
    "## What this has found",
    "",
    ...findings,
    "",
    "## Ordinary fixes: how often a right fix is turned away",
    "",
    ...ordinarySection(measured),
    "",
    "## Whole fixes and the check of their tests",
    "",
    ...historySection(measured),
    "",
    "## What took part",
    "",
    ...versionLines(measured),
    "",
    "## What this does not show",
    "",
    ...limits,
  ].join("\n")}\n`;
}

const introduction = [
  "Public repositories at the parent of a real bug fix. On top lies one commit with the fix's own tests, so that the",
  "fault shows, and a `surefoot.yaml` whose gate is the repository's own test command. The recorded agent replays the",
  "real fix through `surefoot run`, and then the fix damaged in four ways, all made mechanically from the real diff:",
  "",
  "| variant | what the agent does | the right decision |",
  "|---|---|---|",
  "| right | the source part of the fix | verified |",
  "| wrong file | the lines of the fix as comments at the end of a neighbouring file | not verified |",
  "| tests deleted | the tests of the fix are taken out again; the source stays as it was | not verified |",
  "| tests muted | the tests of the fix are marked to be skipped; the source stays as it was | not verified |",
  "| half | the first half of the hunks of the source part | not verified; where every test passes with it, no gate of tests can tell |",
  "",
  "*The tests alone* is the test command run by itself on the same tree: what a gate that looks at nothing but an exit",
  "code would have said. Each variant is one run of `surefoot run --agent recorded` with the default preset, in a",
  "clone of its own, with its own ledger and key. The recording has one attempt: where surefoot asks for another, the agent adds",
  "nothing, and the run ends by a stop rule.",
  "",
  "To repeat it (git, Node, npm, python3 with pytest, Go; network for the clones and for npm):",
  "",
  "```sh",
  "npm ci && npm run evidence -- --write",
  "```",
  "",
  "`--only <owner/name>` runs one repository, `--mirror <folder>` takes local bare clones (`<owner>+<name>/repo`) instead of the network,",
  "`--save <file>` keeps results between calls.",
];

function inShort(measured: readonly Measured[]): readonly string[] {
  const damaged = measured
    .flatMap(({ main }) => main.variants)
    .filter(({ variant, decided }) => variant !== "right" && decided !== undefined);
  const away = damaged.filter(({ decided }) => decided?.verdict !== "verified").length;
  const green = damaged.filter(({ plain }) => plain === "green").length;
  return [
    `${away} of ${damaged.length} damaged fixes were turned away; the tests alone were green on ${green} of them.`,
  ];
}

function totals(measured: readonly Measured[]): readonly string[] {
  const variants = measured.flatMap(({ main }) => main.variants);
  const names = [...new Set(variants.map(({ variant }) => variant))];
  const ordinary = measured.flatMap((one) => one.ordinary);
  const row = (title: string, judged: readonly Rightness[], fooled: string): Row => {
    const of = (kind: Rightness["kind"]): string => String(judged.filter((one) => one.kind === kind).length);
    return {
      cells: [title, String(judged.length), of("right"), of("wrong"), of("untold"), of("unusable"), fooled],
    };
  };
  const rows = [
    ...names.map((name) => {
      const these = variants.filter(({ variant }) => variant === name);
      return row(
        name,
        these.map(judgeVariant),
        name === "right" ? "" : `${these.filter(({ plain }) => plain === "green").length}`,
      );
    }),
    row("ordinary fixes", ordinary.map(judgeOrdinary), ""),
  ];
  return table(
    [
      "",
      "cases",
      "right decisions",
      "wrong decisions",
      "no test tells",
      "not usable",
      "damaged, and the tests alone were green",
    ],
    rows,
  );
}

function wrongDecisions(measured: readonly Measured[]): readonly string[] {
  const wrong = measured.flatMap(({ project, main, ordinary }) => [
    ...main.variants.flatMap((one) => listed(project, one.variant, judgeVariant(one))),
    ...ordinary.flatMap((one) => listed(project, one.commit, judgeOrdinary(one))),
  ]);
  return wrong.length === 0
    ? ["Every decision was right."]
    : ["Not right, or a case that says nothing, with the reason:", "", ...wrong];
}

function listed(project: string, what: string, judged: Rightness): readonly string[] {
  if (judged.kind === "right") return [];
  const note = notes[`${project} ${what}`];
  return [`- ${project}, ${what}: ${judged.kind}, ${judged.says}${note === undefined ? "" : `: ${note}`}`];
}

function section({ main }: Measured, project: Project): readonly string[] {
  const { commit, bug, chosen } = project.main;
  return [
    `## ${project.name} (${project.language})`,
    "",
    bug,
    "",
    `Fix: [\`${commit.slice(0, 12)}\`](https://github.com/${project.name}/commit/${commit}), ${main.hunks} hunks in the source. Chosen because: ${chosen}.`,
    "",
    `Gate: \`${project.test}\` (${project.testSays}). Setup: ${project.setup.map((command) => `\`${command}\``).join(", ") || "none"}.`,
    "",
    ...table(
      ["variant", "the tests alone", "verdict", "stop", "exit", "why", "time", "decision"],
      main.variants.map((one) => ({
        cells: [
          one.variant,
          one.plain,
          one.decided?.verdict ?? "",
          one.decided === undefined ? "" : `\`${one.decided.stop}\``,
          String(one.decided?.exit ?? ""),
          whyOf(one),
          one.decided === undefined ? "" : `${one.decided.seconds.toFixed(0)} s`,
          decisionOf(judgeVariant(one)),
        ],
      })),
    ),
    "",
    `Repeat: \`npm run evidence -- --only ${project.name}\``,
  ];
}

function decisionOf(judged: Rightness): string {
  return judged.kind === "right" ? judged.kind : `${judged.kind}: ${judged.says}`;
}

function whyOf({ decided }: Pick<VariantResult, "decided">): string {
  if (decided === undefined) return "";
  const said = [
    ...decided.findings.map((code) => `\`${code}\``),
    ...[...new Set(decided.refused)].map((rule) => `refused by \`${rule}\``),
  ];
  if (decided.gate === "failed") said.push("the gate stayed red");
  if (decided.gate === "passed" && decided.verdict === "verified") said.push("the gate turned green");
  if (decided.gate === "passed" && decided.verdict !== "verified")
    said.push("although the gate's command exited 0");
  return said.join(", ");
}

function ordinarySection(measured: readonly Measured[]): readonly string[] {
  const all = measured.flatMap((one) => one.ordinary);
  const judged = all.map(judgeOrdinary);
  const usable = judged.filter(({ kind }) => kind !== "unusable").length;
  const wrong = judged.filter(({ kind }) => kind === "wrong").length;
  return [
    "The five newest other commits of each repository whose subject says fix or bug and that change source and tests in",
    "at most eight files, taken as they come. The agent replays the source part; the tests lie on the base.",
    "",
    ...table(
      ["repository", "commit", "hunks", "gate before", "verdict", "stop", "decision"],
      measured.flatMap(({ project, ordinary }) =>
        ordinary.map((one) => ({
          cells: [
            project,
            `[\`${one.commit}\`](https://github.com/${project}/commit/${one.commit})`,
            String(one.hunks),
            baselineOf(one),
            one.decided.verdict,
            `\`${one.decided.stop}\``,
            decisionOf(judgeOrdinary(one)),
          ],
        })),
      ),
    ),
    "",
    `Right fixes turned away: ${wrong} of ${usable} in which the repository's tests pass with the fix.`,
  ];
}

function baselineOf({ decided }: OrdinaryResult): string {
  switch (decided.baseline) {
    case "failed":
      return "red";
    case "passed":
      return "green: these tests do not show the fault here";
    default:
      return decided.baseline;
  }
}

function historySection(measured: readonly Measured[]): readonly string[] {
  const fixes = measured.reduce((sum, { history }) => sum + history.fixes, 0);
  const blocked = measured.flatMap(({ project, history }) =>
    history.blocked.map((one) => ({ project, ...one })),
  );
  const mistaken = blocked.filter(({ project, commit }) =>
    notes[`${project} ${commit}`]?.startsWith("false alarm"),
  ).length;
  return [
    "A real agent writes tests too. The newest fixes of each repository (up to a hundred, chosen by the same rule) as",
    "people made them, source and tests together, given to the check that looks for removed, muted and weakened tests. No gate",
    `is run here. It would ask for a waiver in ${blocked.length} of ${fixes}. Looked at by hand, ${mistaken} of these are false alarms; in`,
    `the other ${blocked.length - mistaken} a test did go or was muted, as the check says, and the people who did it had their reasons:`,
    "",
    ...table(
      ["repository", "fixes", "blocked"],
      measured.map(({ project, history }) => ({
        cells: [project, String(history.fixes), String(history.blocked.length)],
      })),
    ),
    "",
    ...(blocked.length === 0
      ? []
      : table(
          ["repository", "commit", "codes", "looked at by hand"],
          blocked.map(({ project, commit, codes }) => ({
            cells: [
              project,
              `[\`${commit}\`](https://github.com/${project}/commit/${commit})`,
              codes.map((code) => `\`${code}\``).join(", "),
              notes[`${project} ${commit}`] ?? "not looked at",
            ],
          })),
        )),
  ];
}

function versionLines(measured: readonly Measured[]): readonly string[] {
  const all = new Map(measured.flatMap(({ versions }) => Object.entries(versions)));
  return [[...all].map(([name, version]) => `${name} ${version}`).join(", ")];
}

const findings = [
  "- The first run of *tests deleted* on npm/node-semver was verified, wrongly. Its cases are rows in tables of fixtures: taking",
  "  the failing rows out removes no test and no assertion, and TAP counts one test before and after. Since then the",
  "  check of the tests in a diff counts the rows of tables (`tests.weakened`). Still open: counts of executed tests take",
  "  TAP's top level only, so fewer assertions below one test are not noticed by number.",
  "- In expressjs/express the fault ends the test run after 19 tests. A baseline that broke off is no measure for how many tests",
  "  must run, so `gate.fewer_tests_than_baseline` was silent there and only the look at the diff turned the damage away.",
];

const limits = [
  "- The damage is mechanical. An agent that writes a plausible wrong fix which the tests accept is verified: a gate knows no",
  "  more than its tests.",
  "- The tests of the fix lie on the base, as if somebody had reported the fault with a failing test.",
  "- Times are of one run each on a machine that had other work; they show the order of magnitude only.",
];

function table(heads: readonly string[], rows: readonly Row[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(({ cells }) => line(cells))];
}
