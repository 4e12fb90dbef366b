import { resolve } from "node:path";
import type { Words } from "../../agents/hook-command.ts";
import { installers } from "../../agents/install/index.ts";
import type { Installation } from "../../agents/install-record.ts";
import type { HttpPlace, Installer, Scope } from "../../agents/installer.ts";
import { Fault } from "../../core/fault.ts";
import type { Host } from "../../core/ports.ts";
import { clientPath, guardFolder, stateFolder } from "../../host/state-folder.ts";
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

/**
 * The program that an agent's hook starts: the small one where it was compiled. Throws where surefoot runs from its
 * sources and was not built.
 */
export async function installedHook(input: CliInput, host: Host): Promise<Words> {
  const { files, platform } = host;
  const given = text(input, "hook");
  if (given === undefined && (await files.stat(clientPath(host))) !== undefined) return [clientPath(host)];
  const sources = import.meta.filename.endsWith(".ts");
  const own = sources ? "../../../dist/hook.cjs" : "../../hook.cjs";
  const script = given ?? resolve(import.meta.dirname, own);
  if ((await files.stat(script)) !== undefined) return [platform.execPath, script];
  throw new Fault("file/unreadable", `there is no ${script} for an agent's hook to start`, {
    where: { file: script },
    hint: sources ? "run `npm run build`" : "install surefoot again",
  });
}

/** Where the agent shall ask over HTTP, where the command says so. */
export async function installedHttp(
  { title, http }: Installer,
  input: CliInput,
  host: Host,
): Promise<HttpPlace | undefined> {
  const given = text(input, "http");
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Fault("usage/invalid", `${given} is no port`, {
      hint: "--http <port>, the one that `surefoot guard serve --http <port>` listens on",
    });
  if (!http)
    throw new Fault("usage/invalid", `${title} cannot ask its hook over HTTP`, { hint: "leave out --http" });
  const token = (await host.files.readText(`${guardFolder(host)}/http-token`))?.trim() ?? "";
  if (token !== "") return { port, token };
  throw new Fault("file/unreadable", "nothing has served the guard over HTTP yet, so there is no token", {
    hint: `start \`surefoot guard serve --http ${port}\` first`,
  });
}

export function titleOf(id: string): string {
  return installers.find((installer) => installer.id === id)?.title ?? id;
}

export function whereOf({ scope, project }: Pick<Installation, "scope" | "project">): string {
  return scope === "user" ? "for every project of yours" : `for ${project}`;
}
