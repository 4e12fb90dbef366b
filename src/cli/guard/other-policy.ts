import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { PolicyRequest } from "../../policy/load.ts";
import type { Io } from "../command.ts";

/** A file read in the place of surefoot.yaml, alone: no local file and no settings of the user take part. */
export async function otherPolicy(
  io: Io,
  root: string,
  file: string,
): Promise<Pick<PolicyRequest, "files" | "root" | "local" | "read">> {
  const { files } = io.host;
  const path = resolve(io.cwd, file);
  if ((await files.stat(path)) === undefined)
    throw new Fault("policy/not-found", `there is no policy file ${file}`, {
      hint: "name a file in the form of surefoot.yaml",
    });
  return {
    files,
    root,
    local: false,
    read: (name) => files.readText(name === "surefoot.yaml" ? path : `${root}/${name}`),
  };
}
