import { spawn } from "node:child_process";
import { join } from "node:path";
import { tempFolder } from "./temp-folder.ts";

/** How a command line of surefoot ended. */
export interface Answer {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

export interface Surefoot {
  /** Runs the sources in a folder, with state and configuration of its own. */
  (cwd: string, args: readonly string[], options?: SurefootOptions): Promise<Answer>;
  /** State and configuration folders of these runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly state: string;
}

export interface SurefootOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Does something once this text has come on standard error. */
  readonly when?: { readonly says: RegExp; readonly act: () => void };
  /** Sends the signal once this text has come on standard error. */
  readonly kill?: { readonly when: RegExp; readonly signal: NodeJS.Signals };
}

const entry = join(import.meta.dirname, "../../src/cli.ts");

/** The command line as a user starts it, kept away from the machine's own state. */
export function surefootFor(test: Parameters<typeof tempFolder>[0]): Surefoot {
  const folder = tempFolder(test);
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? folder,
    LC_ALL: "C.UTF-8",
    SUREFOOT_STATE_HOME: join(folder, "state"),
    SUREFOOT_CONFIG_HOME: join(folder, "config"),
  };
  const run = (cwd: string, args: readonly string[], options: SurefootOptions = {}): Promise<Answer> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [entry, ...args], {
        cwd,
        env: { ...env, ...options.env },
        stdio: "pipe",
      });
      let out = "";
      let err = "";
      let sent = false;
      let acted = false;
      child.stdout.on("data", (data: Buffer) => (out += data.toString()));
      child.stderr.on("data", (data: Buffer) => {
        err += data.toString();
        if (!acted && options.when?.says.test(err) === true) {
          acted = true;
          options.when.act();
        }
        if (sent || options.kill === undefined || !options.kill.when.test(err)) return;
        sent = true;
        child.kill(options.kill.signal);
      });
      child.stdin.end(options.stdin ?? "");
      child.on("close", (code, signal) => resolve({ code: code ?? signal ?? "unknown", out, err }));
    });
  return Object.assign(run, { env, state: env.SUREFOOT_STATE_HOME });
}
