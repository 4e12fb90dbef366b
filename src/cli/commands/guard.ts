import { Fault } from "../../core/fault.ts";
import type { CliCommand, CliInput, Io } from "../command.ts";
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

/** What stands after `guard`. */
interface Verb {
  readonly usage: string;
  /** The options that mean something here; any other one is a mistake. */
  readonly options: readonly string[];
  /** How many words may follow. */
  readonly words: number;
  run(input: CliInput, words: readonly string[], io: Io): Promise<number>;
}

const verbs: Readonly<Record<string, Verb>> = {
  judge: {
    usage: 'guard judge [--cwd <folder>] [--session <session>] ["<command>" | --edit <path> | --jsonl]',
    options: ["cwd", "edit", "session", "json", "jsonl"],
    // A command without quotes has a better answer than that there are too many words.
    words: Infinity,
    run: judgeActions,
  },
  explain: {
    usage: 'guard explain [--cwd <folder>] [--session <session>] [<code> | "<command>" | --edit <path>]',
    options: ["cwd", "edit", "session", "json"],
    words: Infinity,
    run: explainAction,
  },
  test: {
    usage: "guard test [<policy.yaml>]",
    options: ["json"],
    words: 1,
    run: testExamples,
  },
  replay: {
    usage: "guard replay [--policy <file>] [--session <session>] [--ledger <file>]",
    options: ["policy", "session", "ledger", "json"],
    words: 0,
    run: (input, _, io) => replayDecided(input, io),
  },
  allow: {
    usage: 'guard allow [--once | --for <time>] [--yes] <code> | [--cwd <folder>] "<command>"',
    options: ["once", "for", "yes", "cwd", "json"],
    words: Infinity,
    run: allowAction,
  },
  trust: {
    usage: "guard trust [--yes]",
    options: ["yes", "json"],
    words: 0,
    run: (input, _, io) => trustFiles(input, io),
  },
  install: {
    usage: "guard install --agent <agent> [--scope user|project] [--unattended] [--http <port>] [--dry-run]",
    options: ["agent", "scope", "hook", "unattended", "http", "dry-run"],
    words: 0,
    run: (input, _, io) => install(input, io),
  },
  uninstall: {
    usage: "guard uninstall --agent <agent> | --all [--scope user|project] [--dry-run]",
    options: ["agent", "all", "scope", "dry-run"],
    words: 0,
    run: (input, _, io) => uninstall(input, io),
  },
  calibrate: {
    usage: "guard calibrate [<cases.jsonl>]",
    options: ["json"],
    words: 1,
    run: calibrate,
  },
  serve: {
    usage: "guard serve [--http <port>] | --status | --stop | --build-client",
    options: ["http", "build-client", "status", "stop", "json"],
    words: 0,
    run: (input, _, io) => serve(input, io),
  },
  compile: {
    usage: "guard compile",
    options: ["root"],
    words: 0,
    run: (input, _, io) => compile(input, io),
  },
};

export const command: CliCommand = {
  name: "guard",
  summary: "Judge a command or an edit before it happens, and say why",
  group: "Trust",
  usage: Object.values(verbs).map(({ usage }) => usage),
  examples: [
    [
      'guard judge "git push --force"',
      "allow, ask or deny under this repository's policy; exit 0 is allow, 1 is ask or deny",
    ],
    [
      "guard judge --session guard_claude_1 'rm -rf docs'",
      "as if that session did it now: what it has looked at counts",
    ],
    ["guard judge --jsonl < commands.jsonl", 'one {"command", "cwd"} a line in, one judgement a line out'],
    ['guard explain "cd .. && rm -rf x"', "how it is read, what it would do, which facts and rules decide"],
    ["guard explain 1a2b3c4d", "the recorded decision that a refusal named by this code"],
    ["guard judge --edit .github/workflows/ci.yml", "the same for an edit of a file"],
    ["guard test", "every example of the built-in rules and of those in surefoot.yaml"],
    ["guard replay --policy new.yaml", "which recorded decisions that policy would change; nothing is run"],
    ["guard allow 1a2b3c4d", "you let the one action pass that a refusal named by this code"],
    ["guard calibrate", "whether the model of your settings may answer what the rules ask about"],
    ["guard serve", "answer the hooks of all your agents from one process, until it is stopped"],
    ["guard compile", "what hooks read in the place of surefoot.yaml; they start it by themselves"],
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
      says: "claude, codex, gemini, qwen, opencode, copilot, cline or cursor; more than one may be given",
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
      says: "answer on this port of 127.0.0.1 as well (0: any free one); install: the agent asks there",
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
    cwd: {
      type: "string",
      value: "<folder>",
      group: "What",
      says: "the folder that the command runs in, or that the path starts from",
    },
    policy: {
      type: "string",
      value: "<file>",
      group: "What",
      says: "replay under this file in the place of surefoot.yaml",
    },
    session: {
      type: "string",
      value: "<session>",
      group: "What",
      says: "replay this session alone; judge and explain: count what it did before",
    },
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
    const [name, ...words] = input.positionals;
    const verb = new Map(Object.entries(verbs)).get(name ?? "");
    if (verb === undefined)
      throw new Fault(
        "usage/invalid",
        name === undefined ? "say what the guard should do" : `guard has no ${name}`,
        { hint: `one of: ${Object.keys(verbs).join(", ")}; see \`surefoot help guard\`` },
      );
    const stray =
      Object.keys(input.values)
        .filter((option) => !verb.options.includes(option))
        .map((option) => `--${option}`)[0] ?? words[verb.words];
    if (stray !== undefined)
      throw new Fault("usage/invalid", `guard ${name} takes no ${stray}`, { hint: `surefoot ${verb.usage}` });
    return verb.run(input, words, io);
  },
};
