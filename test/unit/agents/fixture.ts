import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { jsonLines } from "../../../src/agents/fields.ts";
import type { Fields } from "../../../src/agents/fields.ts";

/** A file below `test/fixtures/transcripts`: real samples, recorded with a scripted model. */
export function fixture(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/transcripts/${path}`, import.meta.url)), "utf8");
}

export function fixtureLines(path: string): readonly Fields[] {
  return jsonLines(fixture(path));
}
