import type { Facts, History } from "../core/action.ts";
import type { FactNeeds, GatherFacts, Host } from "../core/ports.ts";
import { askGit } from "./ask-git.ts";
import { currentBranch } from "./current-branch.ts";
import { fileDigest, fileFact, fileText } from "./file-facts.ts";
import { packageFacts } from "./package-facts.ts";
import { pushTarget, readSettings } from "./push-target.ts";
import type { Setting } from "./push-target.ts";
import { recordedFacts } from "./record-facts.ts";
import { treeFacts } from "./tree-facts.ts";
import type { TreeFacts } from "./tree-facts.ts";

export interface FactPlaces {
  /** Absolute path of the tree that the agent works in. */
  readonly worktree: string;
  /** The agent's home where it is not the user's. */
  readonly home?: string;
  /** Further folders for temporary things. */
  readonly tempDirs?: readonly string[];
  /** Folders that no action may touch: the user's checkout, the ledger, the key. */
  readonly guarded?: readonly string[];
  /**
   * A repository whose configuration the agent cannot write, to look at the worktree with. A git command that reads the
   * tree's own may start what stands there (a monitor, a filter, a transport), and it would start it outside the jail.
   */
  readonly record?: string;
  /** What the session did before with these paths, where there is a session. */
  readonly history?: (paths: readonly string[]) => Promise<History | "unknown">;
  /**
   * Whether it matters if a path that does not exist yet would be ignored: where a scope is set. Default true; it takes
   * a process of its own.
   */
  readonly unmadeIgnored?: boolean;
}

type Machine = Pick<Host, "files" | "git" | "platform">;

/**
 * Looks at the world for one decision. Only what is asked for is fetched and nothing is kept: an agent can change
 * all of it between two calls. What cannot be determined is `"unknown"`. At most two git processes are started, at the
 * same time: one about the tree, one about settings.
 */
export function gatherFacts(host: Machine, places: FactPlaces): GatherFacts {
  const { worktree, home = host.platform.home, tempDirs = [], guarded, history } = places;
  return async (needs) => {
    const [branch, tree, texts, digests, before, packages] = await Promise.all([
      settingFacts(host, worktree, needs),
      needs.dirty || needs.paths.length > 0 ? factsOfTree(host, places, needs) : undefined,
      each(needs.texts, (path) => fileText(host.files, path)),
      each(needs.digests, (path) => fileDigest(host.files, path)),
      needs.history === true ? history?.(needs.digests ?? []) : undefined,
      needs.packages === undefined ? undefined : packageFacts(host.files, worktree, needs.packages),
    ]);
    return {
      worktree,
      home,
      tempDirs: [...new Set([host.platform.tempDir, ...tempDirs])],
      ...(guarded === undefined ? {} : { guarded }),
      ...branch,
      ...(needs.dirty && tree !== undefined ? { dirty: tree.dirty } : {}),
      ...(needs.paths.length > 0 && tree !== undefined ? { paths: tree.paths } : {}),
      ...(texts === undefined ? {} : { texts }),
      ...(digests === undefined ? {} : { digests }),
      ...(before === undefined ? {} : { history: before }),
      ...(packages === undefined ? {} : { packages }),
    };
  };
}

async function settingFacts(host: Machine, worktree: string, needs: FactNeeds): Promise<Facts> {
  const { aliases, upstream } = needs;
  const [branch, settings] = await Promise.all([
    needs.currentBranch || upstream ? currentBranch(host, worktree) : undefined,
    upstream || aliases !== undefined ? askSettings(host, worktree) : undefined,
  ]);
  return {
    ...(branch === undefined ? {} : { currentBranch: branch }),
    ...(upstream && branch !== undefined ? { upstream: upstreamOf(branch, settings) } : {}),
    ...(aliases === undefined ? {} : { aliases: aliasesOf(aliases, settings ?? []) }),
  };
}

async function askSettings(host: Machine, cwd: string): Promise<readonly Setting[] | undefined> {
  const args = ["config", "--null", "--get-regexp", "^(push|remote|branch|alias)\\."];
  // It exits with 1 when nothing matches.
  const said = await askGit(host.git, { cwd, args, fine: [0, 1] });
  return said === undefined ? undefined : readSettings(said);
}

function upstreamOf(branch: string | "unknown", settings: readonly Setting[] | undefined): string {
  return branch === "unknown" || settings === undefined ? "unknown" : pushTarget(branch, settings);
}

function aliasesOf(names: readonly string[], settings: readonly Setting[]): Readonly<Record<string, string>> {
  const known = new Map(settings.map(({ key, value }) => [key, value]));
  return Object.fromEntries(names.map((name) => [name, known.get(`alias.${name.toLowerCase()}`) ?? ""]));
}

async function factsOfTree(
  host: Machine,
  { worktree, record, unmadeIgnored = true }: FactPlaces,
  { paths, dirty }: FactNeeds,
): Promise<TreeFacts> {
  const root = paths.length > 0 ? await host.files.real(worktree) : worktree;
  const found = await Promise.all(
    paths.map(async (path) => [path, await fileFact(host.files, path, worktree, root)] as const),
  );
  const files = new Map(found);
  return record === undefined
    ? treeFacts(host, { worktree, paths: files, dirty, unmadeIgnored })
    : recordedFacts(host, { worktree, record }, files, dirty);
}

async function each<Value>(
  paths: readonly string[] | undefined,
  look: (path: string) => Promise<Value | undefined>,
): Promise<Readonly<Record<string, Value>> | undefined> {
  if (paths === undefined) return undefined;
  const found: Record<string, Value> = {};
  await Promise.all(
    paths.map(async (path) => {
      const value = await look(path);
      if (value !== undefined) found[path] = value;
    }),
  );
  return found;
}
