import { resolve } from "node:path";
import type { Host } from "../../core/ports.ts";
import { userSources } from "../../hook/policy.ts";
import { configFolder, keyFiles, openKey } from "../../host/key.ts";
import { writeCompiled } from "../../policy/compiled.ts";
import { loadPolicy } from "../../policy/load.ts";
import type { CliInput, Io } from "../command.ts";
import { text } from "../command.ts";
import { policyRequest } from "../policy-request.ts";
import { version } from "../version.ts";
import { placeHere } from "./place.ts";

/** Writes the compiled form of the policy, which hooks read; they start this where it is missing or out of date. */
export async function compile(input: CliInput, io: Io): Promise<number> {
  const given = text(input, "root");
  const root = given === undefined ? (await placeHere(io)).root : resolve(io.cwd, given);
  io.out(`${await compileTo(io.host, root)}\n`);
  return 0;
}

export async function compileTo(
  host: Pick<Host, "files" | "env" | "platform">,
  root: string,
): Promise<string> {
  const settings = configFolder(host);
  const { files } = host;
  const compiled = await loadPolicy(await policyRequest(host, root, { committed: false }));
  // On a new machine there is no key yet, and what is compiled must show that this user did it.
  openKey(settings);
  const { secret } = keyFiles(settings);
  return await writeCompiled({ files, root, outside: userSources(settings), version, secret }, compiled);
}
