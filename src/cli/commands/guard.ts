import { Fault } from "../../core/fault.ts";
import type { CliCommand } from "../command.ts";
import { allowAction } from "../guard/allow.ts";
import { calibrate } from "../guard/calibrate.ts";
import { compile } from "../guard/compile.ts";
import { explainAction, judgeActions } from "../guard/judge.ts";
import { replayDecided } from "../guard/replay.ts";
import { testExamples } from "../guard/test.ts";
import { trustFiles } from "../guard/trust.ts";

export const command: CliCommand = {
  name: "guard",
  summary: "Judge a command or an edit before it happens, and say why",
  group: "Trust",
  usage: [
    'guard judge [--json] [--jsonl] [--edit <path>] ["<command>"]',
    'guard explain [--edit <path>] ["<command>"]',
    "guard test [<policy.yaml>]",
    "guard replay [--policy <file>] [--session <session>]",
    'guard allow [--once | --for <time>] <code> | "<command>"',
    "guard trust",
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
    ["guard test", "every example of the built-in rules and of those in surefoot.yaml"],
    ["guard replay --policy new.yaml", "which recorded decisions that policy would change; nothing is run"],
    ["guard allow 1a2b3c4d", "you let the one action pass that a refusal named by this code"],
    ["guard trust", "you let what surefoot.yaml says now loosen the guard in this repository"],
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
    policy: {
      type: "string",
      value: "<file>",
      group: "What",
      says: "replay under this file in the place of surefoot.yaml",
    },
    session: { type: "string", value: "<session>", group: "What", says: "replay this session alone" },
    ledger: { type: "string", value: "<file>", group: "What", says: "replay the decisions of this ledger" },
    once: {
      type: "boolean",
      group: "Permission",
      says: "allow it one time, within 15 minutes (what holds without --for)",
    },
    for: {
      type: "string",
      value: "<time>",
      group: "Permission",
      says: "allow it as often as it comes, for at most 8h, as in 10m",
    },
    yes: { type: "boolean", group: "Permission", says: "a person has decided already: ask nothing" },
    jsonl: { type: "boolean", group: "Output", says: "one action a line in, one judgement a line out" },
    json: { type: "boolean", group: "Output", says: "one JSON document on standard output" },
  },
  seeAlso: ["surefoot explain git/force-push", "surefoot policy show"],
  async run(input, io) {
    const [verb, ...words] = input.positionals;
    switch (verb) {
      case "judge":
        return judgeActions(input, words, io);
      case "explain":
        return explainAction(input, words, io);
      case "compile":
        return compile(input, io);
      case "calibrate":
        return calibrate(input, words, io);
      case "test":
        return testExamples(input, words, io);
      case "replay":
        return replayDecided(input, io);
      case "allow":
        return allowAction(input, words, io);
      case "trust":
        return trustFiles(input, io);
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
