// The real agents, pinned, each in a folder of its own: their dependencies differ.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export type LabAgent = keyof typeof pins;

/** These programs change weekly; a newer pin is a change of its own, with the tests run again. */
const pins = {
  claude: "@anthropic-ai/claude-code@2.1.329",
  codex: "@openai/codex@0.169.0",
  gemini: "@google/gemini-cli@0.61.0",
  opencode: "opencode-ai@1.18.33",
  qwen: "@qwen-code/qwen-code@0.24.4",
  copilot: "@github/copilot@1.0.102",
  cline: "cline@3.0.65",
} as const;

export const labFolder = process.env["SUREFOOT_LAB"] ?? join(homedir(), ".cache", "surefoot-lab");

export function binFolder(agent: LabAgent): string {
  return join(labFolder, agent, "node_modules", ".bin");
}

/** Installs the agent where it is missing. `undefined` when it can be started, else why not, for a skipped test. */
export function whyMissing(agent: LabAgent): string | undefined {
  if (starts(agent) === undefined) return undefined;
  const folder = join(labFolder, agent);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "package.json")))
    writeFileSync(join(folder, "package.json"), '{"private": true}\n');
  const npm = npmCommand();
  if (npm === undefined) return "npm was not found";
  // Some of them fetch their native part in an install script. npm runs under this Node, because an older one would pick
  // older releases without a word.
  const ran = spawnSync(
    process.execPath,
    [npm, "install", "--no-audit", "--no-fund", "--foreground-scripts", pins[agent]],
    {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: path(),
        npm_config_ignore_scripts: "false",
        npm_config_dangerously_allow_all_scripts: "true",
      },
      timeout: 300_000,
    },
  );
  if (ran.status !== 0)
    return `npm could not install ${pins[agent]}: ${ran.stderr.trim().split("\n").at(-1) ?? ""}`;
  return starts(agent);
}

function starts(agent: LabAgent): string | undefined {
  const program = join(binFolder(agent), agent);
  if (!existsSync(program)) return `${program} is missing`;
  const ran = spawnSync(program, ["--version"], {
    encoding: "utf8",
    env: { ...process.env, PATH: path() },
    timeout: 60_000,
  });
  if (ran.status !== 0)
    return `${agent} --version ended with ${ran.status}: ${ran.stderr.trim().slice(0, 200)}`;
  const wanted = pins[agent].slice(pins[agent].lastIndexOf("@") + 1);
  return ran.stdout.includes(wanted) ? undefined : `${agent} is ${ran.stdout.trim()}, not ${wanted}`;
}

function path(): string {
  return [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
}

function npmCommand(): string | undefined {
  const given = process.env["npm_execpath"];
  if (given !== undefined && existsSync(given)) return given;
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const link = join(folder, "npm");
    if (existsSync(link)) return realpathSync(link);
  }
  return undefined;
}
