import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { npm } from "./npm.ts";

export type NodeFolder =
  | { readonly kind: "found"; readonly folder: string }
  | { readonly kind: "missing"; readonly why: string };

/** Folder of a `node` program of that major version, from npm's package and kept between runs. */
export async function nodeVersion(major: number): Promise<NodeFolder> {
  if (process.versions.node.startsWith(`${major}.`))
    return { kind: "found", folder: dirname(process.execPath) };
  const lab = process.env["SUREFOOT_LAB"] ?? join(homedir(), ".cache", "surefoot-lab");
  const home = join(lab, `node${major}`);
  const folder = join(home, "node_modules/node/bin");
  if (existsSync(join(folder, "node"))) return { kind: "found", folder };
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"private": true, "allowScripts": {"node": true}}\n');
  try {
    await npm(home, "install", "--no-audit", "--no-fund", `node@${major}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { kind: "missing", why: `npm did not bring Node ${major}: ${error.message.split("\n")[0] ?? ""}` };
  }
  return existsSync(join(folder, "node"))
    ? { kind: "found", folder }
    : { kind: "missing", why: `npm's package of Node ${major} has no program for this machine` };
}
