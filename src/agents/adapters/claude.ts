import type { Host } from "../../core/ports.ts";
import { environmentFor } from "../environment.ts";
import { fieldsOf, textOf } from "../fields.ts";
import { copySecret, filesBelow } from "../find.ts";
import { headlessAdapter, observeFiles } from "../headless-adapter.ts";
import type { Launch, Place } from "../headless.ts";
import { readSettings } from "../jsonc.ts";
import { orRefuse } from "../shell-quote.ts";
import { claudeDenials, staticPolicy } from "../static-policy.ts";
import { readClaude } from "../streams/claude.ts";
import { readTranscript } from "../transcripts/claude.ts";

export const adapter = headlessAdapter({
  id: "claude",
  title: "Claude Code",
  programs: ["claude"],
  remedy:
    "install it (npm install -g @anthropic-ai/claude-code) and log in once with `claude`, or set ANTHROPIC_API_KEY",
  canLogIn,
  announces: false,
  prepare,
  reader: readClaude,
  transcriptFiles,
  observe: observeFiles(transcriptFiles, (text) => readTranscript(text)),
});

/** Keys and endpoints; the rest of the user's environment stays outside. */
const names = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_CUSTOM_HEADERS",
  "ANTHROPIC_MODEL",
  "ANTHROPIC_SMALL_FAST_MODEL",
  "ANTHROPIC_DEFAULT_OPUS_MODEL",
  "ANTHROPIC_DEFAULT_SONNET_MODEL",
  "ANTHROPIC_DEFAULT_HAIKU_MODEL",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
  "ANTHROPIC_BEDROCK_BASE_URL",
  "ANTHROPIC_VERTEX_BASE_URL",
  "ANTHROPIC_VERTEX_PROJECT_ID",
  "ANTHROPIC_FOUNDRY_API_KEY",
  "ANTHROPIC_FOUNDRY_BASE_URL",
  "ANTHROPIC_FOUNDRY_RESOURCE",
  "CLOUD_ML_REGION",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "AWS_REGION",
  "AWS_BEARER_TOKEN_BEDROCK",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
];

function userFolder(host: Host): string {
  return host.env["CLAUDE_CONFIG_DIR"] ?? `${host.platform.home}/.claude`;
}

/** The user's own settings that say where and as whom to call a model. */
async function providerOf(
  host: Host,
): Promise<{ env: Readonly<Record<string, string>>; helper: string | undefined; model: string | undefined }> {
  const settings = await readSettings(host.files, `${userFolder(host)}/settings.json`);
  const env = Object.entries(fieldsOf(settings["env"])).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && names.includes(entry[0]),
  );
  return {
    env: Object.fromEntries(env),
    helper: textOf(settings, "apiKeyHelper"),
    model: textOf(settings, "model"),
  };
}

async function canLogIn(host: Host): Promise<boolean> {
  // On macOS the login is in the keychain, which only the agent itself can open.
  if (host.platform.os === "darwin") return true;
  const { env, helper } = await providerOf(host);
  const all: Host["env"] = { ...host.env, ...env };
  const keys = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
  ];
  if (helper !== undefined || keys.some((name) => (all[name] ?? "") !== "")) return true;
  return (await host.files.stat(`${userFolder(host)}/.credentials.json`)) !== undefined;
}

/** Copies the login and the provider's settings into the agent's own home; the environment that goes with them. */
export async function seed(host: Host, home: string): Promise<Readonly<Record<string, string>>> {
  const own = `${home}/.claude`;
  const from = userFolder(host);
  await host.files.makeFolder(own, 0o700);
  await copySecret(host.files, `${from}/.credentials.json`, `${own}/.credentials.json`);
  const elsewhere = host.env["CLAUDE_CONFIG_DIR"] !== undefined;
  const account = await readSettings(
    host.files,
    elsewhere ? `${from}/.claude.json` : `${host.platform.home}/.claude.json`,
  );
  const kept = ["oauthAccount", "primaryApiKey", "customApiKeyResponses"].flatMap((name) =>
    name in account ? [[name, account[name]]] : [],
  );
  const state = { hasCompletedOnboarding: true, ...Object.fromEntries(kept) };
  await host.files.write(`${own}/.claude.json`, JSON.stringify(state), 0o600);
  const provider = await providerOf(host);
  return {
    ...environmentFor({ ...host.env, ...provider.env }, home, names),
    CLAUDE_CONFIG_DIR: own,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
  };
}

async function prepare(place: Place): Promise<Launch> {
  const { host, home, options } = place;
  const env = await seed(host, home);
  const provider = await providerOf(host);
  const settings = {
    permissions: { deny: claudeDenials(staticPolicy(options.protectedBranches)) },
    ...(provider.helper === undefined ? {} : { apiKeyHelper: provider.helper }),
    hooks: {
      PreToolUse: [
        {
          matcher: "*",
          hooks: [{ type: "command", command: orRefuse(place.hook), timeout: 60, onFailure: "block" }],
        },
      ],
    },
  };
  const model = place.model ?? provider.model;
  return {
    leaves: [],
    // Inline settings and no other source: a settings file in the workspace could switch all hooks off in the running session.
    args: [
      "-p",
      "--output-format",
      "stream-json",
      "--verbose",
      "--permission-mode",
      "dontAsk",
      "--settings",
      JSON.stringify(settings),
      "--setting-sources=",
      "--strict-mcp-config",
      ...(model === undefined ? [] : ["--model", model]),
    ],
    env,
  };
}

function transcriptFiles(host: Host, home: string): Promise<readonly string[]> {
  return filesBelow(host.files, `${home}/.claude/projects`, /\.jsonl$/);
}
