import type { Host } from "../../core/ports.ts";
import { environmentFor } from "../environment.ts";
import { fieldsOf, textOf } from "../fields.ts";
import { copySecret, filesBelow } from "../find.ts";
import { headlessAdapter, observeFiles } from "../headless-adapter.ts";
import type { Launch, Place } from "../headless.ts";
import { readSettings } from "../jsonc.ts";
import { orRefuse } from "../shell-quote.ts";
import { geminiRules, staticPolicy } from "../static-policy.ts";
import { readGemini } from "../streams/gemini.ts";
import { readTranscript } from "../transcripts/gemini.ts";

export const adapter = headlessAdapter({
  id: "gemini",
  title: "Gemini CLI",
  programs: ["gemini"],
  remedy:
    "install it (npm install -g @google/gemini-cli) and log in once with `gemini`, or set GEMINI_API_KEY",
  canLogIn,
  announces: false,
  prepare,
  reader: readGemini,
  transcriptFiles,
  observe: observeFiles(transcriptFiles, (text, { workspace }) => readTranscript(text, workspace)),
});

const names = [
  "GEMINI_API_KEY",
  "GOOGLE_API_KEY",
  "GOOGLE_GEMINI_BASE_URL",
  "GOOGLE_VERTEX_BASE_URL",
  "GOOGLE_GENAI_USE_VERTEXAI",
  "GOOGLE_GENAI_USE_GCA",
  "GOOGLE_CLOUD_PROJECT",
  "GOOGLE_CLOUD_PROJECT_ID",
  "GOOGLE_CLOUD_LOCATION",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "GEMINI_MODEL",
];
const secrets = ["oauth_creds.json", "google_accounts.json", "gemini-credentials.json"];

function userFolder(host: Host): string {
  return `${host.env["GEMINI_CLI_HOME"] ?? host.platform.home}/.gemini`;
}

async function canLogIn(host: Host): Promise<boolean> {
  const keys = [
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_GCA",
  ];
  if (keys.some((name) => (host.env[name] ?? "") !== "")) return true;
  const present = await Promise.all(
    [...secrets, ".env"].map((name) => host.files.stat(`${userFolder(host)}/${name}`)),
  );
  return present.some((stat) => stat !== undefined);
}

/** Copies the login and the provider's settings into the agent's own home; the environment that goes with them. */
export async function seed(host: Host, home: string): Promise<Readonly<Record<string, string>>> {
  const from = userFolder(host);
  const own = `${home}/.gemini`;
  await host.files.makeFolder(own, 0o700);
  for (const name of [...secrets, ".env", "installation_id"])
    await copySecret(host.files, `${from}/${name}`, `${own}/${name}`);
  await host.files.write(`${own}/settings.json`, JSON.stringify(await providerOf(host)), 0o600);
  return {
    ...environmentFor(host.env, home, names),
    // Without it the agent stops in a folder that no person has declared trusted; the workspace was made for it.
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  };
}

/** The user's own settings that say which model is called and as whom, and the switches for silence. */
async function providerOf(host: Host): Promise<object> {
  const user = await readSettings(host.files, `${userFolder(host)}/settings.json`);
  const auth = textOf(fieldsOf(fieldsOf(user["security"])["auth"]), "selectedType") ?? authFrom(host.env);
  return {
    ...(auth === undefined ? {} : { security: { auth: { selectedType: auth } } }),
    ...("model" in user ? { model: user["model"] } : {}),
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  };
}

async function prepare(place: Place): Promise<Launch> {
  const { host, home, options } = place;
  const env = await seed(host, home);
  const settings = {
    ...(await providerOf(host)),
    hooksConfig: { enabled: true },
    hooks: {
      BeforeTool: [
        { matcher: ".*", hooks: [{ type: "command", command: orRefuse(place.hook), timeout: 60_000 }] },
      ],
    },
  };
  // The system's settings win over the project's. Gemini ignores them below a folder that others may write to, as the
  // temporary folder is outside the jail.
  const cache = `${host.env["XDG_CACHE_HOME"] ?? `${host.platform.home}/.cache`}/surefoot/gemini-${host.randomHex(12)}`;
  const folder = place.jailed ? place.folder : cache;
  await host.files.makeFolder(folder, 0o700);
  await host.files.write(`${folder}/settings.json`, JSON.stringify(settings), 0o600);
  await host.files.write(
    `${folder}/policy.toml`,
    geminiRules(staticPolicy(options.protectedBranches)),
    0o600,
  );
  return {
    leaves: place.jailed ? [] : [folder],
    args: [
      "--output-format",
      "stream-json",
      "--approval-mode",
      "default",
      "--policy",
      `${folder}/policy.toml`,
      ...(place.model === undefined ? [] : ["-m", place.model]),
    ],
    env: { ...env, GEMINI_CLI_SYSTEM_SETTINGS_PATH: `${folder}/settings.json` },
  };
}

function authFrom(env: Host["env"]): string | undefined {
  if ((env["GEMINI_API_KEY"] ?? "") !== "") return "gemini-api-key";
  if ((env["GOOGLE_GENAI_USE_VERTEXAI"] ?? "") !== "") return "vertex-ai";
  return undefined;
}

function transcriptFiles(host: Host, home: string): Promise<readonly string[]> {
  return filesBelow(host.files, `${home}/.gemini/tmp`, /\/chats\/.*\.jsonl$/);
}
