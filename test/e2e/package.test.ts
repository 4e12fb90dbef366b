// The package as a user gets it: packed, and installed with its production dependencies alone.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import type { SpawnSyncReturns } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from "node:fs";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { nodeVersion } from "../support/node-version.ts";
import { npm } from "../support/npm.ts";

const root = join(import.meta.dirname, "../..");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "surefoot-package-")));
const modules = join(folder, "user/node_modules");
const own = join(modules, "surefoot");

before(
  async () => {
    mkdirSync(join(folder, "user"));
    writeFileSync(join(folder, "user/package.json"), '{"private": true}\n');
    await npm(root, "pack", "--silent", "--pack-destination", folder);
    const packed = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (packed === undefined) throw new Error("npm pack left no package");
    const quiet = ["--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"];
    await npm(join(folder, "user"), "install", ...quiet, join(folder, packed));
  },
  { timeout: 120_000 },
);

after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

/** Starts the installed program as a shell does that finds the Node of `nodeFolder` first. */
function surefoot(
  cwd: string,
  args: readonly string[],
  nodeFolder = dirname(process.execPath),
): SpawnSyncReturns<string> {
  return spawnSync(join(modules, ".bin/surefoot"), args, {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
    env: {
      PATH: [nodeFolder, process.env["PATH"] ?? ""].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      GIT_CEILING_DIRECTORIES: folder,
    },
  });
}

function newRepository(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  execFileSync("git", ["init", "--quiet", path], { stdio: "pipe" });
  return path;
}

interface Manifest {
  readonly name?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
}

test("what a user tries first works from the installed package", () => {
  const repository = newRepository("first");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tried: readonly (readonly [readonly string[], RegExp])[] = [
    [["--version"], new RegExp(`^surefoot ${version}$`, "m")],
    [["help"], /^ {2}run {7}/m],
    [["help", "run"], /--resume/],
    [["policy", "show"], /^preset: standard$/m],
    [["explain", "git/force-push"], /instead: git push/],
    [["explain", "same_check_failed_twice"], /same way/],
    [["doctor"], /ok {6}ledger/],
    [["run", "--demo"], /VERIFIED/],
  ];
  for (const [args, says] of tried) {
    const { status, stdout, stderr } = surefoot(repository, args);
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
    assert.match(stdout, says, args.join(" "));
    assert.doesNotMatch(stderr, /Warning|    at /, args.join(" "));
  }
});

test("the hook is two files that need nothing beside Node, and refuses when nobody answers it", () => {
  const lone = join(folder, "lone");
  mkdirSync(lone);
  for (const name of readdirSync(join(own, "dist")).filter((one) => /^hook.*\.cjs$/.test(one)))
    cpSync(join(own, "dist", name), join(lone, name));
  const ran = spawnSync(
    process.execPath,
    [join(lone, "hook.cjs"), "--dialect", "claude", "--socket", join(lone, "nobody.sock")],
    { encoding: "utf8", input: '{"tool_name":"Bash","tool_input":{"command":"ls"}}', env: {}, cwd: lone },
  );
  assert.match(ran.stdout + ran.stderr, /surefoot refuses because its guard did not answer/);
  assert.doesNotMatch(ran.stdout, /"permissionDecision": ?"allow"/);
});

test("a program can import the library and the schema", () => {
  const script =
    'import("surefoot").then(async (it) => console.log(typeof it.judge, typeof it.foldSession, (await import("surefoot/schema", { with: { type: "json" } })).default.$schema))';
  const ran = spawnSync(process.execPath, ["-e", script], { encoding: "utf8", cwd: join(folder, "user") });
  assert.equal(ran.stdout, "function function http://json-schema.org/draft-07/schema#\n", ran.stderr);
});

test("an older Node gets one line with the remedy, and the version from any", async (context) => {
  for (const major of [20, 22, 24]) {
    await context.test(`Node ${major}`, async (inner) => {
      const node = await nodeVersion(major);
      if (node.kind === "missing") return inner.skip(node.why);
      const version = surefoot(folder, ["--version"], node.folder);
      assert.deepEqual([version.status, version.stderr], [0, ""]);
      assert.match(version.stdout, /^surefoot \d+\.\d+\.\d+\n$/);
      const { status, stdout, stderr } = surefoot(folder, ["help"], node.folder);
      if (major >= 24) return assert.deepEqual([status, stderr], [0, ""]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(
        stderr,
        new RegExp(`^surefoot needs Node 24 .* started with ${major}\\..*: .*nodejs\\.org.*\\n$`),
      );
    });
  }
});

test("package and production dependencies take at most 50 MB", () => {
  const megabyte = 1_000_000;
  assert.ok(bytesIn(modules) <= 50 * megabyte, `${(bytesIn(modules) / megabyte).toFixed(1)} MB`);
});

test("nothing that is installed runs a script at installation or is built for a machine", () => {
  const files = readdirSync(modules, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    files.filter((file) => /\.node$|(^|\/)binding\.gyp$/.test(file)),
    [],
  );
  // Some packages carry further manifests inside, which npm does not read.
  const manifests = files.filter((file) =>
    /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(`node_modules/${file}`),
  );
  assert.ok(manifests.length > 10, "the dependencies are there");
  const scripted = manifests.flatMap((file) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(modules, file), "utf8"));
    const runs = ["preinstall", "install", "postinstall"].filter(
      (name) => manifest.scripts?.[name] !== undefined,
    );
    return runs.length > 0 || manifest.gypfile === true ? [manifest.name ?? file] : [];
  });
  assert.deepEqual(scripted, []);
});

test("the package holds what it needs and none of the project's own workshop", () => {
  const top = readdirSync(own).toSorted();
  assert.deepEqual(top, [
    "LICENSE",
    "README.md",
    "bin",
    "calibration",
    "demo",
    "dist",
    "docs",
    "package.json",
    "policies",
    "schema",
    "taxonomies",
  ]);
});

test("the guard goes into an agent's settings and out of them again, as the README says", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const lines = [...readme.matchAll(/^surefoot (guard (?:un)?install .*)$/gm)].map((match) => match[1] ?? "");
  assert.deepEqual(lines, ["guard install --agent claude", "guard uninstall --all"]);
  const cwd = newRepository("guarded");
  const settings = join(folder, ".claude/settings.json");
  const answers = lines.map((line) => {
    const { status, stderr } = surefoot(cwd, line.split(" "));
    return { status, there: existsSync(settings), stderr };
  });
  assert.deepEqual(answers, [
    { status: 0, there: true, stderr: "" },
    { status: 0, there: false, stderr: "" },
  ]);
});

test("publint finds nothing to mend", async () => {
  const { messages, pkg } = await publint({ pkgDir: own });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  );
});

function bytesIn(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
