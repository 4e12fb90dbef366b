import { agentSeconds, hookCommand } from "../hook-command.ts";
import type { Edit, Installer } from "../installer.ts";
import { deniedCommands } from "../static-policy.ts";

export const installer: Installer = {
  id: "claude",
  title: "Claude Code",
  programs: ["claude"],
  scopes: ["user", "project"],
  open: [
    "the hook ends well and prints something else than its answer, as a module that Node is told to preload could make it do",
    "a settings file of the project says disableAllHooks, which works in a running session, too",
  ],
  async plan({ host, scope, project, hook, unattended, policy }) {
    const user = host.env["CLAUDE_CONFIG_DIR"] ?? `${host.platform.home}/.claude`;
    const start = hookCommand(hook, "claude", { unattended });
    const [command, ...args] = start;
    const hooks = [{ type: "command", command, args, timeout: agentSeconds, onFailure: "block" }];
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
    return { edits: [settings], start, notes: [] };
  },
};
