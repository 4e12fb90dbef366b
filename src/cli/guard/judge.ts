import type { Action, Judgement, Reason } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import { isPermitCode, permitCode } from "../../core/permit.ts";
import { tell } from "../../guard/says.ts";
import { flag, text } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { untrustedLine } from "../policy-request.ts";
import { actionOf, decide, findPermit, folderIn, setUp } from "./deciding.ts";
import type { Bench, Judged } from "./deciding.ts";
import { explainJudgement } from "./explained.ts";
import { parseLine } from "./parsed.ts";
import { stoppedOnce } from "./recorded.ts";

/** `guard judge`: a decision, with a person's permit used up where there is one. */
export async function judgeActions(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  return flag(input, "jsonl") ? judgeLines(input, words, io) : judgeOne(input, words, io);
}

async function judgeOne(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const action = await actionOf(input, words, io);
  const bench = await setUp(io, text(input, "session"));
  const judged = settle(await decide(action, bench), bench);
  if (flag(input, "json")) io.out(`${JSON.stringify(documentOf(judged))}\n`);
  else {
    io.out(`${plainAnswer(judged, io)}\n`);
    note(bench, judged);
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

function documentOf(settled: Omit<Settled, "pastMissing">): unknown {
  const { action, judgement, verdict, digest, permit, passes } = settled;
  return {
    schemaVersion: 1,
    verdict: passes ? "allow" : verdict,
    action,
    judgement,
    ...(verdict === "allow" ? {} : { code: permitCode(digest) }),
    ...(permit === undefined ? {} : { permit }),
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function plainAnswer({ action, judgement, verdict, permit }: Settled, io: Io): string {
  if (judgement.verdict === "allow") return "allow";
  if (permit !== undefined) return `allow (by permit ${permit}, in spite of ${rulesOf(judgement)})`;
  if (verdict === "allow") return ["allow", ...judgement.reasons.map(observed)].join("\n");
  // The code is for what a hook has recorded; this was asked about, so it is named by itself.
  return [verdict, tell(judgement, action), ...allowing(action, io)].join("\n");
}

function observed({ rule, verdict, says }: Reason): string {
  return `${rule} would ${verdict}, but only observes: ${says}`;
}

function allowing(action: Action, io: Io): readonly string[] {
  if (action.kind !== "exec") return [];
  const folder = action.cwd === io.cwd ? "" : ` --cwd ${quoted(action.cwd)}`;
  return [`A person can allow exactly this once: surefoot guard allow${folder} ${quoted(action.command)}`];
}

function rulesOf({ reasons }: Judgement): string {
  return [...new Set(reasons.map(({ rule }) => rule))].join(", ");
}

function note({ io, compiled }: Bench, { pastMissing }: Judged): void {
  const line = untrustedLine(compiled);
  if (line !== undefined) io.err(`! ${line}\n`);
  if (pastMissing)
    io.err("! whether a session has looked at it first was left out: --session <session> counts that in\n");
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
  const bench = await setUp(io, text(input, "session"));
  const cwd = folderIn(input, io);
  let worst = 0;
  for (const [index, line] of lines.entries()) {
    if (io.signal.aborted) return 130;
    const judged = settle(await decide(parseLine(line, index + 1, cwd), bench), bench);
    if (!judged.passes) worst = 1;
    io.out(`${JSON.stringify(documentOf(judged))}\n`);
  }
  return worst;
}

/**
 * `guard explain`: the same decision spelled out; a permit is shown and not used. With the code that a refusal named,
 * that recorded decision, and nothing is decided anew.
 */
export async function explainAction(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const [word] = words;
  if (word !== undefined && words.length === 1 && isPermitCode(word)) return explainStopped(word, input, io);
  const action = await actionOf(input, words, io);
  const bench = await setUp(io, text(input, "session"));
  const judged = settle(await decide(action, bench), bench, "look");
  if (flag(input, "json")) io.out(`${JSON.stringify(documentOf(judged))}\n`);
  else {
    io.out(explainJudgement(action, judged.judgement, judged.verdict));
    if (judged.permit !== undefined) io.out(`\nA permit waits for it: number ${judged.permit}\n`);
    note(bench, judged);
  }
  return judged.passes ? 0 : 1;
}

async function explainStopped(code: string, input: CliInput, io: Io): Promise<number> {
  const stopped = await stoppedOnce(code, "explain", io);
  const { action, judgement } = stopped;
  const { verdict } = judgement;
  if (flag(input, "json"))
    io.out(`${JSON.stringify(documentOf({ ...stopped, verdict, permit: undefined, passes: false }))}\n`);
  else io.out(explainJudgement(action, judgement, verdict));
  return 1;
}
