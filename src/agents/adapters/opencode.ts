import type { Host, ObservedCall } from "../../core/ports.ts";
import { environmentFor } from "../environment.ts";
import type { Fields } from "../fields.ts";
import { fieldsOf, isFields, listOf, parseJson, textOf } from "../fields.ts";
import { copySecret } from "../find.ts";
import { headlessAdapter } from "../headless-adapter.ts";
import type { Launch, Place } from "../headless.ts";
import { readSettings } from "../jsonc.ts";
import { pluginText } from "../opencode-plugin.ts";
import { opencodePermission, staticPolicy } from "../static-policy.ts";
import { readOpencode } from "../streams/opencode.ts";
import { readParts } from "../transcripts/opencode.ts";

export const adapter = headlessAdapter({
  id: "opencode",
  title: "OpenCode",
  programs: ["opencode"],
  remedy:
    "install it (npm install -g opencode-ai) and log in once with `opencode auth login`, or set a provider's key",
  canLogIn,
  announces: true,
  prepare,
  reader: readOpencode,
  transcriptFiles: async () => [],
  observe,
});

const keys = [
  "ANTHROPIC_API_KEY",
  "OPENAI_API_KEY",
  "GEMINI_API_KEY",
  "GOOGLE_GENERATIVE_AI_API_KEY",
  "OPENROUTER_API_KEY",
  "GROQ_API_KEY",
  "MISTRAL_API_KEY",
  "XAI_API_KEY",
  "DEEPSEEK_API_KEY",
  "AZURE_API_KEY",
  "CEREBRAS_API_KEY",
  "TOGETHER_API_KEY",
  "OPENCODE_API_KEY",
  "AWS_BEARER_TOKEN_BEDROCK",
  "GITHUB_TOKEN",
];
const names = [
  ...keys,
  "ANTHROPIC_BASE_URL",
  "OPENAI_BASE_URL",
  "AZURE_RESOURCE_NAME",
  "AWS_REGION",
  "OPENCODE_DISABLE_MODELS_FETCH",
];

function dataFolder(host: Host): string {
  return `${host.env["XDG_DATA_HOME"] ?? `${host.platform.home}/.local/share`}/opencode`;
}

/** The user's own settings that say which models are called, where and as whom. */
async function providerOf(host: Host): Promise<Fields> {
  const folder = `${host.env["XDG_CONFIG_HOME"] ?? `${host.platform.home}/.config`}/opencode`;
  const settings: Fields = {
    ...(await readSettings(host.files, `${folder}/opencode.json`)),
    ...(await readSettings(host.files, `${folder}/opencode.jsonc`)),
  };
  const kept = ["provider", "model", "small_model", "enabled_providers", "disabled_providers"];
  return Object.fromEntries(kept.flatMap((name) => (name in settings ? [[name, settings[name]]] : [])));
}

async function canLogIn(host: Host): Promise<boolean> {
  if (keys.some((name) => (host.env[name] ?? "") !== "")) return true;
  if ("provider" in (await providerOf(host))) return true;
  return (await host.files.stat(`${dataFolder(host)}/auth.json`)) !== undefined;
}

/**
 * Copies the login and the provider's settings into the agent's own home; the environment that goes with them. Its
 * permissions stand in the same file.
 */
export async function seed(
  host: Host,
  home: string,
  permission: object,
): Promise<Readonly<Record<string, string>>> {
  await copySecret(host.files, `${dataFolder(host)}/auth.json`, `${home}/.local/share/opencode/auth.json`);
  const provider = await providerOf(host);
  const settings = { ...provider, autoupdate: false, share: "disabled", permission };
  await host.files.write(`${home}/.config/opencode/opencode.json`, JSON.stringify(settings), 0o600);
  const named = [...JSON.stringify(provider).matchAll(/\{env:([A-Za-z_]\w*)\}/g)].map(
    (match) => match[1] ?? "",
  );
  return {
    ...environmentFor(host.env, home, [...names, ...named]),
    OPENCODE_DISABLE_PROJECT_CONFIG: "1",
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    OPENCODE_DISABLE_CLAUDE_CODE: "1",
    // With a plugin it would wait for the package registry before it starts.
    npm_config_offline: "true",
  };
}

async function prepare(place: Place): Promise<Launch> {
  const { host, home, options } = place;
  const env = await seed(host, home, opencodePermission(staticPolicy(options.protectedBranches)));
  const plugin = pluginText(place.hook, { by: "surefoot for one run", patienceMs: 60_000 });
  await host.files.write(`${home}/.config/opencode/plugins/surefoot.js`, plugin, 0o600);
  return {
    leaves: [],
    args: ["run", "--format", "json", "--auto", ...(place.model === undefined ? [] : ["-m", place.model])],
    env,
  };
}

/** OpenCode's own program reads its database; the session's sub-agents are sessions with a parent. */
async function observe(
  place: Place,
  launch: Launch,
  _before: readonly string[],
  session: string | undefined,
): Promise<readonly ObservedCall[] | undefined> {
  if (session === undefined || !/^\w+$/.test(session)) return undefined;
  const { host, options } = place;
  const program = options.command?.[0] ?? (await host.which("opencode"));
  if (program === undefined) return undefined;
  const query =
    `WITH RECURSIVE family(id) AS (SELECT id FROM session WHERE id = '${session}' ` +
    "UNION SELECT session.id FROM session JOIN family ON session.parent_id = family.id) " +
    "SELECT part.data AS data FROM part JOIN family ON part.session_id = family.id ORDER BY part.time_created, part.id";
  const ran = await host.exec({
    run: [program, "db", query, "--format", "json"],
    cwd: place.workspace,
    env: launch.env,
    timeoutMs: 60_000,
    outputBytes: 256 * 1024 * 1024,
  });
  const rows = parseJson(ran.stdout);
  if (!Array.isArray(rows)) return undefined;
  const parts = listOf(rows)
    .map((row) => parseJson(textOf(fieldsOf(row), "data") ?? ""))
    .filter(isFields);
  return readParts(parts, place.workspace);
}
