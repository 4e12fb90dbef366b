// A place in which a real agent works against a scripted model: a repository, a user's home with settings that send the
// agent to the model, and the environment that goes with it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { binFolder, labFolder } from "./install.ts";
import type { LabAgent } from "./install.ts";

/** What a scripted model answers; the form is described at the top of `mock-model.mjs`. */
export interface Script {
  readonly turns: readonly ScriptTurn[];
  readonly conversations?: readonly { readonly match: string; readonly turns: readonly ScriptTurn[] }[];
}

export interface ScriptTurn {
  readonly text?: string;
  readonly calls?: readonly Readonly<Record<string, unknown>>[];
  readonly status?: number;
  readonly times?: number;
  readonly then?: ScriptTurn;
}

export interface LabOptions {
  readonly agent: LabAgent;
  readonly script: Script;
  /** Files of the repository's first commit. */
  readonly files: Readonly<Record<string, string>>;
  /** The model's name, where the agent's tools depend on it. */
  readonly model?: string;
  /** Whether the model names files as seen from the agent's working folder, wherever that is. */
  readonly relativePaths?: boolean;
}

export interface Lab {
  readonly folder: string;
  /** A repository whose `origin` is a bare one beside it; only a forced push can publish its last commit. */
  readonly repository: string;
  /** The user's home, with the settings of the agent. */
  readonly home: string;
  /** The user's whole environment, the agent first on its PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** The commit of `origin`'s main branch. */
  published(): string;
  /** The requests that the model got, as its log has them. */
  requests(): readonly unknown[];
  close(): Promise<void>;
}

/** Starts the model and makes everything else. */
export async function openLab(options: LabOptions): Promise<Lab> {
  // Not in the temporary folder, where a jailed agent sees nothing and Gemini trusts nothing.
  mkdirSync(join(labFolder, "runs"), { recursive: true });
  const folder = mkdtempSync(join(labFolder, "runs", `${options.agent}-`));
  const repository = join(folder, "repo");
  const home = join(folder, "user");
  mkdirSync(home);
  makeRepository(folder, repository, options.files);
  const script = join(folder, "script.json");
  writeFileSync(script, JSON.stringify(options.script));
  const log = join(folder, "requests.jsonl");
  const root = options.relativePaths === true ? "" : repository;
  const here = dirname(fileURLToPath(import.meta.url));
  const model = spawn(
    process.execPath,
    [join(here, "mock-model.mjs"), "--script", script, "--root", root, "--log", log],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const base = await new Promise<string>((resolve, reject) => {
    model.on("error", reject);
    model.stdout.on("data", (chunk) => {
      const port = /READY (\d+)/.exec(String(chunk))?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
  const closed = new Promise<void>((resolve) => model.on("close", () => resolve()));
  return {
    folder,
    repository,
    home,
    env: {
      PATH: [dirname(process.execPath), binFolder(options.agent), process.env["PATH"] ?? ""].join(":"),
      HOME: home,
      LANG: "C.UTF-8",
      TERM: "dumb",
      ...settings[options.agent](base, home, options.model),
    },
    published: () => git(join(folder, "origin.git"), "rev-parse", "main"),
    requests: () =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .trim()
            .split("\n")
            .map((line): unknown => JSON.parse(line))
        : [],
    async close() {
      model.kill();
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How a user would send each agent to another endpoint: files in the home, variables in the environment. */
const settings: Readonly<
  Record<LabAgent, (base: string, home: string, model?: string) => Record<string, string>>
> = {
  claude: (base) => ({ ANTHROPIC_BASE_URL: base, ANTHROPIC_API_KEY: "dummy" }),
  codex: (base, home, model = "mock-model") => {
    write(
      join(home, ".codex/config.toml"),
      [
        `model = "${model}"`,
        'model_provider = "mock"',
        "[model_providers.mock]",
        'name = "mock"',
        `base_url = "${base}/v1"`,
        'wire_api = "responses"',
        'env_key = "MOCK_KEY"',
        "supports_websockets = false",
        "",
      ].join("\n"),
    );
    return { MOCK_KEY: "dummy" };
  },
  gemini: (base, home, model = "gemini-2.5-pro") => {
    const auth = { selectedType: "gemini-api-key" };
    const off = { enableAutoUpdate: false, enableAutoUpdateNotification: false };
    write(
      join(home, ".gemini/settings.json"),
      JSON.stringify({ security: { auth }, privacy: { usageStatisticsEnabled: false }, general: off }),
    );
    return { GEMINI_API_KEY: "dummy", GOOGLE_GEMINI_BASE_URL: base, GEMINI_MODEL: model };
  },
  opencode: (base, home) => {
    const models = { "mock-model": { name: "Mock", limit: { context: 100_000, output: 8000 } } };
    const mock = {
      npm: "@ai-sdk/openai-compatible",
      name: "Mock",
      options: { baseURL: `${base}/v1`, apiKey: "dummy" },
      models,
    };
    const config = {
      model: "mock/mock-model",
      small_model: "mock/mock-model",
      enabled_providers: ["mock"],
      provider: { mock },
    };
    write(join(home, ".config/opencode/opencode.json"), JSON.stringify(config));
    return { OPENCODE_DISABLE_MODELS_FETCH: "1" };
  },
  qwen: (base, home) => {
    const off = { usageStatisticsEnabled: false };
    write(
      join(home, ".qwen/settings.json"),
      JSON.stringify({
        privacy: off,
        telemetry: { enabled: false },
        general: { enableAutoUpdate: false },
        security: { auth: { selectedType: "openai" } },
      }),
    );
    return { OPENAI_API_KEY: "dummy", OPENAI_BASE_URL: `${base}/v1`, OPENAI_MODEL: "mock-model" };
  },
  copilot: (base) => ({
    COPILOT_OFFLINE: "true",
    COPILOT_AUTO_UPDATE: "false",
    COPILOT_PROVIDER_BASE_URL: `${base}/v1`,
    COPILOT_PROVIDER_API_KEY: "dummy",
    COPILOT_MODEL: "mock-model",
  }),
  cline: (base, home) => {
    const endpoint = {
      provider: "openai-compatible",
      apiKey: "dummy",
      model: "mock-model",
      baseUrl: `${base}/v1`,
    };
    const chosen = { settings: endpoint, updatedAt: "2026-01-01T00:00:00.000Z", tokenSource: "manual" };
    const folder = join(home, ".cline/data/settings");
    write(
      join(folder, "global-settings.json"),
      JSON.stringify({ telemetryOptOut: true, autoUpdateEnabled: false }),
    );
    write(
      join(folder, "providers.json"),
      JSON.stringify({
        version: 1,
        lastUsedProvider: "openai-compatible",
        modes: {},
        providers: { "openai-compatible": chosen },
      }),
    );
    // Without it a hub stays behind that outlives the agent.
    return { CLINE_NO_AUTO_UPDATE: "1", CLINE_SESSION_BACKEND_MODE: "local" };
  },
};

/** How a user would start each agent on one task, with everything approved. */
export const headless: Readonly<
  Record<LabAgent, (prompt: string) => { readonly args: readonly string[]; readonly env?: Environment }>
> = {
  claude: (prompt) => ({
    args: [
      "-p",
      prompt,
      "--output-format",
      "stream-json",
      "--verbose",
      "--permission-mode",
      "bypassPermissions",
    ],
    // It bypasses nothing for root outside a sandbox.
    env: { IS_SANDBOX: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
  }),
  codex: (prompt) => ({
    args: [
      "exec",
      "--json",
      "--skip-git-repo-check",
      "-c",
      'approval_policy="never"',
      "-c",
      'sandbox_mode="danger-full-access"',
      "-c",
      "features.plugins=false",
      "-c",
      "analytics.enabled=false",
      "-c",
      "check_for_update_on_startup=false",
      prompt,
    ],
  }),
  gemini: (prompt) => ({
    args: ["-p", prompt, "--approval-mode", "yolo", "--output-format", "stream-json"],
    env: { GEMINI_CLI_TRUST_WORKSPACE: "true" },
  }),
  opencode: (prompt) => ({
    args: ["run", "--format", "json", "--auto", prompt],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      npm_config_offline: "true",
    },
  }),
  qwen: (prompt) => ({
    args: [prompt, "--auth-type", "openai", "--approval-mode", "yolo", "--output-format", "stream-json"],
  }),
  copilot: (prompt) => ({
    args: ["-p", prompt, "--allow-all", "--no-ask-user", "--output-format", "json"],
  }),
  cline: (prompt) => ({ args: ["--json", "--auto-approve", "true", prompt] }),
};

type Environment = Readonly<Record<string, string>>;

function makeRepository(folder: string, repository: string, files: Readonly<Record<string, string>>): void {
  const origin = join(folder, "origin.git");
  mkdirSync(repository);
  mkdirSync(origin);
  git(origin, "init", "-q", "--bare", "-b", "main");
  git(repository, "init", "-q", "-b", "main");
  for (const [path, text] of Object.entries(files)) write(join(repository, path), text);
  git(repository, "config", "user.name", "lab");
  git(repository, "config", "user.email", "lab@example.com");
  git(repository, "add", ".");
  git(repository, "commit", "-qm", "one");
  git(repository, "remote", "add", "origin", origin);
  git(repository, "push", "-q", "origin", "main");
  git(repository, "commit", "-q", "--amend", "-m", "rewritten");
}

function git(cwd: string, ...args: readonly string[]): string {
  const ran = spawnSync("git", ["-C", cwd, ...args], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`git ${args.join(" ")}: ${ran.stderr}`);
  return ran.stdout.trim();
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
