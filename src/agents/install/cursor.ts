import { agentSeconds, hookCommand, watched } from "../hook-command.ts";
import type { Edit, Installer } from "../installer.ts";

export const installer: Installer = {
  id: "cursor",
  title: "Cursor",
  programs: ["cursor", "cursor-agent"],
  scopes: ["user", "project"],
  http: false,
  open: ["anything in it differs from its documentation: surefoot's tests do not run Cursor"],
  async plan({ host, scope, project, hook, unattended, timeout }) {
    const folder = scope === "user" ? `${host.platform.home}/.cursor` : `${project}/.cursor`;
    const command = watched(hookCommand(hook, "cursor", { unattended }), timeout);
    const entry = { command, timeout: agentSeconds, failClosed: true };
    const events: Readonly<Record<string, object>> = {
      beforeShellExecution: entry,
      beforeMCPExecution: entry,
      // Shell commands and MCP servers have events of their own; each call is decided once.
      preToolUse: { ...entry, matcher: "Read|Write|Edit|StrReplace|EditNotebook|Delete|WebFetch" },
    };
    const settings: Edit = {
      kind: "settings",
      path: `${folder}/hooks.json`,
      entries: [
        { kind: "member", path: ["version"], value: 1 },
        ...Object.entries(events).map(([event, value]) => ({
          kind: "item" as const,
          path: ["hooks", event],
          value,
        })),
      ],
      lists: Object.keys(events).map((event) => ["hooks", event]),
    };
    return { edits: [settings], start: { shell: command }, notes: [] };
  },
};
