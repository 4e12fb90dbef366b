import { spawnSync } from "node:child_process";
import { version } from "../../src/cli/version.ts";

/** Versions of what took part, as each program prints its own; a program that is not there is left out. */
export function versions(): Readonly<Record<string, string>> {
  const programs: readonly (readonly [string, readonly string[]])[] = [
    ["git", ["--version"]],
    ["npm", ["--version"]],
    ["python3", ["--version"]],
    ["pytest", ["--version"]],
    ["go", ["version"]],
    ["bwrap", ["--version"]],
  ];
  const told = programs.flatMap(([program, args]): [string, string][] => {
    const ran = spawnSync(program, args, { encoding: "utf8" });
    const number = /\d+(?:\.\d+)+/.exec(`${ran.stdout ?? ""}${ran.stderr ?? ""}`)?.[0];
    return ran.status !== 0 || number === undefined ? [] : [[program, number]];
  });
  return { surefoot: version, node: process.versions.node, ...Object.fromEntries(told) };
}
