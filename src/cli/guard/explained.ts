import type { Action, Effect, Facts, FileText, Judgement, Verdict } from "../../core/action.ts";
import { matchedText, subject } from "../../guard/says.ts";

/** The judgement spelled out: what was read, what it would do, what was known, which rules decided, the safer way. */
export function explainJudgement(action: Action, judgement: Judgement, verdict: Verdict): string {
  const { effects, reasons, facts } = judgement;
  const lines = [
    section(verdictLine(judgement.verdict, verdict), [subject(action)]),
    ...(judgement.unfolded === undefined
      ? []
      : [
          section(
            "How it is read",
            judgement.unfolded.map(({ by, text }) => `${by} → ${text}`),
          ),
        ]),
    section(
      "What it would do",
      effects.length === 0 ? ["nothing that the guard looks at"] : effects.map(effectLine),
    ),
    section("What was known", factLines(facts)),
    section(
      "Rules",
      reasons.length === 0
        ? ["none fired"]
        : reasons.map(
            (reason) => `${reason.verdict}  ${reason.rule}: ${reason.says} — ${matchedText(reason, action)}`,
          ),
    ),
  ];
  const { second } = judgement;
  if (second !== undefined)
    lines.push(
      section("Second opinion", [
        `${second.model}: ${second.answer}${second.binding ? "" : " (not calibrated, so it changes nothing)"} — ${second.says}`,
      ]),
    );
  const lifted = (judgement.lifted ?? []).map(
    ({ reason, by }) =>
      `${by} lifts ${reason.verdict}  ${reason.rule}: ${reason.says} — ${matchedText(reason, action)}`,
  );
  const steps = [...new Set(reasons.flatMap((reason) => reason.instead ?? []))];
  const allowed = lifted.length === 0 ? [] : [section("Allowed by the policy", lifted)];
  return [...lines, ...allowed, ...(steps.length === 0 ? [] : [section("A safer way", steps)])].join("\n");
}

const linesAtMost = 40;

function section(title: string, lines: readonly string[]): string {
  const shown = lines.slice(0, linesAtMost).map((line) => `  ${line.replace(/\n/g, "\n  ")}\n`);
  const rest = lines.length > linesAtMost ? `  … and ${lines.length - linesAtMost} more\n` : "";
  return `${title}\n${shown.join("")}${rest}`;
}

function verdictLine(judged: Verdict, bound: Verdict): string {
  return judged === bound
    ? `Verdict: ${judged}`
    : `Verdict: ${bound} (judged ${judged}, but those rules only observe)`;
}

function effectLine(effect: Effect): string {
  switch (effect.kind) {
    case "read":
    case "write":
    case "delete": {
      const tree = effect.recursive ? " with all that is in it" : "";
      const where =
        effect.path ?? (effect.under === undefined ? "something unknown" : `something in ${effect.under}`);
      return `${effect.kind}s ${where}${tree}${effect.by === undefined ? "" : ` (${effect.by})`}`;
    }
    case "execute":
      return `runs ${words([effect.program, ...effect.args])}${inFolder(effect.cwd)}`;
    case "git":
      return `runs git ${words([effect.operation, ...effect.args])}${inFolder(effect.cwd)}`;
    case "network":
      return `reaches ${effect.target ?? "an unknown address"}`;
    case "opaque":
      return `something that cannot be known: ${effect.what}`;
  }
}

const wordsAtMost = 200;

function words(list: readonly (string | undefined)[]): string {
  const line = list
    .map((word) => word ?? "<unknown>")
    .join(" ")
    .replace(/\s+/g, " ");
  return line.length > wordsAtMost ? `${line.slice(0, wordsAtMost - 1)}…` : line;
}

function inFolder(cwd: string | undefined): string {
  return ` in ${cwd ?? "an unknown folder"}`;
}

function factLines(facts: Facts): readonly string[] {
  const { paths, aliases, tempDirs, guarded, texts, digests, history, packages, ...plain } = facts;
  const each = <T>(values: Readonly<Record<string, T>> | undefined, says: (value: T) => string) =>
    Object.entries(values ?? {}).map(([name, value]) => `${name}: ${says(value)}`);
  return [
    ...each(plain, (value) => (value === "" ? "(none)" : String(value))),
    ...(tempDirs === undefined ? [] : [`tempDirs: ${tempDirs.join(", ")}`]),
    ...(guarded === undefined ? [] : [`guarded: ${guarded.join(", ")}`]),
    ...each(aliases, (value) => (value === "" ? "no git alias" : `git alias of ${value}`)),
    ...each(paths, (fact) =>
      Object.entries(fact)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(", "),
    ),
    ...each(texts, textFact),
    ...each(digests, (digest) => `now ${digest.slice(0, 12)}`),
    ...(history === undefined ? [] : historyLines(history)),
    ...each(packages, packageFact),
  ];
}

function textFact(fact: FileText): string {
  switch (fact.kind) {
    case "text":
      return `read, ${fact.text.split("\n").length} lines`;
    case "absent":
      return "no such file";
    case "unreadable":
      return `not read: ${fact.says}`;
  }
}

function historyLines(history: NonNullable<Facts["history"]>): readonly string[] {
  if (history === "unknown") return ["history: unknown"];
  return [
    ...Object.entries(history.seen).map(
      ([path, digest]) =>
        `${path}: seen in this session${digest === "edited" ? " and edited since" : `, ${digest.slice(0, 12)} then`}`,
    ),
    ...history.changed.map((path) => `${path}: changed in this session`),
  ];
}

function packageFact(fact: NonNullable<Facts["packages"]>[string]): string {
  if (fact === "unknown") return "unknown";
  if (fact.locked) return "in the lockfile";
  return fact.near === undefined ? "not in the lockfile" : `not in the lockfile, which holds ${fact.near}`;
}
