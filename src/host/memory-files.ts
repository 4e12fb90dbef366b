import { posix } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";

export type MemoryFile = string | Uint8Array | { readonly link: string };

interface Node {
  readonly content: Uint8Array | { readonly link: string } | "folder";
  readonly mode: number;
  readonly modifiedMs: number;
}

export interface MemoryFiles extends Files {
  /** Makes a symbolic link at `path`; a relative `target` counts from its folder. */
  link(path: string, target: string): void;
}

/** A file tree in memory with POSIX paths. Symbolic links are followed as a real system does. */
export function memoryFiles(given: Readonly<Record<string, MemoryFile>>, nowMs: () => number): MemoryFiles {
  const nodes = new Map<string, Node>([["/", { content: "folder", mode: 0o755, modifiedMs: 0 }]]);
  let folders = 0;

  const real = (path: string, linksLeft = 40): string => {
    const normal = posix.resolve(path);
    if (normal === "/") return "/";
    const here = posix.join(real(posix.dirname(normal), linksLeft), posix.basename(normal));
    const content = nodes.get(here)?.content;
    if (typeof content !== "object" || content instanceof Uint8Array || linksLeft === 0) return here;
    return real(posix.resolve(posix.dirname(here), content.link), linksLeft - 1);
  };
  const makeFolder = (path: string, mode = 0o755): void => {
    const at = real(path);
    const present = nodes.get(at);
    if (present?.content === "folder") return;
    if (present !== undefined) throw unwritable(path, "a part of the path is a file, not a folder");
    makeFolder(posix.dirname(at));
    nodes.set(at, { content: "folder", mode, modifiedMs: nowMs() });
  };
  const put = (path: string, bytes: Uint8Array, mode: number | undefined): void => {
    const at = real(path);
    const present = nodes.get(at);
    if (present?.content === "folder") throw unwritable(path, "it is a folder");
    makeFolder(posix.dirname(at));
    nodes.set(at, { content: bytes.slice(), mode: mode ?? present?.mode ?? 0o644, modifiedMs: nowMs() });
  };
  const bytesOf = (path: string): Uint8Array | undefined => {
    const content = nodes.get(real(path))?.content;
    if (content === "folder")
      throw new Fault("file/unreadable", `${path} cannot be read: it is a folder`, {
        hint: "check the path and its permissions",
        where: { file: path },
      });
    return content instanceof Uint8Array ? content.slice() : undefined;
  };
  const below = (folder: string): readonly string[] => {
    const prefix = folder === "/" ? "/" : `${folder}/`;
    return [...nodes.keys()].filter((path) => path !== "/" && path.startsWith(prefix));
  };
  // The last part is not followed: a link is removed, copied and looked at as a link.
  const itself = (path: string): string =>
    posix.join(real(posix.dirname(posix.resolve(path))), posix.basename(path));

  const link = (path: string, target: string): void => {
    makeFolder(posix.dirname(path));
    nodes.set(itself(path), { content: { link: target }, mode: 0o777, modifiedMs: nowMs() });
  };

  for (const [path, content] of Object.entries(given)) {
    if (typeof content === "string" || content instanceof Uint8Array) put(path, encode(content), undefined);
    else link(path, content.link);
  }

  return {
    link,
    async readText(path) {
      const bytes = bytesOf(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
    },
    readBytes: async (path) => bytesOf(path),
    write: async (path, content, mode) => put(path, encode(content), mode),
    async append(path, text) {
      put(path, Buffer.concat([bytesOf(path) ?? new Uint8Array(), encode(text)]), undefined);
    },
    async list(path) {
      const at = real(path);
      if (nodes.get(at)?.content !== "folder") return undefined;
      return below(at)
        .filter((child) => posix.dirname(child) === at)
        .map((child) => `${posix.basename(child)}${nodes.get(child)?.content === "folder" ? "/" : ""}`)
        .sort();
    },
    async stat(path) {
      const node = nodes.get(itself(path));
      if (node === undefined) return undefined;
      const { content, mode, modifiedMs } = node;
      if (content === "folder") return { kind: "folder", bytes: 0, mode, modifiedMs };
      if (content instanceof Uint8Array) return { kind: "file", bytes: content.length, mode, modifiedMs };
      return { kind: "link", bytes: content.link.length, mode, modifiedMs };
    },
    real: async (path) => real(path),
    makeFolder: async (path, mode) => makeFolder(path, mode),
    async makeTempFolder(prefix) {
      folders += 1;
      const path = `/tmp/${prefix}${folders}`;
      makeFolder(path, 0o700);
      return path;
    },
    async remove(path) {
      const at = itself(path);
      for (const child of [at, ...below(at)]) nodes.delete(child);
    },
    async copy(from, to) {
      const source = itself(from);
      const target = itself(to);
      if (!nodes.has(source)) throw unwritable(to, `${from} does not exist`);
      makeFolder(posix.dirname(target));
      for (const path of [source, ...below(source)]) {
        const node = nodes.get(path);
        if (node !== undefined) nodes.set(target + path.slice(source.length), node);
      }
    },
  };
}

function unwritable(path: string, why: string): Fault {
  return new Fault("file/unwritable", `${path} cannot be written: ${why}`, {
    hint: "check the path and the permissions of the folder that it is in",
    where: { file: path },
  });
}

function encode(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
