import { Fault } from "../core/fault.ts";
import { succeeded } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import type { GitOptions, Host } from "../core/ports.ts";
import { plainLines } from "../core/signature.ts";
import type { RunContext } from "./context.ts";
import { runSetup } from "./setup.ts";
import { isUnchanged, recordOptions, restore } from "./workspace.ts";
import type { Snapshot, Workspace } from "./workspace.ts";

type At = Pick<RunContext, "host" | "workspace">;
type Found = Finding & { readonly check: string };

/**
 * Notes what setup has made, of everything in the tree that is no part of a change. To be called after setup, before
 * anything else can leave files behind.
 */
export async function noteSetup({ host, workspace }: At): Promise<void> {
  const before = await madeBySetup(host, workspace);
  const files = new Set([...before.files, ...(await others(host, workspace))]);
  const collapsed = await host.git.text(
    ["ls-files", "--others", "--directory", "-z"],
    recordOptions(workspace),
  );
  const folders = new Set([...before.folders, ...split(collapsed).filter((path) => path.endsWith("/"))]);
  await host.files.write(listOf(workspace), JSON.stringify({ files: [...files], folders: [...folders] }));
}

/** Notes the content of everything in the tree that is no part of a change: what setup and the baseline left there. */
export async function noteSurroundings({ host, workspace }: At): Promise<void> {
  const paths = (await others(host, workspace)).filter((path) => !path.endsWith("/"));
  const options = surroundingOptions(workspace);
  // Also where there is nothing to note: an index that is not there says nothing.
  await host.git.text(["read-tree", "--empty"], options);
  // Only hashes: nothing is copied, and git compares by size and times first.
  const ran = await host.git.run(["update-index", "--add", "--info-only", "-z", "--stdin"], {
    ...options,
    stdin: paths.map((path) => `${path}\0`).join(""),
  });
  if (!succeeded(ran.exit))
    throw new Fault("repo/git-failed", `what setup left cannot be read: ${ran.stderr.split("\n")[0] ?? ""}`, {
      hint: "make setup and the gate leave readable files only",
    });
}

/**
 * Brings the tree to what a fresh clone would hold: the change, and what setup and the baseline left. Whatever else is
 * there (made or altered below paths that git ignores) is no part of the delivered branch, so a gate must not see it.
 * Where that concerns what setup had made, setup runs again, jailed, as it now works on the agent's files.
 */
export async function clearSurroundings(context: RunContext, last: Snapshot): Promise<readonly Found[]> {
  const { host, workspace } = context;
  const { fresh, altered, gone } = await differences(host, workspace);
  if (fresh.length + altered.length + gone.length === 0) return [];
  const away = [...fresh, ...altered];
  for (const path of away) await host.files.remove(`${workspace.tree}/${path.replace(/\/$/, "")}`);
  const made = await madeBySetup(host, workspace);
  const again =
    [...altered, ...gone].some((path) => made.files.has(path)) ||
    fresh.some((path) =>
      made.folders.some((folder) => path.startsWith(folder) && isPlain(path.slice(folder.length))),
    );
  const failed = again ? await setUpAgain(context, last) : undefined;
  return [...leftOut(away.filter(isPlain)), ...(failed === undefined ? [] : [failed])];
}

/** Bytes of an index with one entry; one without any has its head and its checksum alone. */
const smallestIndex = 62;

interface Differences {
  readonly fresh: readonly string[];
  readonly altered: readonly string[];
  readonly gone: readonly string[];
}

async function differences(host: Host, workspace: Workspace): Promise<Differences> {
  // A run that was started by an older version has no notes, and nothing can be said.
  const noted = await host.files.stat(indexOf(workspace));
  if (noted === undefined) return { fresh: [], altered: [], gone: [] };
  const options = surroundingOptions(workspace);
  const present = await others(host, workspace);
  if (noted.bytes < smallestIndex) return { fresh: present, altered: [], gone: [] };
  const known = new Set(split(await host.git.text(["ls-files", "-z"], options)));
  const changed = await alteredIn(host, options);
  const there = new Set(present);
  return {
    fresh: present.filter((path) => !known.has(path)),
    altered: present.filter((path) => changed.has(path)),
    gone: [...changed].filter((path) => !there.has(path)),
  };
}

async function alteredIn(host: Host, options: GitOptions): Promise<ReadonlySet<string>> {
  // Ends with 1 where something differs, which is what is asked next.
  await host.git.run(["update-index", "-q", "--refresh"], options);
  return new Set(split(await host.git.text(["diff-files", "--name-only", "-z"], options)));
}

async function setUpAgain(context: RunContext, last: Snapshot): Promise<Found | undefined> {
  const { host, journal, workspace } = context;
  const commands = new Set(
    [...journal.entries()].flatMap(({ event }) =>
      event.type === "setup.finished" && succeeded(event.exit) ? [event.command] : [],
    ),
  );
  const runs = await runSetup(context, [...commands], context.jail);
  if (!(await isUnchanged(host, workspace))) await restore(host, workspace, last.tree);
  const failed = runs.find((run) => !succeeded(run.exit));
  if (failed !== undefined)
    return {
      check: "setup",
      code: "gate.setup_failed",
      says: `\`${failed.command}\` was run again, as files that it had made were changed, and it failed`,
      measures: {},
      evidence: [{ excerpt: plainLines(failed.output.trimEnd()).slice(-20).join("\n") }],
    };
  await noteSetup(context);
  await noteSurroundings(context);
  return undefined;
}

const namedAtMost = 20;

function leftOut(paths: readonly string[]): readonly Found[] {
  const [first] = paths;
  if (first === undefined) return [];
  const rest = paths.length > 1 ? ` and ${paths.length - 1} more were` : " was";
  return [
    {
      check: "surroundings",
      code: "change.left_out",
      says: `${first}${rest} taken away before the gate: git ignores it, so it is no part of the change`,
      measures: { files: paths.length },
      evidence: paths.slice(0, namedAtMost).map((path) => ({ path })),
    },
  ];
}

// Caches come and go with every command.
function isPlain(path: string): boolean {
  return !path.split("/").some((part) => part.startsWith(".") || part === "__pycache__");
}

interface Made {
  readonly files: ReadonlySet<string>;
  readonly folders: readonly string[];
}

async function madeBySetup(host: Host, workspace: Workspace): Promise<Made> {
  const text = await host.files.readText(listOf(workspace));
  const noted: unknown = text === undefined ? {} : JSON.parse(text);
  const list = (key: "files" | "folders"): readonly string[] => {
    const value: unknown =
      typeof noted === "object" && noted !== null ? new Map(Object.entries(noted)).get(key) : [];
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
  };
  return { files: new Set(list("files")), folders: list("folders") };
}

/** Files of the tree that the last snapshot does not hold; a repository of its own as one entry with a slash. */
async function others(host: Host, workspace: Workspace): Promise<readonly string[]> {
  return split(await host.git.text(["ls-files", "--others", "-z"], recordOptions(workspace)));
}

function split(listed: string): readonly string[] {
  return listed.split("\0").filter((path) => path !== "");
}

function surroundingOptions(workspace: Workspace): GitOptions {
  const options = recordOptions(workspace);
  return { ...options, env: { ...options.env, GIT_INDEX_FILE: indexOf(workspace) } };
}

function indexOf(workspace: Workspace): string {
  return `${workspace.folder}/surroundings`;
}

function listOf(workspace: Workspace): string {
  return `${workspace.folder}/setup-made.json`;
}
