import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadTaxonomies } from "../../../src/policy/taxonomies.ts";
import { faultFrom, filesWith } from "./support.ts";

const sources = join(import.meta.dirname, "../../../src");

test("every code that checks and the loop report has a severity and words for a reader", async () => {
  const taxonomy = await loadTaxonomies({ files: filesWith() });
  const reported = readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((name) => /^(checks|control)\/.*\.ts$/.test(name))
    .flatMap((name) => [
      ...readFileSync(join(sources, name), "utf8").matchAll(
        /"((?:gate|change|claims|tests|agent|budget|rubric)\.[a-z_]+)"/g,
      ),
    ])
    .map((match) => match[1] ?? "")
    .filter((code) => !events.has(code));
  assert.ok(reported.length > 5);
  assert.deepEqual(
    [...new Set(reported)].filter((code) => !taxonomy.has(code)),
    [],
  );
  for (const [code, { description }] of taxonomy) assert.match(description, /^[A-Z`][\s\S]*\.$/, code);
});

// Types of events have the same form as codes.
const events = new Set(["gate.chosen", "agent.probed", "agent.started", "agent.said", "agent.used"]);

const load = (texts: Readonly<Record<string, string>>): Promise<unknown> =>
  loadTaxonomies({ files: filesWith(texts), folder: "/repo/t" });

test("a code in two files, and a file that is no taxonomy, are faults", async () => {
  const one = "a.b: {severity: warn, description: Something.}\n";
  assert.equal(
    (await faultFrom(load({ "t/x.yaml": one, "t/y.yaml": one }))).says,
    "taxonomies/y.yaml: a.b stands in taxonomies/x.yaml too",
  );
  assert.equal(
    (await faultFrom(load({ "t/x.yaml": "a.b: {severity: fatal, description: x}" }))).says,
    "taxonomies/x.yaml: a.b.severity must be block, warn or info",
  );
  assert.equal((await faultFrom(load({}))).code, "policy/not-found");
});
