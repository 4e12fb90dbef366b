import { Fault } from "../../core/fault.ts";
import type { Files } from "../../core/ports.ts";
import type { BundleFiles } from "../../ledger/bundle.ts";

/** All files below a folder. Throws `file/unreadable` where there is no folder or it holds more than a bundle does. */
export async function readTree(files: Files, root: string): Promise<BundleFiles> {
  const found = new Map<string, Uint8Array>();
  const open = [""];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const names = await files.list(`${root}/${folder}`);
    if (names === undefined) {
      throw new Fault("file/unreadable", `there is no folder ${root}/${folder}`, {
        hint: "name a bundle's folder",
      });
    }
    for (const name of names) {
      const path = `${folder}${name}`;
      const content = name.endsWith("/") ? undefined : await files.readBytes(`${root}/${path}`);
      if (content === undefined) open.push(path);
      else found.set(path, content);
      if (found.size + open.length > mostFiles) {
        throw new Fault("file/unreadable", `${root} holds more than ${mostFiles} files`, {
          hint: "name a bundle's folder",
        });
      }
    }
  }
  return found;
}

const mostFiles = 20_000;
