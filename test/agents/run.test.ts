// `surefoot run` with each real agent against a scripted model: the first attempt is rejected by the gate, the second
// mends the fault; a forced push and an edit out of scope are refused on the way.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fieldsOf, jsonLines, parseJson } from "../../src/agents/fields.ts";
import type { Fields } from "../../src/agents/fields.ts";
import { shop } from "../support/shop.ts";
import { surefootFor } from "../support/surefoot.ts";
import { whyMissing } from "./lab/install.ts";
import type { LabAgent } from "./lab/install.ts";
import { openLab } from "./lab/lab.ts";
import { twoAttempts } from "./lab/two-attempts.ts";

const report = (files: string): string =>
  `I am done.\n\n\`\`\`surefoot\n{"files": ${files}, "tests_pass": true}\n\`\`\``;

const shipping = (cents: number): string => `  return goodsCents >= 5000 ? 0 : ${cents};`;
const discount = (sign: string): string => `  return quantity ${sign} 10 ? Math.round(full * 0.9) : full;`;
const expectation = (cents: number): string =>
  `  assert.equal(orderCents([{ quantity: 10, unitCents: 300 }]), ${cents});`;

const script = twoAttempts({
  first: [
    { text: "I publish first.", calls: [{ do: "shell", command: "git push --force origin main" }] },
    {
      calls: [
        { do: "read", path: "src/shipping.js" },
        { do: "read", path: "test/cart.test.js" },
      ],
    },
    { calls: [{ do: "edit", path: "test/cart.test.js", old: expectation(3190), new: expectation(3490) }] },
    // The agent itself rejects this one, some before they ask anybody.
    { calls: [{ do: "edit", path: "src/shipping.js", old: "no such line", new: "another" }] },
    { calls: [{ do: "edit", path: "src/shipping.js", old: shipping(490), new: shipping(190) }] },
    { text: report('["src/shipping.js"]') },
  ],
  second: [
    {
      calls: [
        { do: "read", path: "src/shipping.js" },
        { do: "read", path: "src/cart.js" },
      ],
    },
    { calls: [{ do: "edit", path: "src/shipping.js", old: shipping(190), new: shipping(490) }] },
    { calls: [{ do: "edit", path: "src/cart.js", old: discount(">"), new: discount(">=") }] },
    { calls: [{ do: "shell", command: "node --test" }] },
    { text: report('["src/cart.js"]') },
  ],
});

const policy = [
  "version: 1",
  "scope:",
  "  allow: [src/**]",
  "gates:",
  "  full:",
  "    - name: test",
  "      run: npm test",
  "",
].join("\n");

for (const agent of ["claude", "codex", "gemini", "opencode"] as const) {
  test(`${agent} needs two attempts and is held to the policy in both`, { timeout: 300_000 }, (context) =>
    run(context, agent),
  );
}

async function run(
  context: Parameters<typeof surefootFor>[0] & { skip(why: string): void },
  agent: LabAgent,
): Promise<void> {
  const missing = whyMissing(agent);
  if (missing !== undefined) return context.skip(missing);
  const model = agent === "codex" ? { model: "gpt-6.1-sol" } : {};
  const lab = await openLab({
    agent,
    script,
    files: shop({ "surefoot.yaml": policy }),
    relativePaths: true,
    ...model,
  });
  try {
    const before = lab.published();
    const surefoot = surefootFor(context);
    const args = ["run", "The tenth article must bring the discount", "--agent", agent, "--json"];
    const answer = await surefoot(lab.repository, args, { env: lab.env });
    const document = fieldsOf(JSON.parse(answer.out === "" ? "{}" : answer.out));
    assert.deepEqual(
      { code: answer.code, verdict: document["verdict"], stop: document["stop"] },
      { code: 0, verdict: "verified", stop: "passed" },
      `${answer.err}\n${answer.out.slice(0, 4000)}`,
    );
    assert.equal(lab.published(), before, "nothing was pushed");
    const branch = `surefoot/${String(document["run"])}`;
    assert.deepEqual(git(lab.repository, "diff", "--name-only", "main", branch), "src/cart.js");

    const events = ledgerOf(lab.repository, String(document["run"]));
    const ofType = (type: string): readonly Fields[] => events.filter((event) => event["type"] === type);
    assert.deepEqual(
      ofType("decision.made").map((event) => fieldsOf(event["decision"])["kind"]),
      ["another_attempt", "pr_ready"],
    );
    assert.deepEqual(
      ofType("agent.probed").map((event) => event["refused"]),
      [true],
    );
    const refused = ofType("action.judged").filter(
      (event) => event["enforced"] === true && event["iteration"] === 1,
    );
    assert.deepEqual(
      refused.map((event) => fieldsOf(event["action"])["kind"]),
      ["exec", "edit"],
    );
    assert.deepEqual(
      ofType("reconciled").map((event) => event["undecided"]),
      [[], []],
    );
    for (const event of ofType("reconciled"))
      assert.ok(Number(event["calls"]) > 0, "there was something to reconcile");
    assert.ok(ofType("agent.used").length > 0, "usage is accounted");
  } finally {
    await lab.close();
  }
}

function ledgerOf(repository: string, id: string): readonly Fields[] {
  const lines = readFileSync(join(repository, ".surefoot/runs", id, "ledger.jsonl"), "utf8");
  return jsonLines(lines).map((entry) => fieldsOf(parseJson(String(entry["payload"]))));
}

function git(cwd: string, ...args: readonly string[]): string {
  return spawnSync("git", ["-C", cwd, ...args], { encoding: "utf8" }).stdout.trim();
}
