import { Fault } from "../../core/fault.ts";
import { flag } from "../command.ts";
import type { CliCommand } from "../command.ts";
import { runDemo } from "../run/demo.ts";
import { resumeRun } from "../run/resume-run.ts";
import { startRun } from "../run/start-run.ts";
import { acceptRun, cleanRuns, discardRun, listRuns, showRun } from "../run/verbs.ts";

const verbs = {
  list: listRuns,
  show: showRun,
  accept: acceptRun,
  discard: discardRun,
  clean: cleanRuns,
} as const;

export const command: CliCommand = {
  name: "run",
  summary: "Run an agent on a task: attempt → gate → log → decide",
  group: "Work",
  usage: [
    'run <task.md | "task in words"> --agent <agent>',
    "run --resume [<run>]",
    "run list | show [<run>] | accept <run> | discard <run> | clean",
  ],
  examples: [
    ["run --demo", "a recorded agent on a bundled project: no key, no configuration"],
    [
      "run tasks/rate-limit.md --agent claude --max-cost 2",
      "Claude Code in a workspace of its own, judged and bounded",
    ],
    ["run fix.md --agent acp -- gemini --acp", "any agent that speaks the Agent Client Protocol"],
    ["run --resume", "go on with the last run that was killed or interrupted"],
  ],
  options: {
    agent: {
      type: "string",
      short: "a",
      value: "<agent>",
      group: "Task",
      says: "claude, codex, gemini, opencode, acp (command after --) or recorded",
    },
    model: {
      type: "string",
      short: "m",
      value: "<model>",
      group: "Task",
      says: "model that the agent shall use",
    },
    script: { type: "string", value: "<file>", group: "Task", says: "what the recorded agent plays (YAML)" },
    base: { type: "string", value: "<commit>", group: "Task", says: "start from this commit (default HEAD)" },
    "allow-dirty": {
      type: "boolean",
      group: "Task",
      says: "start although the checkout has changes that the run will not see",
    },
    demo: { type: "boolean", group: "Task", says: "run the bundled demonstration" },
    resume: { type: "boolean", group: "Task", says: "go on with a killed or interrupted run" },
    "max-iterations": {
      type: "string",
      value: "<n>",
      group: "Limits",
      says: "attempts (default: the policy's)",
    },
    "max-cost": { type: "string", value: "<usd>", group: "Limits", says: "US dollars" },
    "max-time": { type: "string", value: "<time>", group: "Limits", says: "as in 20m" },
    preset: {
      type: "string",
      value: "<name>",
      group: "Gates",
      says: "observe, standard or strict (default: the policy's)",
    },
    service: {
      type: "string",
      value: "<name>",
      group: "Gates",
      says: "lay services/<name>.yaml over the policy",
    },
    gate: {
      type: "string",
      multiple: true,
      value: "<command>",
      group: "Gates",
      says: "full gate for this run instead of the policy's; repeatable",
    },
    format: { type: "string", value: "<format>", group: "Output", says: "pretty, json or markdown" },
    for: {
      type: "string",
      value: "agent",
      group: "Output",
      says: "Markdown that another agent can go on from",
    },
    json: { type: "boolean", group: "Output", says: "one JSON document on standard output" },
    quiet: { type: "boolean", short: "q", group: "Output", says: "no progress on standard error" },
  },
  seeAlso: ["surefoot init", "surefoot policy show", "surefoot ledger verify", "surefoot doctor"],
  run(input, io) {
    if (flag(input, "demo")) return runDemo(input, io);
    if (flag(input, "resume")) return resumeRun(input, io);
    const [first] = input.positionals;
    const verb = Object.entries(verbs).find(([name]) => name === first)?.[1];
    if (verb !== undefined) return verb({ ...input, positionals: input.positionals.slice(1) }, io);
    if (first === undefined)
      throw new Fault("usage/invalid", "no task is named", {
        hint: 'name a Markdown file or write the task in quotes, as in `surefoot run "make the parser accept leap days" --agent claude`',
      });
    return startRun(input, io);
  },
};
