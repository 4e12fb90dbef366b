import assert from "node:assert/strict";
import { extname } from "node:path";
import { test } from "node:test";
import { lintSource } from "@secretlint/core";
import { creator, rules } from "@secretlint/secretlint-rule-preset-recommend";
import { findSecrets } from "../../../src/ledger/secrets.ts";
import { makeRedactor } from "../../../src/ledger/redact.ts";
import { harmless, samples } from "./secret-samples.ts";

/**
 * Ids of the preset's rules that report something in the text, whichever file it stands in: some look at special files
 * only. Key ids of AWS are looked for too.
 */
async function lint(content: string): Promise<readonly string[]> {
  const aws = { id: "@secretlint/secretlint-rule-aws", options: { enableIDScanRule: true } };
  const results = await Promise.all(
    [".npmrc", "package.json", "key.json"].map((name) =>
      lintSource({
        source: { content, filePath: `/x/${name}`, ext: extname(name), contentType: "text" },
        options: { config: { rules: [{ id: "preset", rule: creator, rules: [aws] }] } },
      }),
    ),
  );
  const ids = results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
  return [...new Set(ids.map((id) => id.replace("@secretlint/secretlint-rule-", "")))];
}

const redactor = makeRedactor({ enabled: true, env: [] }, {});

test("both find every sample, by the rule and the kind that it stands for", async () => {
  for (const { kind, rule, text } of samples) {
    const kinds = new Set(findSecrets(text).map((range) => range.kind));
    assert.deepEqual([(await lint(text)).includes(rule), kinds.has(kind)], [true, true], text);
  }
});

test("neither takes what only looks like a credential", async () => {
  for (const text of harmless) assert.deepEqual([await lint(text), findSecrets(text)], [[], []], text);
  assert.deepEqual(await lint(samples[0]?.text ?? ""), ["aws"]);
});

test("nothing that the preset reports is left after redaction, in any surroundings", async () => {
  const surroundings: readonly ((text: string) => string)[] = [
    (text) => text,
    (text) => `{"a":[${JSON.stringify(text)},1]}`,
    (text) => `\t12 | ${text}\n`,
    (text) => `x=${text};${text}`,
    (text) => `é${text}é`,
  ];
  for (const { text } of samples) {
    for (const wrap of surroundings) {
      // The placeholder stands where a value stood, and one rule takes any value.
      const clean = redactor.text(wrap(text)).value.replaceAll(/\[redacted:[^\]]+\]/g, "$REDACTED");
      assert.deepEqual(await lint(clean), [], clean);
    }
  }
});

test("every rule of the preset that scans for credentials has a sample", () => {
  const ids = rules.map(({ meta }) => meta.id.replace("@secretlint/secretlint-rule-", ""));
  // A service account's file is found by the private key in it; the other rule is a filter.
  const without = new Set(["gcp", "filter-comments"]);
  const sampled = new Set(samples.map(({ rule }) => rule));
  assert.deepEqual(
    ids.filter((id) => !sampled.has(id) && !without.has(id)),
    [],
  );
});

test("a service account's file keeps nothing of its key", async () => {
  const key = samples.find(({ kind }) => kind === "private-key");
  const file = JSON.stringify(
    { type: "service_account", private_key_id: "1", private_key: key?.text },
    undefined,
    2,
  );
  assert.deepEqual([(await lint(file)).includes("gcp"), await lint(redactor.text(file).value)], [true, []]);
});
