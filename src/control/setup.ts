import { succeeded } from "../core/exit.ts";
import type { Exit } from "../core/exit.ts";
import type { Jail } from "../core/ports.ts";
import type { RunContext } from "./context.ts";
import { gateEnvironment } from "./environment.ts";
import { keep } from "./gate.ts";
import { treeEnvironment } from "./workspace.ts";

export interface SetupRun {
  readonly command: string;
  readonly exit: Exit;
  readonly output: string;
}

const capturedBytes = 1024 * 1024;

/**
 * Makes the fresh workspace able to run its gates. Runs outside a jail on the untouched base, as it installs into the
 * caches of the user and the content is the user's own; on an agent's change it must be given the jail. Stops at the
 * first command that fails.
 */
export async function runSetup(
  context: RunContext,
  commands: readonly string[],
  jail?: Jail,
): Promise<readonly SetupRun[]> {
  const { host, workspace, policy } = context;
  const runs: SetupRun[] = [];
  for (const command of commands) {
    const ran = await host.exec({
      run: { shell: command },
      cwd: workspace.tree,
      env: { ...gateEnvironment(host.env), ...treeEnvironment(workspace) },
      timeoutMs: policy.setup.timeoutMs,
      outputBytes: capturedBytes,
      signal: context.signal,
      ...(jail === undefined ? {} : { jail }),
    });
    const durationMs = Math.round(ran.durationMs);
    context.journal.append({
      type: "setup.finished",
      command,
      exit: ran.exit,
      durationMs,
      output: keep(context, ran),
    });
    runs.push({ command, exit: ran.exit, output: ran.output });
    if (!succeeded(ran.exit)) break;
  }
  return runs;
}
