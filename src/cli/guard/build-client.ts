import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeExit, succeeded } from "../../core/exit.ts";
import { Fault } from "../../core/fault.ts";
import { clientPath } from "../../host/state-folder.ts";
import type { Io } from "../command.ts";
import { hookScript } from "../run/choose-agent.ts";
import { version } from "../version.ts";

/**
 * Compiles the small hook for this user, this Node and this installation; it is good until one of them moves. Throws
 * `platform/unsupported` where there is no compiler: the hook program itself serves there as well.
 */
export async function buildClient({ host, out, err }: Io, socket: string): Promise<number> {
  const { files, platform } = host;
  const compilers = await Promise.all(["cc", "gcc", "clang"].map((name) => host.which(name)));
  const compiler = compilers.find((path) => path !== undefined);
  if (compiler === undefined || platform.os === "win32")
    throw new Fault("platform/unsupported", "there is no C compiler here (cc, gcc or clang)", {
      hint: "install one, or leave it: agents can start the hook program itself",
    });
  const path = clientPath(host);
  const settings = { SOCKET: socket, NODE: platform.execPath, HOOK: hookScript(), VERSION: version };
  const draft = `${path}.${platform.pid}`;
  await files.makeFolder(dirname(path), 0o700);
  const ran = await host.exec({
    run: [
      compiler,
      "-O2",
      ...Object.entries(settings).map(([name, value]) => `-D${name}=${literal(value)}`),
      "-o",
      draft,
      join(import.meta.dirname, "../../client/surefoot-hook.c"),
    ],
    cwd: dirname(path),
    env: { PATH: host.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
    timeoutMs: 60_000,
    outputBytes: 64 * 1024,
  });
  if (!succeeded(ran.exit))
    throw new Fault("platform/unsupported", `${compiler} could not compile it: ${describeExit(ran.exit)}`, {
      hint: ran.stderr.trim().split("\n")[0] ?? "see what the compiler says",
    });
  // An agent may be starting the one that stands there.
  await rename(draft, path);
  out(`${path}\n`);
  err(
    "`surefoot guard install` writes it into agents from now on; repeat it for those that have the guard\n",
  );
  return 0;
}

/** As C writes a string. */
function literal(text: string): string {
  const escaped = Buffer.from(text)
    .toString("latin1")
    .replace(/[^\w/.,:@+= -]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
  return `"${escaped}"`;
}
