import type { Host, ObservedCall } from "../../core/ports.ts";
import type { Adapter } from "../adapter.ts";
import { providerSettings } from "../codex-config.ts";
import { environmentFor } from "../environment.ts";
import { copySecret, filesBelow, findProgram, loggedOut, mustFind } from "../find.ts";
import { headlessAgent } from "../headless.ts";
import type { HeadlessKind, Launch, Place } from "../headless.ts";
import { orRefuse } from "../shell-quote.ts";
import { codexRules, staticPolicy } from "../static-policy.ts";
import { readCodex } from "../streams/codex.ts";
import { readTranscript } from "../transcripts/codex.ts";

const programs = ["codex"];
const remedy =
  "install it (npm install -g @openai/codex) and log in once with `codex login`, or set CODEX_API_KEY";

const kind: HeadlessKind = {
  id: "codex",
  title: "Codex",
  announces: false,
  prepare,
  reader: readCodex,
  transcriptFiles: (host, home) => filesBelow(host.files, `${home}/.codex/sessions`, /rollout-[^/]*\.jsonl$/),
  observe,
};

export const adapter: Adapter = {
  id: kind.id,
  title: kind.title,
  programs,
  remedy,
  detect: (host) => findProgram(host, programs),
  async make(host, options) {
    const found = await mustFind(host, { ...kind, programs, remedy }, options);
    if (!(await canLogIn(host))) throw loggedOut(kind.title, remedy);
    return headlessAgent(host, kind, found, options);
  },
};

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

async function observe(
  place: Place,
  _launch: Launch,
  before: readonly string[],
): Promise<readonly ObservedCall[] | undefined> {
  const { host, home } = place;
  const fresh = (await kind.transcriptFiles(host, home)).filter((path) => !before.includes(path));
  if (fresh.length === 0) return undefined;
  const texts = await Promise.all(fresh.map((path) => host.files.readText(path)));
  return texts.flatMap((text) => readTranscript(text ?? ""));
}
