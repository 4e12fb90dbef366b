import { applyChanges, planRemoval, removeEmpty } from "../../agents/install-files.ts";
import { readInstallations, writeInstallations } from "../../agents/install-record.ts";
import type { Installation } from "../../agents/install-record.ts";
import { sha256 } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import { stateFolder } from "../../host/state-folder.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { installedFile, namedInstallers, scopeIn, titleOf, whereOf } from "./installing.ts";

/** Takes the guard out of agents: what was there before comes back, and what the user changed since stays. */
export async function uninstall(input: CliInput, io: Io): Promise<number> {
  const { files } = io.host;
  const ids = namedInstallers(input).map(({ id }) => id);
  const all = flag(input, "all");
  if (ids.length === 0 && !all)
    throw new Fault("usage/invalid", "say which agent the guard is to leave", {
      hint: "surefoot guard uninstall --agent claude, or --all",
    });
  const scope = scopeIn(input);
  const file = installedFile(io.host);
  let known = await readInstallations(files, file);
  const going = known.filter(
    (one) => (all || ids.includes(one.agent)) && (scope === undefined || one.scope === scope),
  );
  if (going.length === 0) {
    io.out("nothing is installed there\n");
    return 0;
  }
  for (const one of going) {
    await remove(one, io, flag(input, "dry-run"));
    if (flag(input, "dry-run")) continue;
    // One by one, so that a file that cannot be written leaves the others' records right.
    known = known.filter((other) => other !== one);
    await writeInstallations(files, file, known);
  }
  await removeEmpty(files, [stateFolder(io.host)]);
  return 0;
}

async function remove(installation: Installation, io: Io, dry: boolean): Promise<void> {
  const { files } = io.host;
  const changes = await planRemoval(files, installation.files);
  io.out(
    `${titleOf(installation.agent)}: the guard ${dry ? "would be" : "is"} taken out ${whereOf(installation)}\n`,
  );
  for (const [index, { path, current, after }] of changes.entries()) {
    const written = installation.files[index];
    const changed = current !== undefined && sha256(current) !== written?.digest;
    if (current === undefined) io.out(`  ${path} is gone already\n`);
    else if (after === undefined) io.out(`  ${path} goes\n`);
    else
      io.out(
        changed
          ? `  ${path} keeps your changes since; surefoot's entries go\n`
          : `  ${path} is as it was before\n`,
      );
  }
  if (!dry) await applyChanges(files, changes, installation.files);
}
