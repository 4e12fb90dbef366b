import { z } from "zod";
import { defineTool } from "../tool.ts";

/** What a model can take in at once; the middle of longer output is cut and counted. */
const outputBytes = 32 * 1024;
const defaultTimeoutMs = 120_000;
const longestTimeoutMs = 600_000;

export const tool = defineTool({
  name: "run_command",
  description:
    "Runs a shell command in the worktree and shows how it ended and what it wrote. What it leaves running ends with it.",
  schema: z.strictObject({
    command: z.string().min(1),
    timeout_ms: z.int().min(1).max(longestTimeoutMs).optional(),
  }),
  action: ({ command }, worktree) => ({ kind: "exec", command, cwd: worktree }),
  async run({ command, timeout_ms: timeoutMs = defaultTimeoutMs }, bench) {
    await bench.announce({ kind: "command", command });
    const { exit, output, truncated } = await bench.host.exec({
      run: { shell: command },
      cwd: bench.worktree,
      env: bench.env,
      timeoutMs,
      outputBytes,
      signal: bench.signal,
      ...(bench.jail === undefined ? {} : { jail: bench.jail }),
    });
    return { kind: "ran", exit, output, truncated };
  },
});
