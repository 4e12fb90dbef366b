import { agentSeconds, hookCommand, watched } from "../hook-command.ts";
import type { Edit, Installer } from "../installer.ts";

export const installer: Installer = {
  id: "copilot",
  title: "Copilot CLI",
  programs: ["copilot"],
  // It passes over the hooks of a repository (.github/hooks) that nobody has declared trusted, without a word.
  scopes: ["user"],
  http: false,
  late: "the hook takes longer than Copilot CLI waits",
  open: [
    "a person starts it with tools allowed that no hook sees; it takes no static policy but on its command line",
  ],
  async plan({ host, hook, unattended, timeout }) {
    const user = host.env["COPILOT_HOME"] ?? `${host.platform.home}/.copilot`;
    const command = watched(hookCommand(hook, "copilot", { unattended }), timeout);
    const preToolUse = [{ type: "command", bash: command, timeoutSec: agentSeconds }];
    const file: Edit = {
      kind: "file",
      path: `${user}/hooks/surefoot.json`,
      text: `${JSON.stringify({ version: 1, hooks: { preToolUse } }, null, 2)}\n`,
    };
    return { edits: [file], start: { shell: command }, notes: [] };
  },
};
