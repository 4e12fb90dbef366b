import { applyChanges, planChanges, recordsOf, textBefore } from "../../agents/install-files.ts";
import type { FileChange } from "../../agents/install-files.ts";
import { isSame, readInstallations, writeInstallations } from "../../agents/install-record.ts";
import type { Installation } from "../../agents/install-record.ts";
import type { Words } from "../../agents/hook-command.ts";
import { gapsOf } from "../../agents/installer.ts";
import type { InstallPlace, Installer, Plan, Scope } from "../../agents/installer.ts";
import { installedPolicy } from "../../agents/static-policy.ts";
import { tryHook } from "../../agents/try-hook.ts";
import { Fault } from "../../core/fault.ts";
import { configFolder } from "../../host/key.ts";
import { stateFolder } from "../../host/state-folder.ts";
import { loadPolicy } from "../../policy/load.ts";
import { flag } from "../command.ts";
import type { CliInput, Io } from "../command.ts";
import { repositoryRoot } from "../repository.ts";
import {
  installedFile,
  installedHook,
  installedHttp,
  namedInstallers,
  scopeIn,
  whereOf,
} from "./installing.ts";

/** Puts the guard into agents, tries each hook as its agent would start it, and remembers how to take it out again. */
export async function install(input: CliInput, io: Io): Promise<number> {
  const chosen = namedInstallers(input);
  if (chosen.length === 0)
    throw new Fault("usage/invalid", "say which agent the guard is for", {
      hint: "surefoot guard install --agent claude (codex, gemini, qwen, opencode, copilot, cline, cursor)",
    });
  if (io.host.platform.os === "win32")
    throw new Fault(
      "platform/unsupported",
      "the guard reads POSIX shells, which agents on Windows do not use",
      {
        hint: "use surefoot in WSL",
      },
    );
  const hook = await installedHook(input, io.host);
  let worst = 0;
  for (const installer of chosen) worst = Math.max(worst, await installOne(installer, hook, input, io));
  return worst;
}

async function installOne(installer: Installer, hook: Words, input: CliInput, io: Io): Promise<number> {
  const { host } = io;
  const scope = scopeIn(input) ?? installer.scopes[0];
  if (!installer.scopes.includes(scope))
    throw new Fault("usage/invalid", `${installer.title} takes no hook for one project alone`, {
      hint: `surefoot guard install --agent ${installer.id} --scope user`,
    });
  const project = scope === "project" ? await repositoryRoot(host, io.cwd) : "";
  const file = installedFile(host);
  const known = await readInstallations(host.files, file);
  const target = { agent: installer.id, scope, project };
  const earlier = known.find((one) => isSame(one, target))?.files ?? [];
  const unattended = flag(input, "unattended");
  const place: InstallPlace = {
    host,
    scope,
    project,
    hook,
    http: await installedHttp(installer, input, host),
    unattended,
    timeout: await host.which("timeout"),
    policy: installedPolicy(await protectedBranches(io, scope, project)),
    before: async (path) =>
      textBefore(
        await host.files.readText(path),
        earlier.find((written) => written.path === path),
      ),
  };
  const plan = await installer.plan(place);
  const changes = await planChanges(host.files, plan.edits, earlier);
  if (flag(input, "dry-run")) {
    io.out(`${installer.title}, ${whereOf(target)}:\n${changes.map(difference).join("")}`);
    return 0;
  }
  const files = await recordsOf(host.files, changes, earlier);
  const made: Installation = { ...target, unattended, start: plan.start, files };
  const others = known.filter((one) => !isSame(one, target));
  await writeInstallations(host.files, file, [...others, made]);
  await applyChanges(host.files, changes, earlier);
  return report(installer, plan, made, changes, io);
}

async function protectedBranches(io: Io, scope: Scope, project: string): Promise<readonly string[]> {
  const { host } = io;
  const { policy } = await loadPolicy({
    files: host.files,
    // In the state folder no repository says anything.
    root: scope === "project" ? project : stateFolder(host),
    userSettings: `${configFolder(host)}/config.yaml`,
  });
  return policy.protectedBranches;
}

async function report(
  installer: Installer,
  plan: Plan,
  made: Installation,
  changes: readonly FileChange[],
  io: Io,
): Promise<number> {
  const { id, title } = installer;
  const changed = changes.filter(({ current, after }) => current !== after);
  io.out(
    changed.length === 0
      ? `${title}: the guard was installed already, ${whereOf(made)}\n`
      : `${title}: the guard is installed ${whereOf(made)}\n`,
  );
  for (const { path, after } of changed) io.out(`  ${after === undefined ? "removed" : "wrote"} ${path}\n`);
  if (made.scope === "project")
    io.out("  these files name paths of this machine: keep them out of what you commit\n");
  for (const note of [...plan.notes, ...(await absence(installer, io))]) io.out(`  note: ${note}\n`);
  const trial = await tryHook(io.host, id, made.start);
  if (trial.holds)
    io.out("  probed the hook, not the agent: it refused a forced push and let `git status` pass\n");
  for (const gap of await gapsOf(installer, io.host)) io.out(`  ${title} lets a call pass when ${gap}\n`);
  if (trial.holds) return 0;
  io.err(`${title}: the hook does not work: ${trial.says}\n`);
  io.err(`  undo it with: surefoot guard uninstall --agent ${id}\n`);
  return 1;
}

async function absence({ title, programs }: Installer, { host }: Io): Promise<readonly string[]> {
  const found = await Promise.all(programs.map((program) => host.which(program)));
  if (programs.length === 0 || found.some((path) => path !== undefined)) return [];
  const named = programs.map((program) => `\`${program}\``).join(" or ");
  return [`there is no ${named} on your PATH; the guard holds for any ${title} that reads these files`];
}

/** The lines that change, without those around them: they are the user's, and may hold keys. */
function difference({ path, current, after }: FileChange): string {
  if (current === after) return `  ${path} stays as it is\n`;
  const old = linesOf(current);
  const fresh = linesOf(after);
  let head = 0;
  // A line that only gets a comma is not worth showing.
  while (
    head < Math.min(old.length, fresh.length) &&
    [old[head], `${old[head]},`].includes(fresh[head] ?? "")
  )
    head += 1;
  let tail = 0;
  while (
    tail < Math.min(old.length, fresh.length) - head &&
    old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  )
    tail += 1;
  const lines = [
    ...old.slice(head, old.length - tail).map((line) => `- ${line}`),
    ...fresh.slice(head, fresh.length - tail).map((line) => `+ ${line}`),
  ];
  return `--- ${current === undefined ? "(no file)" : path}\n+++ ${after === undefined ? "(no file)" : path}\n@@ line ${head + 1} @@\n${lines.join("\n")}\n`;
}

function linesOf(text: string | undefined): readonly string[] {
  return text === undefined || text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
