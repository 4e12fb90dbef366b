import { resolve } from "node:path";
import { installers } from "../../agents/install/index.ts";
import type { Installation } from "../../agents/install-record.ts";
import type { Installer, Scope } from "../../agents/installer.ts";
import type { HookProgram } from "../../agents/adapter.ts";
import { Fault } from "../../core/fault.ts";
import type { Host } from "../../core/ports.ts";
import { stateFolder } from "../../host/state-folder.ts";
import { text, texts } from "../command.ts";
import type { CliInput } from "../command.ts";

/** Where it is written down what was installed. */
export function installedFile(host: Host): string {
  return `${stateFolder(host)}/installed.json`;
}

/** The agents that the command names, in its order. */
export function namedInstallers(input: CliInput): readonly Installer[] {
  return [...new Set(texts(input, "agent"))].map((id) => {
    const found = installers.find((installer) => installer.id === id);
    if (found !== undefined) return found;
    throw new Fault("agent/unknown", `there is no agent ${id} that the guard can be installed in`, {
      hint: `one of: ${installers.map((installer) => installer.id).join(", ")}`,
    });
  });
}

export function scopeIn(input: CliInput): Scope | undefined {
  const scope = text(input, "scope");
  if (scope === undefined || scope === "user" || scope === "project") return scope;
  throw new Fault("usage/invalid", `there is no scope ${scope}`, {
    hint: "--scope user, or --scope project",
  });
}

/** The program that an agent's hook starts. Throws where surefoot runs from its sources and was not built. */
export async function installedHook(input: CliInput, host: Host): Promise<HookProgram> {
  const sources = import.meta.filename.endsWith(".ts");
  const own = sources ? "../../../dist/hook.cjs" : "../../hook.cjs";
  const script = text(input, "hook") ?? resolve(import.meta.dirname, own);
  if ((await host.files.stat(script)) !== undefined) return { node: host.platform.execPath, script };
  throw new Fault("file/unreadable", `there is no ${script} for an agent's hook to start`, {
    where: { file: script },
    hint: sources ? "run `npm run build`" : "install surefoot again",
  });
}

export function titleOf(id: string): string {
  return installers.find((installer) => installer.id === id)?.title ?? id;
}

export function whereOf({ scope, project }: Pick<Installation, "scope" | "project">): string {
  return scope === "user" ? "for every project of yours" : `for ${project}`;
}
