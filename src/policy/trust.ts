import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";

// A file of its own, in the user's folder, because a program writes it and people write config.yaml.

/** A file of a repository that its user read and let loosen the guard, as it was then. */
export interface TrustedFile {
  /** Absolute path of the repository, links resolved. */
  readonly root: string;
  /** Relative to the root. */
  readonly file: string;
  /** SHA-256 of its text. */
  readonly digest: string;
  /** ISO date and time, UTC. */
  readonly at: string;
}

export function trustedPath(configFolder: string): string {
  return `${configFolder}/trusted.json`;
}

/** What the user trusts. Throws `policy/invalid` for a file that cannot be read or that others may write. */
export async function readTrusted(files: Files, path: string): Promise<readonly TrustedFile[]> {
  const stat = await files.stat(path);
  if (stat === undefined) return [];
  if ((stat.mode & 0o022) !== 0)
    throw broken(path, "can be written by others", `chmod 600 ${path}, and look at what it says`);
  const text = await files.readText(path);
  if (text === undefined) return [];
  const value = parse(path, text);
  const list = typeof value === "object" && value !== null && "files" in value ? value.files : undefined;
  if (!Array.isArray(list) || !list.every(isTrustedFile))
    throw broken(path, "is not a list of trusted files", `remove ${path} and trust again`);
  return list;
}

/** SHA-256 of the texts that are trusted in this repository. */
export async function trustedDigests(files: Files, path: string, root: string): Promise<ReadonlySet<string>> {
  const listed = await readTrusted(files, path);
  if (listed.length === 0) return new Set();
  const names = new Set([root, await files.real(root)]);
  return new Set(listed.filter((one) => names.has(one.root)).map(({ digest }) => digest));
}

/** Puts these in the place of whatever was trusted of the same files. */
export async function writeTrusted(files: Files, path: string, added: readonly TrustedFile[]): Promise<void> {
  const kept = (await readTrusted(files, path)).filter(
    (one) => !added.some(({ root, file }) => root === one.root && file === one.file),
  );
  const text = JSON.stringify({ schemaVersion: 1, files: [...kept, ...added] }, null, 1);
  await files.write(path, `${text}\n`, 0o600);
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw broken(path, "is not JSON", `remove ${path} and trust again`, error);
  }
}

function isTrustedFile(value: unknown): value is TrustedFile {
  if (typeof value !== "object" || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  return ["root", "file", "digest", "at"].every((name) => typeof members.get(name) === "string");
}

function broken(path: string, says: string, hint: string, cause?: unknown): Fault {
  return new Fault("policy/invalid", `${path} ${says}`, { where: { file: path }, hint, cause });
}
