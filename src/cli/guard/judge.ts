import type { Judgement } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import { permitCode } from "../../core/permit.ts";
import { tell } from "../../guard/says.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { untrustedLine } from "../policy-request.ts";
import { actionOf, decide, findPermit, setUp } from "./deciding.ts";
import type { Bench, Judged } from "./deciding.ts";
import { explainJudgement } from "./explained.ts";
import { parseLine } from "./parsed.ts";

/** `guard judge`: a decision, with a person's permit used up where there is one. */
export async function judgeActions(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  return flag(input, "jsonl") ? judgeLines(input, words, io) : judgeOne(input, words, io);
}

async function judgeOne(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const action = await actionOf(input, words, io);
  const bench = await setUp(io);
  const judged = settle(await decide(action, bench), bench);
  if (flag(input, "json")) io.out(`${JSON.stringify(documentOf(judged))}\n`);
  else {
    io.out(`${plainAnswer(judged)}\n`);
    note(bench);
  }
  return judged.passes ? 0 : 1;
}

interface Settled extends Judged {
  readonly permit: number | undefined;
  readonly passes: boolean;
}

function settle(judged: Judged, bench: Bench, how: "look" | "use" = "use"): Settled {
  const permit = judged.verdict === "allow" ? undefined : findPermit(judged, bench, how);
  return { ...judged, permit, passes: judged.verdict === "allow" || (how === "use" && permit !== undefined) };
}

function documentOf({ action, judgement, verdict, digest, permit, passes }: Settled): unknown {
  return {
    schemaVersion: 1,
    verdict: passes ? "allow" : verdict,
    action,
    judgement,
    ...(verdict === "allow" ? {} : { code: permitCode(digest) }),
    ...(permit === undefined ? {} : { permit }),
  };
}

function quoted(command: string): string {
  return `'${command.replaceAll("'", `'\\''`)}'`;
}

function plainAnswer({ action, judgement, verdict, permit }: Settled): string {
  if (judgement.verdict === "allow") return "allow";
  if (permit !== undefined) return `allow (by permit ${permit}, in spite of ${rulesOf(judgement)})`;
  if (verdict === "allow") return `allow (the rules below only observe)\n${tell(judgement, action)}`;
  // The code is for what a hook has recorded; this was asked about, so it is named by itself.
  const allow =
    action.kind === "exec"
      ? `\nA person can allow exactly this once: surefoot guard allow ${quoted(action.command)}`
      : "";
  return `${verdict}\n${tell(judgement, action)}${allow}`;
}

function rulesOf({ reasons }: Judgement): string {
  return [...new Set(reasons.map(({ rule }) => rule))].join(", ");
}

function note({ io, compiled }: Bench): void {
  const line = untrustedLine(compiled);
  if (line !== undefined) io.err(`! ${line}\n`);
}

async function judgeLines(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  if (words.length > 0)
    throw new Fault("usage/invalid", "--jsonl reads its actions from standard input", {
      hint: 'one {"command": "…", "cwd": "…"} a line',
    });
  const lines = (await io.input()).split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0)
    throw new Fault("usage/invalid", "there is no line to judge", {
      hint: 'one {"command": "…", "cwd": "…"} a line',
    });
  const bench = await setUp(io);
  const cwd = text(input, "cwd") ?? io.cwd;
  let worst = 0;
  for (const [index, line] of lines.entries()) {
    if (io.signal.aborted) return 130;
    const judged = settle(await decide(parseLine(line, index + 1, cwd), bench), bench);
    if (!judged.passes) worst = 1;
    io.out(`${JSON.stringify(documentOf(judged))}\n`);
  }
  return worst;
}

/** `guard explain`: the same decision spelled out; a permit is shown and not used. */
export async function explainAction(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const action = await actionOf(input, words, io);
  const bench = await setUp(io);
  const judged = settle(await decide(action, bench), bench, "look");
  if (flag(input, "json")) io.out(`${JSON.stringify(documentOf(judged))}\n`);
  else {
    io.out(explainJudgement(action, judged.judgement, judged.verdict));
    if (judged.permit !== undefined) io.out(`\nA permit waits for it: number ${judged.permit}\n`);
    note(bench);
  }
  return judged.passes ? 0 : 1;
}
