import { adapters } from "../../agents/adapters/index.ts";
import { installers } from "../../agents/install/index.ts";
import { missingFiles } from "../../agents/install-files.ts";
import { readInstallations } from "../../agents/install-record.ts";
import type { Installation } from "../../agents/install-record.ts";
import { gapsOf } from "../../agents/installer.ts";
import type { Installer } from "../../agents/installer.ts";
import { tryHook } from "../../agents/try-hook.ts";
import { Fault } from "../../core/fault.ts";
import type { Host } from "../../core/ports.ts";
import { installedFile, whereOf } from "../guard/installing.ts";
import { broken, gap, missing, well } from "./examination.ts";
import type { Examination, Finding } from "./examination.ts";

/** In which agents the guard is, whether it answers there, and when the agent lets a call pass all the same. */
export const examineGuarded: Examination = async ({ host }) => {
  let installations: readonly Installation[];
  try {
    installations = await readInstallations(host.files, installedFile(host));
  } catch (error) {
    if (error instanceof Fault) return [broken("guard", error.message, error.hint)];
    throw error;
  }
  const findings: Finding[] = [];
  for (const installer of installers) {
    const here = installations.filter((one) => one.agent === installer.id);
    for (const one of here) findings.push(await examineInstalled(host, installer, one));
    if (here.length > 0) findings.push(...opening(installer, await gapsOf(installer, host)));
    else if (await isThere(host, installer)) findings.push(unguarded(installer));
  }
  return findings;
};

async function examineInstalled(
  host: Host,
  { id, title }: Installer,
  installation: Installation,
): Promise<Finding> {
  const again = `surefoot guard install --agent ${id}${installation.scope === "project" ? " --scope project" : ""}`;
  const where = whereOf(installation);
  const [gone] = await missingFiles(host.files, installation.files);
  if (gone !== undefined)
    return broken("guard", `${title}: what guards it ${where} is no longer in ${gone}`, again);
  const trial = await tryHook(host, id, installation.start);
  return trial.holds
    ? well(
        "guard",
        `${title} is guarded ${where}: its hook refused a forced push and let \`git status\` pass`,
      )
    : broken("guard", `${title}: its hook does not work ${where}: ${trial.says}`, again);
}

/** One line: the same agent may let a call pass in several ways. */
function opening({ id, title }: Installer, gaps: readonly string[]): readonly Finding[] {
  if (gaps.length === 0) return [];
  return [
    gap(
      "fails open",
      `${title} lets a call pass when ${gaps.join("; or when ")}`,
      id in adapters
        ? `\`surefoot run --agent ${id}\` finds out afterwards what nobody decided, and has a jail`
        : `no setting of ${title}'s closes this`,
    ),
  ];
}

function unguarded({ id, title }: Installer): Finding {
  return missing("guard", `${title} works without the guard`, `surefoot guard install --agent ${id}`);
}

async function isThere(host: Host, { programs }: Installer): Promise<boolean> {
  const found = await Promise.all(programs.map((program) => host.which(program)));
  return found.some((path) => path !== undefined);
}
