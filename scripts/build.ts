// Makes the package: compiled modules, the bundled hook and the JSON Schema that lies in the repository.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeHook } from "./hook-bundle.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
  { cwd: root, stdio: "inherit" },
);
if (tsc.status !== 0) process.exit(1);

// Compiled on the user's machine, where there is a compiler.
cpSync(join(root, "src/client"), join(dist, "client"), { recursive: true });
await writeHook(dist);
