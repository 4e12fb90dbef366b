import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../golden/report");

/** Compares with a file that is reviewed like code; `UPDATE_GOLDEN=1` writes it. */
export function matchesGolden(name: string, text: string): void {
  const path = join(folder, name);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"), `differs from test/golden/report/${name}`);
}
