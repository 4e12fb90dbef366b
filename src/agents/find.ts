import { Fault } from "../core/fault.ts";
import type { Files, Host } from "../core/ports.ts";
import type { Adapter, AgentOptions, Found } from "./adapter.ts";

/** The first of the programs that is on the PATH, asked for its version in a home of its own. */
export async function findProgram(host: Host, programs: readonly string[]): Promise<Found | undefined> {
  for (const program of programs) {
    const path = await host.which(program);
    if (path !== undefined) return { path, version: await versionOf(host, path) };
  }
  return undefined;
}

/** What is started: the given command, else the found program. Throws `agent/unavailable` where there is neither. */
export async function mustFind(
  host: Host,
  adapter: Pick<Adapter, "id" | "title" | "programs" | "remedy">,
  options: AgentOptions,
): Promise<Found> {
  const given = options.command?.[0];
  const found = await findProgram(host, given === undefined ? adapter.programs : [given]);
  if (found !== undefined) return found;
  throw new Fault(
    "agent/unavailable",
    `${adapter.title} is not installed: no ${given ?? adapter.programs.join(" or ")} on the PATH`,
    {
      hint: adapter.remedy,
    },
  );
}

export function loggedOut(title: string, remedy: string): Fault {
  return new Fault("agent/unavailable", `${title} has nothing to log in with`, { hint: remedy });
}

/** Copies one file of the user's for the agent alone, readable by nobody else. Says whether there was one. */
export async function copySecret(files: Files, from: string, to: string): Promise<boolean> {
  const content = await files.readBytes(from);
  if (content === undefined) return false;
  await files.write(to, content, 0o600);
  return true;
}

/** All files below a folder whose path matches, sorted. A folder that is not there has none. */
export async function filesBelow(
  files: Files,
  folder: string,
  wanted: RegExp,
  depth = 6,
): Promise<readonly string[]> {
  const names = depth === 0 ? undefined : await files.list(folder);
  const found: string[] = [];
  for (const name of names ?? []) {
    const path = `${folder}/${name.replace(/\/$/, "")}`;
    if (name.endsWith("/")) found.push(...(await filesBelow(files, path, wanted, depth - 1)));
    else if (wanted.test(path)) found.push(path);
  }
  return found;
}

async function versionOf(host: Host, path: string): Promise<string | undefined> {
  const home = await host.files.makeTempFolder("surefoot-version-");
  try {
    const ran = await host.exec({
      run: [path, "--version"],
      cwd: home,
      env: { PATH: host.env["PATH"] ?? "", HOME: home },
      timeoutMs: 30_000,
      outputBytes: 64 * 1024,
    });
    return /\d+\.\d+\.\d+[\w.-]*/.exec(ran.stdout)?.[0];
  } finally {
    await host.files.remove(home);
  }
}
