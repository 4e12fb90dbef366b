import { dispatch } from "./cli/dispatch.ts";
import { realIo } from "./cli/real-io.ts";

/** Runs one command line and sets the process's exit code (README, table of exits). */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await dispatch(args, realIo());
}

if (import.meta.main) await main(process.argv.slice(2));
