import { agentSeconds, hookCommand, hookUrl } from "../hook-command.ts";
import type { Edit, InstallPlace, Installer, Start } from "../installer.ts";
import { deniedCommands } from "../static-policy.ts";

export const installer: Installer = {
  id: "claude",
  title: "Claude Code",
  programs: ["claude"],
  scopes: ["user", "project"],
  http: true,
  open: [
    "the hook ends well and prints something else than its answer, as a module that Node is told to preload could make it do",
    "a settings file of the project says disableAllHooks, which works in a running session, too",
  ],
  async plan(place) {
    const { host, scope, project, policy } = place;
    const user = host.env["CLAUDE_CONFIG_DIR"] ?? `${host.platform.home}/.claude`;
    const { hook, start } = hookOf(place);
    const hooks = [{ ...hook, timeout: agentSeconds, onFailure: "block" }];
    const settings: Edit = {
      kind: "settings",
      // The project's other file is for everybody who works on it; these paths are of this machine.
      path: scope === "user" ? `${user}/settings.json` : `${project}/.claude/settings.local.json`,
      entries: [
        { kind: "item", path: ["hooks", "PreToolUse"], value: { matcher: "*", hooks } },
        ...deniedCommands(policy).map((value) => ({
          kind: "item" as const,
          path: ["permissions", "deny"],
          value,
        })),
      ],
      lists: [["hooks", "PreToolUse"]],
    };
    const notes =
      place.http === undefined
        ? []
        : [
            `Claude Code can do nothing while \`surefoot guard serve --http ${place.http.port}\` does not run`,
          ];
    return { edits: [settings], start, notes };
  },
};

/** Without a shell, so that nothing stands between Claude Code, which blocks when the hook fails, and the hook. */
function hookOf(place: InstallPlace): { readonly hook: object; readonly start: Start } {
  const { http } = place;
  if (http !== undefined) {
    const url = hookUrl(http.port, "claude", place);
    const headers = { Authorization: `Bearer ${http.token}` };
    return { hook: { type: "http", url, headers }, start: { url, headers } };
  }
  const start = hookCommand(place.hook, "claude", place);
  const [command, ...args] = start;
  return { hook: { type: "command", command, args }, start };
}
