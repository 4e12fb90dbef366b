import { Fault } from "../../core/fault.ts";
import { hookCommand, noAnswerSays, watchedScript } from "../hook-command.ts";
import type { InstallPlace, Installer } from "../installer.ts";

export const installer: Installer = {
  id: "cline",
  title: "Cline",
  programs: ["cline"],
  scopes: ["user", "project"],
  http: false,
  late: "the hook takes longer than Cline waits (two minutes)",
  open: ["its hook file cannot be started, or is no longer there"],
  async plan(place) {
    const { host, scope, project, hook, unattended, timeout } = place;
    const user = host.env["CLINE_DIR"] ?? `${host.platform.home}/.cline`;
    const path = await freeName(place, scope === "user" ? `${user}/hooks` : `${project}/.clinerules/hooks`);
    const refusal = { cancel: true, errorMessage: noAnswerSays };
    const text = watchedScript(hookCommand(hook, "cline", { unattended }), timeout, refusal);
    return {
      edits: [{ kind: "file", path, text, mode: 0o755 }],
      start: ["sh", path],
      notes: [],
    };
  },
};

/** Cline starts every file whose name is the event's, with or without an ending that says what runs it. */
async function freeName({ host }: InstallPlace, folder: string): Promise<string> {
  for (const ending of ["", ".sh", ".bash"]) {
    const path = `${folder}/PreToolUse${ending}`;
    const text = await host.files.readText(path);
    if (text === undefined || text.includes("surefoot guard install")) return path;
  }
  throw new Fault("file/exists", `${folder} has no name left for a hook of surefoot's`, {
    hint: "join the PreToolUse hooks in it, so that one of their names is free",
    where: { file: folder },
  });
}
