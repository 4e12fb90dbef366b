import { Fault } from "../../core/fault.ts";
import type { CliCommand } from "../command.ts";
import { allowAction } from "../guard/allow.ts";
import { calibrate } from "../guard/calibrate.ts";
import { compile } from "../guard/compile.ts";
import { install } from "../guard/install.ts";
import { explainAction, judgeActions } from "../guard/judge.ts";
import { replayDecided } from "../guard/replay.ts";
import { serve } from "../guard/serve.ts";
import { testExamples } from "../guard/test.ts";
import { trustFiles } from "../guard/trust.ts";
import { uninstall } from "../guard/uninstall.ts";

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
    "guard install --agent <agent> [--scope user|project] [--unattended] [--dry-run]",
    "guard uninstall --agent <agent> | --all",
    "guard calibrate [<cases.jsonl>]",
    "guard serve [--http <port>] [--build-client] [--status] [--stop]",
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
    ["guard serve", "answer the hooks of all your agents from one process, until it is stopped"],
    ["guard trust", "you let what surefoot.yaml says now loosen the guard in this repository"],
    ["guard install --agent claude", "Claude Code asks the guard before every call; ends with a trial"],
    ["guard uninstall --all", "every agent's settings are as they were before"],
  ],
  options: {
    agent: {
      type: "string",
      multiple: true,
      value: "<agent>",
      group: "Agents",
      says: "claude, codex, gemini, qwen, opencode, copilot, cline or cursor; may be given more than once",
    },
    scope: {
      type: "string",
      value: "<scope>",
      group: "Agents",
      says: "user (every project of yours; what holds without it) or project",
    },
    hook: {
      type: "string",
      value: "<file>",
      group: "Agents",
      says: "the program that a hook starts, as an absolute path",
      hidden: true,
    },
    unattended: { type: "boolean", group: "Agents", says: "nobody is there to ask: refuse instead" },
    all: { type: "boolean", group: "Agents", says: "uninstall from every agent" },
    "dry-run": { type: "boolean", group: "Agents", says: "show what would be written; write nothing" },
    http: {
      type: "string",
      value: "<port>",
      group: "Serve",
      says: "answer on this port of 127.0.0.1 as well, with a token; 0 for any free one",
    },
    "build-client": {
      type: "boolean",
      group: "Serve",
      says: "compile the small hook, which asks the server in a millisecond",
    },
    status: { type: "boolean", group: "Serve", says: "whether it runs, and what it did" },
    stop: { type: "boolean", group: "Serve", says: "end the one that runs" },
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
      case "serve":
        return serve(input, io);
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
      case "install":
        return install(input, io);
      case "uninstall":
        return uninstall(input, io);
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
