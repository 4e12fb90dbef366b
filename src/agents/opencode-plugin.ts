/** How the error begins that our plugin throws; OpenCode keeps no decision apart from it. */
export const refusalMark = "Refused by surefoot: ";

/**
 * The text of the plugin file: it starts the hook program for each call and throws unless it is told an explicit allow.
 * When it is loaded it says so the same way, because OpenCode skips a plugin that fails without a word.
 */
export function pluginText(command: readonly string[]): string {
  return `// Written by surefoot for one run.
import { spawn } from "node:child_process";

const [program, ...args] = ${JSON.stringify(command)};

function ask(message) {
  return new Promise((resolve) => {
    let heard = "";
    const hook = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    hook.on("error", (error) => resolve({ allow: false, reason: String(error.message) }));
    hook.stdin.on("error", () => {});
    hook.stdout.on("data", (chunk) => { heard += chunk; });
    hook.on("close", () => {
      try { resolve(JSON.parse(heard)); } catch { resolve({ allow: false, reason: "the guard did not answer" }); }
    });
    hook.stdin.end(JSON.stringify(message));
  });
}

export const Surefoot = async ({ directory }) => {
  await ask({ ready: true });
  return {
    "tool.execute.before": async (input, output) => {
      const answer = await ask({ input, output: { args: output.args }, cwd: directory });
      if (answer?.allow !== true) throw new Error(${JSON.stringify(refusalMark)} + (answer?.reason ?? "no answer"));
    },
  };
};
`;
}
