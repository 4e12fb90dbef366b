import type { FileText, PathFact } from "../core/action.ts";
import { sha256 } from "../core/digest.ts";
import { Fault } from "../core/fault.ts";
import type { Files, FileStat } from "../core/ports.ts";

/** What the file system says of a path. */
export interface FileFact {
  readonly exists: PathFact["exists"];
  readonly kind: FileStat["kind"] | undefined;
  /** The path with symbolic links resolved, where it differs. */
  readonly real: string | undefined;
  /** Whether a folder on the way is a symbolic link. */
  readonly beyondLink: boolean;
}

/** `root` is the worktree with its links resolved: one that is itself reached through a link makes no path in it a link. */
export async function fileFact(
  files: Files,
  path: string,
  worktree: string,
  root: string,
): Promise<FileFact> {
  const seen = (real: string): string =>
    real === root || real.startsWith(`${root}/`) ? worktree + real.slice(root.length) : real;
  try {
    const [stat, real] = await Promise.all([files.stat(path), files.real(path)]);
    const resolved = seen(real);
    const linked = resolved !== path;
    const folder = path.slice(0, path.lastIndexOf("/"));
    return {
      exists: stat !== undefined,
      kind: stat?.kind,
      real: linked ? resolved : undefined,
      beyondLink: linked && (stat?.kind !== "link" || seen(await files.real(folder)) !== folder),
    };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { exists: "unknown", kind: undefined, real: undefined, beyondLink: false };
  }
}

/** A longer script is judged by where it lies alone. */
const textBytes = 64 * 1024;
/** A package.json is read whole, for the few lines of it that run. */
const packageBytes = 1024 * 1024;

/** What a file holds that would be run. Of a package.json only its name and its scripts. */
export async function fileText(files: Files, path: string): Promise<FileText> {
  const isPackage = path.endsWith("/package.json");
  const read = await readAt(files, path, isPackage ? packageBytes : textBytes);
  if (read.kind === "folder") return unreadable("it is a folder");
  if (read.kind !== "bytes") return read;
  const text = textOf(read.bytes);
  if (text === undefined) return unreadable("it is not a text file");
  return isPackage ? scriptsOf(text) : { kind: "text", text };
}

/** A file of this size takes a tenth of a second to read and digest. */
const digestBytes = 64 * 1024 * 1024;

/** SHA-256 of a file's content or of the sorted names in a folder; `undefined` where there is nothing to read. */
export async function fileDigest(files: Files, path: string): Promise<string | undefined> {
  const read = await readAt(files, path, digestBytes);
  if (read.kind === "bytes") return sha256(read.bytes);
  if (read.kind !== "folder") return undefined;
  return sha256(JSON.stringify(read.names));
}

type ReadAtPath =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "folder"; readonly names: readonly string[] }
  | Exclude<FileText, { readonly kind: "text" }>;

// A device or a pipe would never end, so the kind is looked at before anything is opened.
async function readAt(files: Files, path: string, atMost: number): Promise<ReadAtPath> {
  try {
    const real = await files.real(path);
    const stat = await files.stat(real);
    if (stat === undefined) return { kind: "absent" };
    if (stat.kind === "folder") return { kind: "folder", names: (await files.list(real)) ?? [] };
    if (stat.kind !== "file") return unreadable("it is no regular file");
    if (stat.bytes > atMost) return unreadable(`it is larger than ${atMost} bytes`);
    const bytes = await files.readBytes(real);
    return bytes === undefined ? { kind: "absent" } : { kind: "bytes", bytes };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return unreadable(error.message);
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    // The decoder's way to say that this is no UTF-8.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function scriptsOf(text: string): FileText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable("it is not JSON");
    throw error;
  }
  const members = new Map<string, unknown>(
    typeof value === "object" && value !== null ? Object.entries(value) : [],
  );
  const reduced = JSON.stringify({ name: members.get("name"), scripts: members.get("scripts") });
  return reduced.length > textBytes
    ? unreadable(`its scripts are larger than ${textBytes} bytes`)
    : { kind: "text", text: reduced };
}

function unreadable(says: string): Extract<FileText, { kind: "unreadable" }> {
  return { kind: "unreadable", says };
}

function isUnreadable(error: unknown): error is Fault {
  return error instanceof Fault && error.code === "file/unreadable";
}
