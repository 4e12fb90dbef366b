/** How the error begins that our plugin throws; OpenCode keeps no decision apart from it. */
export const refusalMark = "Refused by surefoot: ";

/**
 * The text of the plugin file: it starts the hook program for each call and throws unless it is told an explicit allow.
 * When it is loaded it says so the same way, because OpenCode skips a plugin that fails without a word. OpenCode waits
 * for a plugin as long as it likes, so a hook that takes longer than `patienceMs` is ended here.
 */
export function pluginText(command: readonly string[], { by, patienceMs }: PluginOptions): string {
  return `// Written by ${by}.
import { spawn } from "node:child_process";

const [program, ...args] = ${JSON.stringify(command)};

function ask(message) {
  return new Promise((resolve) => {
    let heard = "";
    const hook = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    const late = setTimeout(() => hook.kill("SIGKILL"), ${patienceMs});
    hook.on("error", (error) => resolve({ allow: false, reason: String(error.message) }));
    hook.stdin.on("error", () => {});
    hook.stdout.on("data", (chunk) => { heard += chunk; });
    hook.on("close", () => {
      clearTimeout(late);
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

export interface PluginOptions {
  /** Who wrote it, for the first line. */
  readonly by: string;
  readonly patienceMs: number;
}

/** A program for Node that loads the plugin as OpenCode does and hands it the call on standard input. */
export const pluginTrial = `
const { Surefoot } = await import(process.argv[1]);
let given = "";
for await (const chunk of process.stdin.setEncoding("utf8")) given += chunk;
const { input, output, cwd } = JSON.parse(given);
const hooks = await Surefoot({ directory: cwd });
const answer = await hooks["tool.execute.before"](input, output).then(
  () => ({ allow: true }),
  (error) => ({ allow: false, reason: error.message }),
);
console.log(JSON.stringify(answer));
`;
