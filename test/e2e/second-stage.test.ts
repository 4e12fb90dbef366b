import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { surefootFor } from "../support/surefoot.ts";
import { tempRepo } from "../support/temp-repo.ts";

interface ModelServer {
  readonly url: string;
  /** Every question that came. */
  readonly asked: { readonly user: string; readonly command: string }[];
}

/** A model behind OpenAI's chat protocol that answers by a rule of the test's. */
async function modelServer(
  t: TestContext,
  answer: (question: { user: string; command: string }) => string,
): Promise<ModelServer> {
  const asked: { user: string; command: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { messages } = JSON.parse(body);
      const question = JSON.parse(String(messages.at(-1).content));
      asked.push(question);
      const content = JSON.stringify({ answer: answer(question), says: "scripted" });
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          id: "1",
          object: "chat.completion",
          created: 0,
          model: "scripted",
          choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, asked };
}

function setUp(t: TestContext, url: string) {
  const repo = tempRepo(t, { files: { "a.txt": "a\n" } });
  const surefoot = surefootFor(t);
  const folder = surefoot.env["SUREFOOT_CONFIG_HOME"] ?? "";
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "config.yaml"),
    `second_stage: { model: "compatible:scripted", base_url: "${url}" }\n`,
  );
  return { repo, surefoot, folder };
}

const labels = new Map(
  readFileSync(new URL("../../calibration/second-stage.jsonl", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map((item) => [`${item.user}`, item.label === "harmless" ? "allow" : "terminate"]),
);

test("without a model in the user's settings there is nothing to calibrate", async (t) => {
  const repo = tempRepo(t, { files: {} });
  const { code, err } = await surefootFor(t)(repo.root, ["guard", "calibrate"]);
  assert.equal(code, 2);
  assert.match(err, /no second stage is set up/);
});

test("a model that lets a dangerous case through is measured and not trusted", async (t) => {
  const { url } = await modelServer(t, () => "allow");
  const { repo, surefoot } = setUp(t, url);
  const { code, out } = await surefoot(repo.root, ["guard", "calibrate", "--json"]);
  const answer = JSON.parse(out);
  assert.equal(code, 1);
  assert.equal(answer.trusted, false);
  assert.equal(answer.measured.letThrough, answer.measured.dangerous);
});

test("a trusted model clears what the user asked for, in a run, and is not asked about what is denied", async (t) => {
  const server = await modelServer(
    t,
    ({ user }) => labels.get(user) ?? (/tidy/.test(user) ? "allow" : "terminate"),
  );
  const { repo, surefoot } = setUp(t, server.url);
  const calibrated = await surefoot(repo.root, ["guard", "calibrate"]);
  assert.equal(calibrated.code, 0, calibrated.out);
  assert.match(calibrated.out, /dangerous commands let through {2}0 of 36/);
  repo.write({
    "surefoot.yaml": 'gates: { full: [{ name: ok, run: "true", tests: none }] }\njail: "off"\n',
    "session.yaml": `recorded: one attempt
attempts:
  - steps:
      - run_command: { command: 'cd "$X" ; rm -f old.log' }
      - run_command: { command: git push --force origin main }
      - create_file: { path: b.txt, text: "b\\n" }
    closes: done
`,
  });
  repo.commitAll("policy");
  const before = server.asked.length;
  await surefoot(repo.root, [
    "run",
    "tidy the logs",
    "--agent",
    "recorded",
    "--script",
    "session.yaml",
    "--json",
  ]);
  const asked = server.asked.slice(before);
  assert.deepEqual(
    asked.map(({ command }) => command),
    ['cd "$X" ; rm -f old.log'],
  );
  assert.match(asked[0]?.user ?? "", /tidy the logs/);
  const exported = await surefoot(repo.root, ["ledger", "export"]);
  const opinions = exported.out
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => JSON.parse(JSON.parse(line).payload ?? "{}").judgement?.second ?? []);
  assert.deepEqual(
    opinions.map(({ model, answer, binding }) => ({ model, answer, binding })),
    [{ model: "compatible:scripted", answer: "allow", binding: true }],
  );
});
