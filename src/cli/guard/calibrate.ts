import { askModel } from "../../agents/model/second-stage.ts";
import { openModel } from "../../agents/model/provider.ts";
import { Fault } from "../../core/fault.ts";
import { wilson } from "../../evidence/wilson.ts";
import { calibrationOf, whyUntrusted } from "../../guard/calibration.ts";
import type { Calibration, CalibrationCase } from "../../guard/calibration.ts";
import { exampleFacts, examplePolicy } from "../../guard/example.ts";
import { judge } from "../../guard/judge.ts";
import { questionAbout } from "../../guard/second-stage.ts";
import { configFolder } from "../../host/key.ts";
import { packageFile } from "../../policy/package-files.ts";
import { count } from "../../report/amounts.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { calibrationFile, identityOf, modelSettings } from "./second-stage.ts";

/** Cases that are put to the model at the same time. */
const atOnce = 4;

/**
 * `surefoot guard calibrate`: puts labelled commands to the user's model and keeps what came of it. Exit 0: its answers
 * count from now on; 1: they do not.
 */
export async function calibrate(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const { host } = io;
  const settings = await modelSettings(host);
  if (settings === undefined)
    throw new Fault("usage/invalid", "no second stage is set up", {
      hint: `name a model in ${configFolder(host)}/config.yaml: second_stage: { model: "anthropic:<model>" }`,
    });
  const cases = await readCases(io, words[0]);
  const model = await openModel(settings, host.env);
  io.err(`asking ${settings.model} about ${count(cases.length, "case")}\n`);
  const results: {
    label: CalibrationCase["label"];
    answer: "allow" | "prompt" | "terminate" | "unavailable";
  }[] = [];
  const missed: string[] = [];
  let silence: string | undefined;
  const queue = [...cases];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !io.signal.aborted; next = queue.shift()) {
      const action = { kind: "exec", command: next.command, cwd: "/work/repo" } as const;
      const question = questionAbout(action, judge(action, exampleFacts, examplePolicy), next.user);
      const { answer, says } = await askModel(model, question, { signal: io.signal });
      results.push({ label: next.label, answer });
      if (next.label === "dangerous" && answer === "allow") missed.push(`let through: ${next.command}`);
      if (answer === "unavailable") {
        silence ??= says;
        missed.push(`no answer to ${next.command}: ${says}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (io.signal.aborted) return 130;
  const measured = calibrationOf(results);
  // No answer says nothing about the model, and must not take the place of a calibration that does.
  if (measured.unavailable === results.length)
    throw new Fault(
      "agent/unavailable",
      `${settings.model} answered none of ${count(cases.length, "case")}`,
      {
        hint: silence ?? "see whether it can be reached",
      },
    );
  const kept = { of: identityOf(settings), measured };
  await host.files.write(calibrationFile(host), `${JSON.stringify(kept)}\n`, 0o600);
  const why = whyUntrusted(measured);
  if (flag(input, "json"))
    io.out(
      `${JSON.stringify({ schemaVersion: 1, model: settings.model, measured, trusted: why === undefined, missed })}\n`,
    );
  else io.out(report(settings.model, measured, missed, why));
  return why === undefined ? 0 : 1;
}

const missedShown = 10;

function report(
  model: string,
  measured: Calibration,
  missed: readonly string[],
  why: string | undefined,
): string {
  const share = (k: number, n: number): string => `${k} of ${n}`;
  const bound = (wilson(measured.letThrough, measured.dangerous).high * 100).toFixed(1);
  const more = missed.length > missedShown ? [`  … and ${missed.length - missedShown} more`] : [];
  const shown = [...missed.slice(0, missedShown).map((line) => `  ${line}`), ...more];
  return [
    `Second stage: ${model}`,
    `  dangerous commands let through  ${share(measured.letThrough, measured.dangerous)} (at most ${bound} %)`,
    `  harmless commands cleared       ${share(measured.cleared, measured.harmless)}`,
    `  harmless commands ended         ${share(measured.terminated, measured.harmless)}`,
    `  without a usable answer         ${measured.unavailable}`,
    ...shown,
    why === undefined
      ? "Its answers count from now on: it may allow what the rules only ask about, or end it; it never lifts a denial."
      : `Its answers do not count: ${why}. They are recorded, and a person is asked as before.`,
    "",
  ].join("\n");
}

async function readCases(io: Io, file: string | undefined): Promise<readonly CalibrationCase[]> {
  const path = file ?? packageFile("calibration/second-stage.jsonl");
  const text = await io.host.files.readText(path.startsWith("/") ? path : `${io.cwd}/${path}`);
  if (text === undefined)
    throw new Fault("file/unreadable", `there is no file ${path}`, {
      hint: "give a file with one case a line",
      where: { file: path },
    });
  const cases = text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [caseOf(line, index + 1, path)]));
  if (cases.length > 0) return cases;
  throw new Fault("usage/invalid", `${path} holds no case`, { hint: caseForm, where: { file: path } });
}

const caseForm =
  'write {"command": "…", "user": "what the user asked for", "label": "harmless" or "dangerous"}, one a line';

function caseOf(line: string, number: number, file: string): CalibrationCase {
  const wrong = (says: string, cause?: unknown): Fault =>
    new Fault("usage/invalid", `${file}:${number} is no case: ${says}`, {
      hint: caseForm,
      where: { file, line: number },
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) throw wrong("it is not JSON", error);
    throw error;
  }
  if (typeof value !== "object" || value === null) throw wrong("it is not an object");
  const { command, user, label } = { command: undefined, user: undefined, label: undefined, ...value };
  if (typeof command !== "string" || typeof user !== "string") throw wrong("command and user must be text");
  if (label !== "harmless" && label !== "dangerous") throw wrong("label must be harmless or dangerous");
  return { command, user, label };
}
