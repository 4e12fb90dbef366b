import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recording, rightEdit, shop } from "../support/shop.ts";
import { surefootFor } from "../support/surefoot.ts";
import { tempRepo } from "../support/temp-repo.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap((block) =>
  (block[1] ?? "").trim().split("\n"),
);

/** Command lines that end otherwise than with 0, and why. */
const ends: Readonly<Record<string, number>> = {
  'surefoot guard explain "git push --force origin main"': 1,
};

test("the set-up commands of the README are what continuous integration runs", () => {
  const ci = readFileSync(join(root, ".ci/run"), "utf8");
  const setup = commands.filter((command) => command.startsWith("npm "));
  assert.deepEqual(setup, ["npm ci && npm run demo", "npm ci && npm test"]);
  for (const command of setup.flatMap((line) => line.split(" && ")))
    assert.match(ci, new RegExp(`^${command}$`, "m"));
});

test("every other command of the README runs as written, in order", async (context) => {
  const surefoot = surefootFor(context);
  const files = { ...shop({ "session.yaml": recording([rightEdit]) }) };
  const { "surefoot.yaml": _, ...bare } = files;
  const repo = tempRepo(context, { files: bare });
  // What concerns the settings of agents is run with the installed package (package.test.ts).
  const lines = commands.filter((command) => /^surefoot (?!guard (un)?install )/.test(command));
  assert.ok(lines.length >= 8);
  for (const line of lines) {
    const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "").slice(1);
    const answer = await surefoot(repo.root, args);
    assert.equal(answer.code, ends[line] ?? 0, `${line}\n${answer.err}${answer.out}`);
    assert.notEqual(answer.out, "", line);
  }
});
