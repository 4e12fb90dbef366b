import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Runs npm in a folder, as nobody's child: what `npm test` puts into the environment would make it work on this
 * repository instead. Returns what it printed. Throws when npm fails.
 */
export async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name) || /^npm_config_(cache|registry|cafile|userconfig)$/i.test(name),
  );
  const { stdout } = await run("npm", args, {
    cwd,
    env: Object.fromEntries(kept),
    timeout: 110_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}
