import {
  constants,
  lstatSync,
  promises as fs,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Files, FileStat } from "../core/ports.ts";

/**
 * The files of the machine. What reads does so at once: a hook looks at a handful of files and has no time to load what
 * waiting for them takes.
 */
export function realFiles(): Files {
  return {
    readText: async (path) => reading(path, () => readFileSync(path, "utf8")),
    readBytes: async (path) => reading(path, () => new Uint8Array(readFileSync(path))),
    write: async (path, content, mode) => writing(path, async () => await replace(path, content, mode)),
    append: async (path, text) =>
      writing(path, async () => {
        await fs.mkdir(dirname(path), { recursive: true });
        await fs.appendFile(path, text, { flush: true });
      }),
    list: async (path) =>
      reading(path, () => {
        const entries = readdirSync(path, { withFileTypes: true });
        return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
      }),
    stat: async (path) => reading(path, () => stat(path)),
    real: async (path) => reading(path, () => real(path)) ?? path,
    makeFolder: async (path, mode) =>
      writing(path, async () => {
        await fs.mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) });
      }),
    makeTempFolder: async (prefix) => {
      const path = join(tmpdir(), prefix);
      return await writing(path, async () => await fs.realpath(await fs.mkdtemp(path)));
    },
    remove: async (path) =>
      writing(path, async () => await fs.rm(path, { recursive: true, force: true, maxRetries: 3 })),
    copy: async (from, to) =>
      writing(to, async () => {
        await fs.mkdir(dirname(to), { recursive: true });
        await fs.cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
      }),
  };
}

// Names of temporary files: random ones would load all of Node's cryptography.
let drafts = 0;

async function replace(path: string, content: string | Uint8Array, mode: number | undefined): Promise<void> {
  // A symbolic link stays one: what it points to is replaced.
  const target = real(path);
  await fs.mkdir(dirname(target), { recursive: true });
  const kept = mode ?? (await modeOf(target));
  drafts += 1;
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 100)}.${process.pid}-${drafts}-${Date.now().toString(36)}.tmp`,
  );
  try {
    const file = await fs.open(temporary, "wx", kept ?? 0o666);
    try {
      // The mode given to `open` is narrowed by the umask.
      if (kept !== undefined) await file.chmod(kept);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(target));
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await fs.stat(path)).mode & 0o7777;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

// A rename is durable once its folder is; Windows cannot open folders and needs no such step.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await fs.open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function stat(path: string): FileStat | undefined {
  // Most that is looked for is not there, and an error for each would cost more than the look.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return {
    kind: found.isFile()
      ? "file"
      : found.isDirectory()
        ? "folder"
        : found.isSymbolicLink()
          ? "link"
          : "other",
    bytes: found.size,
    mode: found.mode & 0o7777,
    modifiedMs: found.mtimeMs,
  };
}

// A link that points to nothing is still followed: what is written to it lands where it points.
const linksAtMost = 40;

function real(path: string, linksLeft = linksAtMost): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const folder = real(parent, linksLeft);
  const here = join(folder, basename(path));
  const link = linkTarget(here);
  if (link === undefined || linksLeft === 0) return here;
  return real(join(link.startsWith("/") ? "/" : folder, link), linksLeft - 1);
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    // EINVAL: it is there and no link.
    if (isMissing(error) || codeOf(error) === "EINVAL") return undefined;
    throw error;
  }
}

function reading<Value>(path: string, read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new Fault("file/unreadable", `${path} cannot be read: ${wordsFor(code)}`, {
      hint: "check the path and its permissions",
      where: { file: path },
      cause: error,
    });
  }
}

async function writing<Value>(path: string, write: () => Promise<Value>): Promise<Value> {
  try {
    return await write();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new Fault("file/unwritable", `${path} cannot be written: ${wordsFor(code)}`, {
      hint:
        code === "ENOSPC" || code === "EDQUOT"
          ? "free some space on that disk, then try again"
          : "check the path and the permissions of the folder that it is in",
      where: { file: path },
      cause: error,
    });
  }
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The system's error code, or `undefined` for an error that does not come from the system. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

const words: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["ENOENT", "it does not exist"],
  ["ENOTDIR", "a part of the path is a file, not a folder"],
  ["EISDIR", "it is a folder"],
  ["EEXIST", "it already exists"],
  ["ENAMETOOLONG", "the path is too long"],
  ["ELOOP", "its symbolic links go in a circle"],
  ["EMFILE", "too many open files"],
]);

export function wordsFor(code: string): string {
  return words.get(code) ?? code;
}
