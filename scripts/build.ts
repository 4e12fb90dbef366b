// Makes the package: compiled modules, the bundled hook and the JSON Schema that lies in the repository.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { realFiles } from "../src/host/real-files.ts";
import { loadPolicy } from "../src/policy/load.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
  { cwd: root, stdio: "inherit" },
);
if (tsc.status !== 0) process.exit(1);

// What holds where nobody wrote a policy: compiled here, so that a hook reads no YAML.
const nowhere = { files: realFiles(), root, read: async () => undefined, local: false };
const { policy, digest } = await loadPolicy(nowhere);
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

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
  define: {
    surefootVersion: JSON.stringify(version),
    surefootStandard: JSON.stringify({ policy, digest }),
  },
});
