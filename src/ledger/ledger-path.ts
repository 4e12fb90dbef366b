import type { Host } from "../core/ports.ts";

/**
 * Where the ledger of a folder is: below the nearest folder upwards that has `.surefoot/` or `.git`.
 * `undefined` where there is none. The file itself need not exist.
 */
export async function ledgerPath(host: Pick<Host, "files">, cwd: string): Promise<string | undefined> {
  for (const folder of upwards(cwd)) {
    const marks = await Promise.all(
      [".surefoot", ".git"].map((name) => host.files.stat(`${folder}/${name}`)),
    );
    if (marks.some((mark) => mark !== undefined)) return `${folder}/.surefoot/ledger.db`;
  }
  return undefined;
}

function upwards(cwd: string): readonly string[] {
  const parts = cwd.split(/[\\/]/);
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("/"));
}
