import { fieldsOf } from "../fields.ts";
import { hookCommand, patienceSeconds } from "../hook-command.ts";
import type { Edit, InstallPlace, Installer } from "../installer.ts";
import { pluginText, pluginTrial } from "../opencode-plugin.ts";
import { settingsIn } from "../settings-text.ts";
import type { Entry } from "../settings-text.ts";

export const installer: Installer = {
  id: "opencode",
  title: "OpenCode",
  programs: ["opencode"],
  scopes: ["user", "project"],
  http: false,
  open: [
    "its plugin cannot be loaded: OpenCode then goes on without a word, and only the permissions in its settings hold",
    "the project's opencode.json overrides those permissions",
  ],
  async plan(place) {
    const { host, scope, project, hook, unattended } = place;
    const shared = host.env["XDG_CONFIG_HOME"] ?? `${host.platform.home}/.config`;
    const folder = scope === "user" ? `${shared}/opencode` : `${project}/.opencode`;
    const path = `${folder}/plugins/surefoot.js`;
    const text = pluginText(hookCommand(hook, "opencode", { unattended }), {
      by: "`surefoot guard install`; `surefoot guard uninstall` removes it",
      patienceMs: patienceSeconds * 1000,
    });
    return {
      edits: [{ kind: "file", path, text }, await permissions(place, scope === "user" ? folder : project)],
      start: [host.platform.execPath, "--input-type=module", "--eval", pluginTrial, path],
      notes: [],
    };
  },
};

/** The last rule that matches holds, so ours go to the end. */
async function permissions({ host, policy, before }: InstallPlace, folder: string): Promise<Edit> {
  const comments = (await host.files.stat(`${folder}/opencode.jsonc`)) !== undefined;
  const path = `${folder}/opencode.${comments ? "jsonc" : "json"}`;
  const permission = fieldsOf(settingsIn((await before(path)) ?? "{}"))["permission"];
  const bash = fieldsOf(permission)["bash"];
  const denied = policy.globs.map((glob): [string, string] => [glob, "deny"]);
  // One word stands for a rule that matches every command.
  const whole = typeof permission === "string" ? permission : typeof bash === "string" ? bash : undefined;
  const rules: Entry = {
    kind: "member",
    path: ["permission", "bash"],
    value: Object.fromEntries([["*", whole], ...denied].filter((rule) => rule[1] !== undefined)),
  };
  const every: Entry = {
    kind: "member",
    path: ["permission"],
    value: { "*": whole, bash: rules.value },
  };
  const entries: readonly Entry[] =
    typeof permission === "string"
      ? [every]
      : whole !== undefined
        ? [rules]
        : denied.map(([glob, value]) => ({ kind: "member", path: ["permission", "bash", glob], value }));
  return { kind: "settings", path, entries, lists: [] };
}
