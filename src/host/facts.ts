import type { Facts, PathFact } from "../core/action.ts";
import type { FactNeeds, GatherFacts, Host } from "../core/ports.ts";
import { succeeded } from "../core/exit.ts";

export interface FactPlaces {
  /** Absolute path of the tree that the agent works in. */
  readonly worktree: string;
  /** The agent's home where it is not the user's. */
  readonly home?: string;
  /** Further folders for temporary things. */
  readonly tempDirs?: readonly string[];
  /** Folders that no action may touch: the user's checkout, the ledger, the key. */
  readonly guarded?: readonly string[];
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
      needs.dirty ? isDirty(host, worktree) : undefined,
      needs.paths.length > 0 ? pathFacts(host, worktree, needs.paths) : undefined,
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

/** Standard output of a git command; `undefined` when it fails or takes too long. */
async function ask(
  host: Machine,
  cwd: string,
  args: readonly string[],
  stdin?: string,
): Promise<string | undefined> {
  const ran = await host.git.run(args, {
    cwd,
    timeoutMs,
    // A question must not take the index lock from a git that works.
    env: { GIT_OPTIONAL_LOCKS: "0" },
    ...(stdin === undefined ? {} : { stdin }),
  });
  return succeeded(ran.exit) && !ran.truncated ? ran.stdout : undefined;
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

async function isDirty(host: Machine, worktree: string): Promise<boolean | "unknown"> {
  const status = await ask(host, worktree, [
    "status",
    "--porcelain",
    "--untracked-files=no",
    "--ignore-submodules=none",
  ]);
  return status === undefined ? "unknown" : status !== "";
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
  worktree: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, PathFact>>> {
  const root = await host.files.real(worktree);
  const inside = paths
    .filter((path) => path.startsWith(`${worktree}/`))
    .map((path) => path.slice(worktree.length + 1));
  // Pathspecs are taken literally: a file may be called `*.ts`.
  const literal = ["--literal-pathspecs"];
  const some = inside.length > 0;
  const [tracked, ignored, modified, files] = await Promise.all([
    some ? ask(host, worktree, [...literal, "ls-files", "-z", "--", ...inside]) : "",
    some ? ignoredPaths(host, worktree, inside) : "",
    some
      ? ask(host, worktree, [
          ...literal,
          "status",
          "--porcelain",
          "-z",
          "--no-renames",
          "--untracked-files=no",
          "--",
          ...inside,
        ])
      : "",
    Promise.all(paths.map(async (path) => [path, await fileFact(host, path, worktree, root)] as const)),
  ]);
  const trackedNames = lines(tracked, 0);
  const ignoredNames = lines(ignored, 0);
  const modifiedNames = lines(modified, 3);
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
async function ignoredPaths(
  host: Machine,
  worktree: string,
  rels: readonly string[],
): Promise<string | undefined> {
  const ran = await host.git.run(["check-ignore", "-z", "--stdin"], {
    cwd: worktree,
    timeoutMs,
    stdin: rels.join("\0"),
  });
  if (ran.exit.kind !== "exited" || ran.exit.code > 1) return undefined;
  return ran.stdout;
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
