import { readFileSync } from "node:fs";
import { join } from "node:path";

const demo = join(import.meta.dirname, "../../demo");

function file(path: string): string {
  return readFileSync(join(demo, path), "utf8");
}

/** The demonstration's project as files for `tempRepo`: one test fails, and `quantity >= 10` mends it. */
export function shop(more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const paths = [
    "package.json",
    "src/cart.js",
    "src/shipping.js",
    "test/cart.test.js",
    "test/shipping.test.js",
    "scripts/lint.js",
    "surefoot.yaml",
  ];
  return { ...Object.fromEntries(paths.map((path) => [path, file(`project/${path}`)])), ...more };
}

/** A recording of attempts, each a list of YAML steps. */
export function recording(...attempts: readonly (readonly string[])[]): string {
  const body = attempts.map(
    (steps) =>
      `  - says: Here I go.\n    steps:\n${steps.map((step) => `      - ${step}\n`).join("")}    closes: Done.\n`,
  );
  return `recorded: a scripted agent of a test\nattempts:\n${body.join("")}`;
}

export const rightEdit =
  'apply_patch: { path: src/cart.js, old_str: "quantity > 10", new_str: "quantity >= 10" }';
export const wrongEdit = 'apply_patch: { path: src/shipping.js, old_str: "490", new_str: "190" }';
