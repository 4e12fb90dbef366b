import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../../src/core/fault.ts";
import { memoryFiles } from "../../../src/host/memory-files.ts";
import type { MemoryFiles } from "../../../src/host/memory-files.ts";

const project = join(import.meta.dirname, "../../..");
const shipped = Object.fromEntries(
  ["policies", "taxonomies"].flatMap((folder) =>
    readdirSync(join(project, folder)).map((name) => {
      const path = join(project, folder, name);
      return [path, readFileSync(path, "utf8")] as const;
    }),
  ),
);

/** Files in memory, beside the presets and taxonomies that ship with the package. Names below `/repo` may be relative. */
export function filesWith(texts: Readonly<Record<string, string>> = {}): MemoryFiles {
  const named = Object.entries(texts).map(([name, text]) => [
    name.startsWith("/") ? name : `/repo/${name}`,
    text,
  ]);
  return memoryFiles({ ...shipped, ...Object.fromEntries(named) }, () => 0);
}

/** What a person reads of a fault. */
export async function faultFrom(
  work: Promise<unknown>,
): Promise<{ code: string; says: string; hint: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, says: error.message, hint: error.hint };
    throw error;
  }
  throw new Error("no fault was thrown");
}
