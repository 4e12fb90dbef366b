import { flag } from "../command.ts";
import type { CliCommand } from "../command.ts";
import { examineAgents } from "../doctor/agents.ts";
import type { Finding } from "../doctor/examination.ts";
import { examineGuarded } from "../doctor/guarded.ts";
import { examineMachine } from "../doctor/machine.ts";
import { examineRecords } from "../doctor/records.ts";

export const command: CliCommand = {
  name: "doctor",
  summary: "Prove that git, jail, agents and ledger work here, with remedies",
  group: "Set up",
  usage: ["doctor"],
  examples: [["doctor", "everything; changes nothing outside temporary folders"]],
  options: { json: { type: "boolean", group: "Output", says: "one JSON document on standard output" } },
  seeAlso: ["surefoot init", "surefoot run list", "surefoot ledger verify"],
  async run(input, io) {
    const findings: Finding[] = [];
    const json = flag(input, "json");
    for (const examine of [examineMachine, examineRecords, examineAgents, examineGuarded]) {
      for (const finding of await examine(io)) {
        findings.push(finding);
        if (!json) io.out(render(finding, io.screen.colour));
      }
    }
    const ill = findings.filter((finding) => finding.health === "broken").length;
    if (json) io.out(`${JSON.stringify({ schemaVersion: 1, well: ill === 0, findings })}\n`);
    else io.out(ill === 0 ? "\nready\n" : `\n${ill} to mend\n`);
    return ill === 0 ? 0 : 2;
  },
};

const marks = {
  well: ["✓ ok     ", 32],
  missing: ["· none   ", 33],
  gap: ["! gap    ", 33],
  broken: ["✗ broken ", 31],
} as const;

function render({ what, health, says, remedy }: Finding, colour: boolean): string {
  const [mark, code] = marks[health];
  const shown = colour ? `\u001b[${code}m${mark}\u001b[39m` : mark;
  return `${shown} ${what.padEnd(10)} ${says}\n${remedy === undefined ? "" : `${" ".repeat(21)}→ ${remedy}\n`}`;
}
