import type { Host } from "../../core/ports.ts";
import { providerSettings } from "../codex-config.ts";
import { environmentFor } from "../environment.ts";
import { copySecret, filesBelow } from "../find.ts";
import { headlessAdapter, observeFiles } from "../headless-adapter.ts";
import type { Launch, Place } from "../headless.ts";
import { orRefuse } from "../shell-quote.ts";
import { codexRules, staticPolicy } from "../static-policy.ts";
import { readCodex } from "../streams/codex.ts";
import { readTranscript } from "../transcripts/codex.ts";

export const adapter = headlessAdapter({
  id: "codex",
  title: "Codex",
  programs: ["codex"],
  remedy:
    "install it (npm install -g @openai/codex) and log in once with `codex login`, or set CODEX_API_KEY",
  canLogIn,
  announces: false,
  prepare,
  reader: readCodex,
  transcriptFiles,
  observe: observeFiles(transcriptFiles, (text) => readTranscript(text)),
});

const names = [
  "OPENAI_API_KEY",
  "CODEX_API_KEY",
  "OPENAI_BASE_URL",
  "OPENAI_ORGANIZATION",
  "OPENAI_PROJECT",
  "CODEX_CA_CERTIFICATE",
];

function userFolder(host: Host): string {
  return host.env["CODEX_HOME"] ?? `${host.platform.home}/.codex`;
}

async function providerOf(host: Host): Promise<ReturnType<typeof providerSettings>> {
  return providerSettings((await host.files.readText(`${userFolder(host)}/config.toml`)) ?? "");
}

async function canLogIn(host: Host): Promise<boolean> {
  const provider = await providerOf(host);
  const keys = ["OPENAI_API_KEY", "CODEX_API_KEY", ...provider.keys];
  if (keys.some((name) => (host.env[name] ?? "") !== "")) return true;
  return provider.ownProvider || (await host.files.stat(`${userFolder(host)}/auth.json`)) !== undefined;
}

/** Copies the login and the provider's settings into the agent's own home; the environment that goes with them. */
export async function seed(host: Host, home: string): Promise<Readonly<Record<string, string>>> {
  const own = `${home}/.codex`;
  await host.files.makeFolder(own, 0o700);
  await copySecret(host.files, `${userFolder(host)}/auth.json`, `${own}/auth.json`);
  const provider = await providerOf(host);
  const silence = [
    "check_for_update_on_startup = false",
    provider.top,
    "[features]",
    "plugins = false",
    "[analytics]",
    "enabled = false",
    "[feedback]",
    "enabled = false",
    "[otel]",
    'exporter = "none"',
    provider.tables,
  ];
  await host.files.write(`${own}/config.toml`, `${silence.join("\n")}\n`, 0o600);
  return { ...environmentFor(host.env, home, [...names, ...provider.keys]), CODEX_HOME: own };
}

async function prepare(place: Place): Promise<Launch> {
  const { host, home, options } = place;
  const env = await seed(host, home);
  const own = `${home}/.codex`;
  const hook = { type: "command", command: orRefuse(place.hook), timeout: 60 };
  await host.files.write(
    `${own}/hooks.json`,
    JSON.stringify({ hooks: { PreToolUse: [{ matcher: "", hooks: [hook] }] } }),
    0o600,
  );
  await host.files.write(
    `${own}/rules/surefoot.rules`,
    codexRules(staticPolicy(options.protectedBranches)),
    0o600,
  );
  const ownSandbox = !place.jailed && host.platform.os === "darwin";
  const settings = [
    "features.hooks=true",
    // Keys typed into a running shell would not come to the hook.
    "features.unified_exec_tty=false",
    'approval_policy="never"',
    // Its own sandbox does not start inside the jail, and where Linux allows no jail it allows no sandbox either.
    `sandbox_mode="${ownSandbox ? "workspace-write" : "danger-full-access"}"`,
    ...(ownSandbox ? ["sandbox_workspace_write.network_access=true"] : []),
  ];
  return {
    leaves: [],
    args: [
      "exec",
      "--json",
      "--skip-git-repo-check",
      "--dangerously-bypass-hook-trust",
      ...settings.flatMap((setting) => ["-c", setting]),
      ...(place.model === undefined ? [] : ["-m", place.model]),
      "-",
    ],
    env,
  };
}

function transcriptFiles(host: Host, home: string): Promise<readonly string[]> {
  return filesBelow(host.files, `${home}/.codex/sessions`, /rollout-[^/]*\.jsonl$/);
}
