// Makes the package: compiled modules, the bundled hook and the JSON Schema that lies in the repository.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
  { cwd: root, stdio: "inherit" },
);
if (tsc.status !== 0) process.exit(1);

// One CommonJS file: with Node's compile cache it costs little more than starting Node.
await build({
  entryPoints: [join(root, "src/hook.ts")],
  outfile: join(dist, "hook.cjs"),
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node24",
  minify: true,
  legalComments: "none",
});
