import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

/** Large artifacts, one file each, named by digest: `<root>/ab/<64 hex digits>`. */
export interface ArtifactFiles {
  /** Durable when it returns: the whole content is there under its name, or nothing is. */
  write(digest: string, content: Uint8Array): void;
  read(digest: string): Uint8Array | undefined;
  remove(digest: string): void;
  has(digest: string): boolean;
  /** Removes what killed writers left behind: drafts and files that `known` does not have, unchanged since `before`. */
  sweep(known: (digest: string) => boolean, before: Date): void;
}

export function openArtifactFiles(root: string): ArtifactFiles {
  const folderOf = (digest: string): string => join(root, digest.slice(0, 2));
  const fileOf = (digest: string): string => join(folderOf(digest), digest);
  return {
    write(digest, content) {
      const folder = folderOf(digest);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const draft = join(folder, `${draftPrefix}${randomBytes(8).toString("hex")}`);
      try {
        writeDurably(draft, content);
        renameSync(draft, fileOf(digest));
      } catch (error) {
        rmSync(draft, { force: true });
        throw error;
      }
      syncFolder(folder);
    },
    read(digest) {
      try {
        return readFileSync(fileOf(digest));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    remove: (digest) => rmSync(fileOf(digest), { force: true }),
    has: (digest) => existsSync(fileOf(digest)),
    sweep(known, before) {
      for (const shelf of namesIn(root)) {
        for (const name of namesIn(join(root, shelf))) {
          const path = join(root, shelf, name);
          const leftover = name.startsWith(draftPrefix) || !known(name);
          const changed = leftover ? statSync(path, { throwIfNoEntry: false })?.mtime : undefined;
          if (changed !== undefined && changed < before) rmSync(path, { force: true });
        }
      }
    },
  };
}

const draftPrefix = ".draft-";

function writeDurably(path: string, content: Uint8Array): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let done = 0; done < content.length;) done += writeSync(file, content, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

// The name is durable only when its folder is; Windows has no such call and needs none.
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
