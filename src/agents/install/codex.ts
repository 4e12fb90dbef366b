import { trustedConfig } from "../codex-trust.ts";
import { agentSeconds, hookCommand, startsHook, watched } from "../hook-command.ts";
import type { Edit, Installer } from "../installer.ts";
import { withEntries, withoutItems } from "../settings-text.ts";
import type { Entry } from "../settings-text.ts";
import { codexRules } from "../static-policy.ts";

const lists = [["hooks", "PreToolUse"]];
const why = "surefoot: an agent never does this here, whoever allows it";

export const installer: Installer = {
  id: "codex",
  title: "Codex",
  programs: ["codex"],
  // A project's own hooks are read only where the user trusts the project as a whole.
  scopes: ["user"],
  http: false,
  late: "the hook takes longer than Codex waits",
  open: [
    "the hook is not trusted, as after a change of hooks.json: Codex then passes over it without a word",
    "a project that the user trusts says features.hooks = false, or keys are typed into a running shell (write_stdin)",
  ],
  async plan(place) {
    const { host, hook, unattended, timeout, policy, before } = place;
    const home = await host.files.real(host.env["CODEX_HOME"] ?? `${host.platform.home}/.codex`);
    const command = watched(hookCommand(hook, "codex", { unattended }), timeout);
    const hooks = [{ type: "command", command, timeout: agentSeconds }];
    const entry: Entry = { kind: "item", path: ["hooks", "PreToolUse"], value: { matcher: "", hooks } };
    const settings: Edit = { kind: "settings", path: `${home}/hooks.json`, entries: [entry], lists };
    const rules: Edit = {
      kind: "file",
      path: `${home}/rules/surefoot.rules`,
      text: codexRules(policy, why),
    };
    const config = await before(`${home}/config.toml`);
    const present = lists.reduce(
      (text, path) => withoutItems(text, path, startsHook),
      (await before(settings.path)) ?? "",
    );
    const edited = withEntries(present, settings.entries)?.text;
    const trusted =
      edited === undefined ? undefined : await trustedConfig(host, home, { hooks: edited, config });
    const start = { shell: command };
    if (trusted === undefined)
      return {
        edits: [settings, rules],
        start,
        notes: ["Codex could not be asked to trust the hook: start `codex` once and trust it there"],
      };
    const trust: Edit = { kind: "text", path: `${home}/config.toml`, text: trusted };
    return { edits: [settings, rules, trust], start, notes: [] };
  },
};
