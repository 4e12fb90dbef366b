// What `hook.cjs` is when it is bundled. The program itself stands in a file of its own beside it, so that it can be
// started with code that an earlier start compiled: Node's own cache keeps only what is compiled at once, and most of a
// hook's time would go into compiling the rest again. A cache that is missing or refused costs time alone.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { codeOf } from "../host/real-files.ts";
import { guardFolder } from "../host/state-folder.ts";

// Set by the build: the digest of the program.
declare const surefootProgram: string;

interface Program {
  /** Runs what other calls will need, so that it is compiled when the cache is written. */
  readonly warmUp?: () => void;
}

type Start = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: Program },
  file: string,
  folder: string,
) => void;

/** Starts the program that lies beside `file`. Without it, every call is refused. */
export function start(file: string, require: NodeJS.Require): void {
  const cache = join(
    guardFolder({ env: process.env, platform: { home: homedir() } }),
    "code",
    `${surefootProgram}-${process.version}-${process.arch}`,
  );
  const cachedData = readIfThere(cache);
  const script = new Script(programBeside(file), {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const loaded: { exports: Program } = { exports: {} };
  if (cachedData === undefined || script.cachedDataRejected === true)
    process.once("exit", () => {
      loaded.exports.warmUp?.();
      keep(cache, script.createCachedData());
    });
  const run: Start = script.runInThisContext();
  run(loaded.exports, require, loaded, file, dirname(file));
}

/** Its digest is in its name: while a package is being replaced, no loader finds a program of another version. */
export function programName(digest: string): string {
  return `hook-${digest}.cjs`;
}

/** How the build writes a program: as a function of what Node hands to every module. */
export function wrapped(program: string): string {
  return `(function(exports,require,module,__filename,__dirname){${program}\n})`;
}

function programBeside(file: string): string {
  try {
    // The build writes nothing but ASCII.
    return readFileSync(join(dirname(file), programName(surefootProgram)), "latin1");
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    writeSync(2, `surefoot: the guard's program cannot be read: ${String(error)}\n`);
    process.exit(2);
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

function keep(path: string, data: Buffer): void {
  const draft = `${path}.${process.pid}`;
  try {
    const folder = dirname(path);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // What another program left is a megabyte that nobody will read.
    for (const name of readdirSync(folder))
      if (!name.startsWith(surefootProgram)) rmSync(join(folder, name), { force: true });
    writeFileSync(draft, data, { mode: 0o600 });
    // Nobody ever reads half of it.
    renameSync(draft, path);
  } catch (error) {
    // A folder that cannot be written makes the next start slower, and no decision another one.
    if (codeOf(error) === undefined) throw error;
  }
}
