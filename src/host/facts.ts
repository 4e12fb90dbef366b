import type { Facts, PathFact } from "../core/action.ts";
import type { FactNeeds, GatherFacts, Host, Ran } from "../core/ports.ts";

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
}

type Machine = Pick<Host, "files" | "git" | "platform">;

/**
 * Looks at the world for one decision. Only what is asked for is fetched and nothing is kept: an agent can change
 * all of it between two calls. What cannot be determined is `"unknown"`.
 */
export function gatherFacts(host: Machine, places: FactPlaces): GatherFacts {
  const { worktree, home = host.platform.home, tempDirs = [], guarded } = places;
  return async (needs) => {
    const [branch, dirty, paths, aliases] = await Promise.all([
      branchFacts(host, worktree, needs),
      needs.dirty ? isDirty(host, places) : undefined,
      needs.paths.length > 0 ? pathFacts(host, places, needs.paths) : undefined,
      needs.aliases === undefined ? undefined : aliasFacts(host, worktree, needs.aliases),
    ]);
    return {
      worktree,
      home,
      tempDirs: [...new Set([host.platform.tempDir, ...tempDirs])],
      ...(guarded === undefined ? {} : { guarded }),
      ...branch,
      ...(dirty === undefined ? {} : { dirty }),
      ...(paths === undefined ? {} : { paths }),
      ...(aliases === undefined ? {} : { aliases }),
    };
  };
}

const timeoutMs = 10_000;

// A question must not take the index lock from a git that works, and must start nothing that a configuration names.
const harmless: Readonly<Record<string, string>> = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_CONFIG_COUNT: "2",
  GIT_CONFIG_KEY_0: "core.fsmonitor",
  GIT_CONFIG_VALUE_0: "false",
  GIT_CONFIG_KEY_1: "core.hooksPath",
  GIT_CONFIG_VALUE_1: "/dev/null",
};

/** Standard output of a git command about the working tree, through the record where there is one. */
async function askTree(
  host: Machine,
  { worktree, record }: FactPlaces,
  args: readonly string[],
  stdin?: string,
  fine: readonly number[] = [0],
): Promise<string | undefined> {
  if (record === undefined) return ask(host, worktree, args, stdin, fine);
  const ran = await host.git.run(args, {
    cwd: worktree,
    timeoutMs,
    neutral: true,
    env: {
      ...harmless,
      GIT_DIR: record,
      GIT_WORK_TREE: worktree,
      GIT_INDEX_FILE: `${worktree}/.git/index`,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: `${worktree}/.git/objects`,
    },
    ...(stdin === undefined ? {} : { stdin }),
  });
  return answerOf(ran, fine);
}

/** Tracked paths that differ from the last commit, in the index or outside of it; all where none are named. */
async function modifiedPaths(
  host: Machine,
  places: FactPlaces,
  paths: readonly string[],
): Promise<readonly string[] | undefined> {
  const literal = "--literal-pathspecs";
  const status = [literal, "status", "--porcelain", "-z", "--no-renames", "--untracked-files=no"];
  if (places.record === undefined)
    return lines(
      await ask(host, places.worktree, [...status, "--ignore-submodules=none", "--", ...paths]),
      3,
    );
  const head = (await ask(host, places.worktree, ["rev-parse", "--verify", "--quiet", "HEAD"]))?.trim();
  if (head === undefined) return undefined;
  // Looking into a nested repository would read its configuration.
  const nested = "--ignore-submodules=dirty";
  const compare = [literal, "diff-index", "--name-only", "-z", "--no-renames", nested];
  const differing = lines(await askTree(host, places, [...compare, head, "--", ...paths]), 0);
  if (differing === undefined || differing.length === 0) return differing;
  // That was by size and time. The record's HEAD is not the tree's, so what is staged is a question of its own.
  const [staged, changed] = await Promise.all([
    askTree(host, places, [...compare, "--cached", head, "--", ...paths]),
    askTree(host, places, [...status, nested, "--", ...paths]),
  ]);
  if (staged === undefined || changed === undefined) return undefined;
  const unstaged = changed.split("\0").filter((entry) => entry !== "" && entry[1] !== " ");
  return [...(lines(staged, 0) ?? []), ...unstaged.map((entry) => entry.slice(3))];
}

/** Standard output of a git command; `undefined` when it fails or takes too long. */
async function ask(
  host: Machine,
  cwd: string,
  args: readonly string[],
  stdin?: string,
  fine: readonly number[] = [0],
): Promise<string | undefined> {
  const ran = await host.git.run(args, {
    cwd,
    timeoutMs,
    env: harmless,
    ...(stdin === undefined ? {} : { stdin }),
  });
  return answerOf(ran, fine);
}

function answerOf({ exit, truncated, stdout }: Ran, fine: readonly number[]): string | undefined {
  return exit.kind === "exited" && fine.includes(exit.code) && !truncated ? stdout : undefined;
}

async function branchFacts(host: Machine, worktree: string, needs: FactNeeds): Promise<Facts> {
  if (!needs.currentBranch && !needs.upstream) return {};
  const [branch, push, config] = await Promise.all([
    ask(host, worktree, ["symbolic-ref", "--short", "-q", "HEAD"]),
    needs.upstream
      ? ask(host, worktree, ["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{push}"])
      : undefined,
    needs.upstream
      ? ask(host, worktree, [
          "config",
          "--get-regexp",
          "^(push\\.default|remote\\..*\\.(push|mirror)|remote\\.pushdefault)$",
        ])
      : undefined,
  ]);
  // Detached, or no repository at all: the second question tells.
  const current =
    branch === undefined
      ? (await ask(host, worktree, ["rev-parse", "--git-dir"])) === undefined
        ? "unknown"
        : "HEAD"
      : branch.trim();
  if (!needs.upstream) return { currentBranch: current };
  const settings = (config ?? "").split("\n").filter((line) => line !== "");
  // These make a plain push update more than the current branch.
  const many = settings.some((line) => /^push\.default matching$|^remote\..*\.(push|mirror) /.test(line));
  return { currentBranch: current, upstream: many ? "unknown" : plainPush(current, push, settings) };
}

function plainPush(current: string, push: string | undefined, settings: readonly string[]): string {
  if (push !== undefined && push.trim() !== "") return push.trim();
  // Without an upstream only `current` pushes, to a branch of the same name.
  return settings.includes("push.default current") && current !== "HEAD" ? `origin/${current}` : "";
}

async function isDirty(host: Machine, places: FactPlaces): Promise<boolean | "unknown"> {
  const modified = await modifiedPaths(host, places, []);
  return modified === undefined ? "unknown" : modified.length > 0;
}

async function aliasFacts(
  host: Machine,
  worktree: string,
  names: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const text = await ask(host, worktree, ["config", "--null", "--get-regexp", "^alias\\."]);
  const known = new Map(
    (text ?? "").split("\0").flatMap((item) => {
      const cut = item.indexOf("\n");
      return cut < 0 ? [] : [[item.slice("alias.".length, cut).toLowerCase(), item.slice(cut + 1)] as const];
    }),
  );
  return Object.fromEntries(names.map((name) => [name, known.get(name.toLowerCase()) ?? ""]));
}

async function pathFacts(
  host: Machine,
  places: FactPlaces,
  paths: readonly string[],
): Promise<Readonly<Record<string, PathFact>>> {
  const { worktree } = places;
  const root = await host.files.real(worktree);
  const inside = paths
    .filter((path) => path.startsWith(`${worktree}/`))
    .map((path) => path.slice(worktree.length + 1));
  // Pathspecs are taken literally: a file may be called `*.ts`.
  const literal = ["--literal-pathspecs"];
  const some = inside.length > 0;
  const [tracked, ignored, modifiedNames, files] = await Promise.all([
    some ? askTree(host, places, [...literal, "ls-files", "-z", "--", ...inside]) : "",
    some ? ignoredPaths(host, places, inside) : "",
    some ? modifiedPaths(host, places, inside) : [],
    Promise.all(paths.map(async (path) => [path, await fileFact(host, path, worktree, root)] as const)),
  ]);
  const trackedNames = lines(tracked, 0);
  const ignoredNames = lines(ignored, 0);
  return Object.fromEntries(
    files.map(([path, fact]) => {
      const rel = path.startsWith(`${worktree}/`) ? path.slice(worktree.length + 1) : undefined;
      return [
        path,
        {
          exists: fact.exists,
          tracked: holds(trackedNames, rel),
          ignored:
            rel === undefined ? false : ignoredNames === undefined ? "unknown" : ignoredNames.includes(rel),
          modified: holds(modifiedNames, rel),
          ...(fact.real === undefined ? {} : { real: fact.real }),
        } satisfies PathFact,
      ];
    }),
  );
}

function lines(text: string | undefined, cut: number): readonly string[] | undefined {
  return text?.split("\0").flatMap((line) => (line === "" ? [] : [line.slice(cut)]));
}

/** Whether the path, or something in it, is among the names. */
function holds(names: readonly string[] | undefined, rel: string | undefined): boolean | "unknown" {
  if (rel === undefined) return false;
  return names === undefined ? "unknown" : names.some((name) => name === rel || name.startsWith(`${rel}/`));
}

/** `git check-ignore` exits 1 when nothing is ignored. */
function ignoredPaths(
  host: Machine,
  places: FactPlaces,
  rels: readonly string[],
): Promise<string | undefined> {
  return askTree(host, places, ["check-ignore", "-z", "--stdin"], rels.join("\0"), [0, 1]);
}

async function fileFact(
  host: Machine,
  path: string,
  worktree: string,
  root: string,
): Promise<{ readonly exists: boolean; readonly real: string | undefined }> {
  const [stat, real] = await Promise.all([host.files.stat(path), host.files.real(path)]);
  // A worktree that is itself reached through a link does not make every path in it a link.
  const seen = real === root || real.startsWith(`${root}/`) ? worktree + real.slice(root.length) : real;
  return { exists: stat !== undefined, real: seen === path ? undefined : seen };
}
