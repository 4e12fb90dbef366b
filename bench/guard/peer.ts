import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkCommand } from "cc-safety-net/api";
import type { Verdict } from "../../src/core/action.ts";
import { quantile } from "../machine.ts";
import type { HookRow } from "../guard-hook.ts";

/** What cc-safety-net says of a command, in its standard mode. It knows no question. */
export function peerVerdict(command: string, cwd: string): Verdict {
  return checkCommand({ command, cwd }).kind === "deny" ? "deny" : "allow";
}

/** Its hook on a harmless command, started by Node as its own plugin does, in turns with `node -e 0`. */
export async function peerHookRow(pairs: number, cwd: string): Promise<HookRow> {
  const program = join(
    dirname(fileURLToPath(import.meta.resolve("cc-safety-net/package.json"))),
    "dist/bin/cc-safety-net.js",
  );
  const payload = JSON.stringify({
    hook_event_name: "PreToolUse",
    session_id: "bench",
    cwd,
    tool_name: "Bash",
    tool_input: { command: "npm test" },
  });
  const own: number[] = [];
  const bare: number[] = [];
  await time([program, "hook", "--coding-cli"], payload, cwd);
  for (let pair = 0; pair < pairs; pair += 1) {
    bare.push(await time(["-e", "0"], "", cwd));
    own.push(await time([program, "hook", "--coding-cli"], payload, cwd));
  }
  const [ms, bareMs] = [quantile(own, 0.5), quantile(bare, 0.5)];
  return { says: "cc-safety-net's hook, harmless command", ms, bareMs, ratio: ms / bareMs };
}

/** Milliseconds from start to end. Throws when the program fails: a fast failure is no fast start. */
function time(args: readonly string[], stdin: string, cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const before = performance.now();
    const child = spawn(process.execPath, args, { cwd, stdio: ["pipe", "ignore", "inherit"] });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(performance.now() - before);
      else reject(new Error(`${args.join(" ")} ended with ${code}`));
    });
    child.stdin.end(stdin);
  });
}
