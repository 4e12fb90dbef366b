import { agentSeconds, hookCommand, watched } from "../hook-command.ts";
import type { Edit, Installer } from "../installer.ts";
import { geminiDenials } from "../static-policy.ts";

export const installer: Installer = {
  id: "gemini",
  title: "Gemini CLI",
  programs: ["gemini"],
  scopes: ["user", "project"],
  http: false,
  late: "the hook takes longer than Gemini CLI waits",
  open: [
    "the project's settings say hooksConfig.enabled false",
    "it works for an editor (--acp): there it runs no hooks, and only the policy file holds",
  ],
  async plan({ host, scope, project, hook, unattended, timeout, policy }) {
    const home = host.env["GEMINI_CLI_HOME"] ?? host.platform.home;
    const folder = scope === "user" ? `${home}/.gemini` : `${project}/.gemini`;
    const command = watched(hookCommand(hook, "gemini", { unattended }), timeout);
    const hooks = [{ type: "command", name: "surefoot", command, timeout: agentSeconds * 1000 }];
    const edits: readonly Edit[] = [
      {
        kind: "settings",
        path: `${folder}/settings.json`,
        entries: [{ kind: "item", path: ["hooks", "BeforeTool"], value: { matcher: ".*", hooks } }],
        lists: [["hooks", "BeforeTool"]],
      },
      { kind: "file", path: `${folder}/policies/surefoot.toml`, text: geminiDenials(policy) },
    ];
    return { edits, start: { shell: command }, notes: [] };
  },
};
