// The first lines of the bundled hook. The program itself stands behind them in the same file, inside a comment, so that
// it can be started with code that an earlier start compiled: Node's own cache keeps only what is compiled at once, and
// most of a hook's time would go into compiling the rest again. A cache that is missing or refused costs time alone.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** Starts the program that stands in `file` between the markers. */
export function start(file: string, require: NodeJS.Require): void {
  const cache = join(
    guardFolder({ env: process.env, platform: { home: homedir() } }),
    "code",
    `${surefootProgram}-${process.version}-${process.arch}`,
  );
  const cachedData = readIfThere(cache);
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${programIn(file)}\n})`, {
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

const begin = "/*PROGRAM\n";
const end = "\nPROGRAM*/";

/** How the build writes a program into a comment. */
export function hidden(program: string): string {
  return `${begin}${program.replaceAll("*/", "*\u0001/")}${end}`;
}

function programIn(file: string): string {
  // The build writes nothing but ASCII. The marker stands in this code as well.
  const text = readFileSync(file, "latin1");
  return text.slice(text.lastIndexOf(begin) + begin.length, -end.length).replaceAll("*\u0001/", "*/");
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
