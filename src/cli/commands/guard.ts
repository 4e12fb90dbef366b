import type { Action, Judgement, Verdict } from "../../core/action.ts";
import { Fault } from "../../core/fault.ts";
import type { GatherFacts } from "../../core/ports.ts";
import type { Policy } from "../../core/policy.ts";
import { binding } from "../../guard/binding.ts";
import { tryExamples } from "../../guard/example.ts";
import { judge } from "../../guard/judge.ts";
import { learn } from "../../guard/learn.ts";
import { tell } from "../../guard/says.ts";
import { gatherFacts } from "../../host/facts.ts";
import { configFolder } from "../../host/key.ts";
import { loadPolicy } from "../../policy/load.ts";
import { flag, text } from "../command.ts";
import type { CliCommand, CliInput, Io } from "../command.ts";
import { calibrate } from "../guard/calibrate.ts";
import { compile } from "../guard/compile.ts";
import { explainJudgement } from "../guard/explained.ts";
import { parseAction, parseLine } from "../guard/parsed.ts";
import { repositoryRoot } from "../repository.ts";

export const command: CliCommand = {
  name: "guard",
  summary: "Judge a command or an edit before it happens, and say why",
  group: "Trust",
  usage: [
    'guard judge [--json] [--jsonl] [--edit <path>] ["<command>"]',
    'guard explain [--edit <path>] ["<command>"]',
    "guard test",
    "guard calibrate [<cases.jsonl>]",
    "guard compile [--root <folder>]",
  ],
  examples: [
    [
      'guard judge "git push --force"',
      "allow, ask or deny under this repository's policy; exit 0 is allow, 1 is ask or deny",
    ],
    ["guard judge --jsonl < commands.jsonl", 'one {"command", "cwd"} a line in, one judgement a line out'],
    ['guard explain "cd .. && rm -rf x"', "how it is read, what it would do, which facts and rules decide"],
    ["guard judge --edit .github/workflows/ci.yml", "the same for an edit of a file"],
    ["guard test", "every example that the rules ship with"],
  ],
  options: {
    root: {
      type: "string",
      value: "<folder>",
      group: "What",
      says: "compile the policy of this folder",
      hidden: true,
    },
    edit: { type: "string", value: "<path>", group: "What", says: "judge an edit of this file" },
    cwd: { type: "string", value: "<folder>", group: "What", says: "the folder that the command runs in" },
    jsonl: { type: "boolean", group: "Output", says: "one action a line in, one judgement a line out" },
    json: { type: "boolean", group: "Output", says: "one JSON document on standard output" },
  },
  seeAlso: ["surefoot explain git/force-push", "surefoot policy show"],
  async run(input, io) {
    const [verb, ...words] = input.positionals;
    switch (verb) {
      case "judge":
        return flag(input, "jsonl") ? judgeLines(input, words, io) : judgeOne(input, words, io);
      case "explain":
        return explain(input, words, io);
      case "compile":
        return compile(input, io);
      case "calibrate":
        return calibrate(input, words, io);
      case "test":
        return test(input, io);
      default:
        throw new Fault(
          "usage/invalid",
          verb === undefined ? "say what the guard should do" : `guard has no ${verb}`,
          {
            hint: 'surefoot guard judge "<command>", surefoot guard explain "<command>" or surefoot guard test',
          },
        );
    }
  },
};

interface Bench {
  readonly root: string;
  readonly home: string;
  readonly policy: Policy;
  readonly gather: GatherFacts;
}

async function setUp(io: Io): Promise<Bench> {
  const root = await repositoryRoot(io.host, io.cwd);
  const folder = configFolder(io.host);
  const { policy } = await loadPolicy({
    files: io.host.files,
    root,
    userSettings: `${folder}/config.yaml`,
  });
  return {
    root,
    home: io.host.platform.home,
    policy,
    gather: gatherFacts(io.host, { worktree: root, guarded: [folder] }),
  };
}

interface Judged {
  readonly action: Action;
  readonly judgement: Judgement;
  /** What the judgement means under the policy, where a rule may only observe. */
  readonly verdict: Verdict;
}

async function decide(action: Action, bench: Bench): Promise<Judged> {
  const facts = await learn(action, { worktree: bench.root, home: bench.home }, bench.gather);
  const judgement = judge(action, facts, bench.policy);
  return { action, judgement, verdict: binding(judgement, bench.policy) };
}

async function actionOf(input: CliInput, words: readonly string[], io: Io): Promise<Action> {
  const edit = text(input, "edit");
  const cwd = text(input, "cwd") ?? io.cwd;
  if (edit !== undefined) {
    if (words.length > 0)
      throw new Fault("usage/invalid", "an edit and a command cannot be judged at once", {
        hint: "leave out --edit, or the command",
      });
    return { kind: "edit", path: edit, change: { kind: "unknown" } };
  }
  if (words.length > 1)
    throw new Fault("usage/invalid", "the command must be one argument", {
      hint: 'put it in quotes: surefoot guard judge "git push origin main"',
    });
  const given = words[0] ?? (await io.input());
  if (given.trim() === "")
    throw new Fault("usage/invalid", "there is no command to judge", {
      hint: "give it as an argument or on standard input",
    });
  return words[0] === undefined ? parseAction(given, cwd) : { kind: "exec", command: given, cwd };
}

async function judgeOne(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const action = await actionOf(input, words, io);
  const judged = await decide(action, await setUp(io));
  if (flag(input, "json")) io.out(`${JSON.stringify(documentOf(judged))}\n`);
  else io.out(`${plainAnswer(judged)}\n`);
  return judged.verdict === "allow" ? 0 : 1;
}

function documentOf({ action, judgement, verdict }: Judged): unknown {
  return { schemaVersion: 1, verdict, action, judgement };
}

function plainAnswer({ action, judgement, verdict }: Judged): string {
  if (judgement.verdict === "allow") return "allow";
  const observed = verdict === "allow" ? "allow (the rules below only observe)" : verdict;
  return `${observed}\n${tell(judgement, action)}`;
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
    const judged = await decide(parseLine(line, index + 1, cwd), bench);
    if (judged.verdict !== "allow") worst = 1;
    io.out(`${JSON.stringify(documentOf(judged))}\n`);
  }
  return worst;
}

async function explain(input: CliInput, words: readonly string[], io: Io): Promise<number> {
  const action = await actionOf(input, words, io);
  const judged = await decide(action, await setUp(io));
  if (flag(input, "json")) io.out(`${JSON.stringify(documentOf(judged))}\n`);
  else io.out(explainJudgement(action, judged.judgement, judged.verdict));
  return judged.verdict === "allow" ? 0 : 1;
}

async function test(input: CliInput, io: Io): Promise<number> {
  const { tried, rules, misses } = tryExamples();
  if (flag(input, "json")) {
    io.out(`${JSON.stringify({ schemaVersion: 1, rules, tried, misses })}\n`);
    return misses.length === 0 ? 0 : 1;
  }
  for (const { rule, expected, example, judgement } of misses)
    io.out(`${rule} must ${expected} ${JSON.stringify(example)}: the answer is ${judgement.verdict}\n`);
  io.out(`${tried} examples of ${rules} rules, ${misses.length} missed\n`);
  return misses.length === 0 ? 0 : 1;
}
