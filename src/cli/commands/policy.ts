import { Fault } from "../../core/fault.ts";
import { missedExamples } from "../../guard/custom-example.ts";
import { strayNames } from "../../guard/rule-names.ts";
import { examinePolicyAt, policyAt } from "../../policy/at.ts";
import { renderProblem } from "../../policy/code-frame.ts";
import { examinePolicy, loadPolicy } from "../../policy/load.ts";
import type { Examined, PolicyRequest } from "../../policy/load.ts";
import { writeProblem } from "../../policy/problem.ts";
import { writePolicy } from "../../policy/write.ts";
import { flag, text } from "../command.ts";
import type { CliCommand, CliInput, Io } from "../command.ts";
import { strayText } from "../guard/test.ts";
import { policyRequest, untrustedLine } from "../policy-request.ts";
import { repositoryRoot } from "../repository.ts";

export const command: CliCommand = {
  name: "policy",
  summary: "Show the policy that holds here with the origin of every value, or check its files",
  group: "Trust",
  usage: [
    "policy show [--origin] [--at <commit>] [--service <name>]",
    "policy check [--at <commit>] [--service <name>]",
  ],
  examples: [
    ["policy show --origin", "the whole policy, and which file and line each value comes from"],
    ["policy check", "every problem of surefoot.yaml and surefoot.local.yaml with its place and its remedy"],
    ["policy show --at origin/main", "the policy of the base, by which CI judges a change"],
  ],
  options: {
    origin: { type: "boolean", group: "What", says: "show where each value comes from" },
    at: {
      type: "string",
      value: "<commit>",
      group: "What",
      says: "as this commit has it; without the local file",
    },
    service: {
      type: "string",
      value: "<name>",
      group: "What",
      says: "with services/<name>.yaml laid over it",
    },
    json: { type: "boolean", group: "Output", says: "one JSON document on standard output" },
  },
  seeAlso: ["surefoot init", "surefoot explain policy/invalid"],
  async run(input, io) {
    const [verb, ...more] = input.positionals;
    const known = verb === "show" || verb === "check";
    if (!known || more.length > 0)
      throw new Fault(
        "usage/invalid",
        known ? `policy ${verb} takes no further words: ${more.join(" ")}` : "say what to do with the policy",
        {
          hint: "surefoot policy show, or surefoot policy check",
        },
      );
    const root = await repositoryRoot(io.host, io.cwd);
    return verb === "show" ? show(input, io, root) : check(input, io, root);
  },
};

async function show(input: CliInput, io: Io, root: string): Promise<number> {
  const at = text(input, "at");
  const compiled =
    at === undefined
      ? await loadPolicy(await requestOf(input, io, root))
      : await policyAt(io.host, root, at, serviceOf(input));
  const { policy, digest, origins } = compiled;
  if (flag(input, "json")) {
    io.out(`${JSON.stringify({ schemaVersion: 1, digest, policy, origins })}\n`);
    return 0;
  }
  io.out(`# policy ${digest}\n${writePolicy(compiled, { origin: flag(input, "origin") })}`);
  if (!origins.some(({ file }) => file === "surefoot.yaml"))
    io.err(
      `\nThere is no surefoot.yaml ${at === undefined ? "here" : `at ${at}`}: these are the defaults. Next: surefoot init\n`,
    );
  else if (policy.gates.full.length === 0)
    io.err(
      "\ngates.full is empty: nothing decides that work is acceptable, and a run would stop with gate_unrunnable.\n",
    );
  const untrusted = at === undefined ? untrustedLine(compiled) : undefined;
  if (untrusted !== undefined) io.err(`\n! ${untrusted}\n`);
  return 0;
}

async function check(input: CliInput, io: Io, root: string): Promise<number> {
  const at = text(input, "at");
  const examined =
    at === undefined
      ? await examinePolicy(await requestOf(input, io, root))
      : await examinePolicyAt(io.host, root, at, { ...serviceOf(input), tryExamples: missedExamples });
  const { problems, texts, compiled } = examined;
  // A check that looked at nothing is no pass.
  if (texts.size === 0 && problems.length === 0)
    throw new Fault(
      "policy/not-found",
      `there is no surefoot.yaml in ${root}${at === undefined ? "" : ` at ${at}`}`,
      {
        hint: "surefoot init writes one; until then the preset standard holds",
      },
    );
  if (flag(input, "json")) {
    const listed = problems.map((problem) => ({ ...problem, line: writeProblem(problem) }));
    io.out(
      `${JSON.stringify({ schemaVersion: 1, valid: problems.length === 0, files: [...texts.keys()], digest: compiled?.digest ?? null, problems: listed })}\n`,
    );
  } else io.out(problems.length > 0 ? renderProblems(examined, io) : passText(examined));
  return problems.length > 0 ? 2 : 0;
}

function renderProblems({ problems, texts }: Examined, { screen }: Io): string {
  const paint =
    (code: number, off: number) =>
    (part: string): string =>
      screen.colour ? `\u001b[${code}m${part}\u001b[${off}m` : part;
  const style = { columns: Math.min(screen.columns, 100), strong: paint(31, 39), dim: paint(2, 22) };
  const all = problems.map((problem) => renderProblem(problem, texts.get(problem.where.file), style));
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return `${all.join("\n")}\n${count}. Until that is mended no command uses this policy.\n`;
}

function passText({ compiled, texts }: Examined): string {
  const gates = compiled?.policy.gates.full ?? [];
  const note =
    gates.length === 0
      ? "! gates.full is empty: nothing decides that work is acceptable, and a run would stop with gate_unrunnable\n"
      : `  ${gates.length === 1 ? "1 check" : `${gates.length} checks`} in the full gate: ${gates.map(({ name }) => name).join(", ")}\n`;
  const stray =
    compiled === undefined
      ? []
      : strayNames(compiled.policy.guard).map((name) => `! ${strayText(name, compiled.policy)}\n`);
  return `✓ valid: ${[...texts.keys()].join(", ")}\n${note}${stray.join("")}  policy ${compiled?.digest ?? ""}\n`;
}

async function requestOf(input: CliInput, { host }: Io, root: string): Promise<PolicyRequest> {
  return { ...(await policyRequest(host, root, { committed: true })), ...serviceOf(input) };
}

function serviceOf(input: CliInput): { readonly service?: string } {
  const service = text(input, "service");
  return service === undefined ? {} : { service };
}
