// Writes the JSON Schema that editors use for surefoot.yaml, from the schema that the program itself uses.
// `node scripts/generate-schema.ts --check` only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { policyJsonSchema } from "../src/policy/schema.ts";

const path = join(import.meta.dirname, "../schema/surefoot.schema.json");

export function renderSchema(): string {
  return `${JSON.stringify(policyJsonSchema(), null, 2)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  if (!process.argv.includes("--check")) writeFileSync(path, renderSchema());
  else if (JSON.stringify(JSON.parse(readFileSync(path, "utf8"))) !== JSON.stringify(policyJsonSchema())) {
    console.log("stale: schema/surefoot.schema.json");
    process.exitCode = 1;
  }
}
