import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { policyJsonSchema } from "../../../src/policy/schema.ts";

const project = join(import.meta.dirname, "../../..");
const committed: Record<string, unknown> = JSON.parse(
  readFileSync(join(project, "schema/surefoot.schema.json"), "utf8"),
);
const accepts = new Ajv({ strict: false, allowUnionTypes: true }).compile(committed);

test("the committed schema is the one that the program uses (node scripts/generate-schema.ts)", () => {
  assert.deepEqual(committed, structuredClone(policyJsonSchema()));
});

test("editors accept every preset", () => {
  for (const name of readdirSync(join(project, "policies"))) {
    const text = readFileSync(join(project, "policies", name), "utf8");
    assert.equal(accepts(parse(text)), true, `${name}: ${JSON.stringify(accepts.errors)}`);
  }
});

test("editors refuse what the program refuses", () => {
  const bad = [
    "budgts: {}",
    "budgets: {wall_time: 10}",
    "budgets: {wall_time: soon}",
    "budgets: {iterations: 0}",
    "scope: {allow: ['/abs']}",
    "gates: {full: [{name: x}]}",
    "guard: {rules: {force: enforce}}",
    "jail: maybe",
    "version: 2",
    "waivers: [{id: a}]",
  ];
  assert.deepEqual(
    bad.filter((text) => accepts(parse(text))),
    [],
  );
});

test("every key is described, and every default that a preset sets is in its description", () => {
  const bare: string[] = [];
  const look = (schema: unknown, path: string): void => {
    if (typeof schema !== "object" || schema === null) return;
    if ("properties" in schema && typeof schema.properties === "object" && schema.properties !== null)
      for (const [key, inner] of Object.entries(schema.properties)) {
        const described = typeof inner === "object" && inner !== null && "description" in inner;
        if (!described) bare.push(`${path}.${key}`);
        look(inner, `${path}.${key}`);
      }
    for (const member of Object.values(schema))
      if (Array.isArray(member)) for (const one of member) look(one, path);
    if ("items" in schema) look(schema.items, `${path}[]`);
  };
  look(committed, "");
  assert.deepEqual(bare, []);
});
