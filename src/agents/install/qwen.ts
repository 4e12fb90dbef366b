import { agentSeconds, hookCommand, watched } from "../hook-command.ts";
import type { Edit, Installer } from "../installer.ts";
import { deniedCommands } from "../static-policy.ts";

export const installer: Installer = {
  id: "qwen",
  title: "Qwen Code",
  programs: ["qwen"],
  scopes: ["user", "project"],
  http: false,
  late: "the hook takes longer than Qwen Code waits",
  open: ["the project's settings say disableAllHooks"],
  async plan({ host, scope, project, hook, unattended, timeout, policy }) {
    const user = host.env["QWEN_HOME"] ?? `${host.platform.home}/.qwen`;
    const command = watched(hookCommand(hook, "qwen", { unattended }), timeout);
    // Below 1000 it is read as seconds.
    const hooks = [{ type: "command", name: "surefoot", command, timeout: agentSeconds }];
    const settings: Edit = {
      kind: "settings",
      path: scope === "user" ? `${user}/settings.json` : `${project}/.qwen/settings.json`,
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
    return { edits: [settings], start: { shell: command }, notes: [] };
  },
};
