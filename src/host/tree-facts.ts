import type { PathFact } from "../core/action.ts";
import type { Host } from "../core/ports.ts";
import { askGit, items } from "./ask-git.ts";
import type { FileFact } from "./file-facts.ts";

export interface TreeQuestion {
  readonly worktree: string;
  /** Absolute paths with what the file system says of them. */
  readonly paths: ReadonlyMap<string, FileFact>;
  readonly dirty: boolean;
  /** Whether it matters if a path that does not exist yet would be ignored, which takes a question of its own. */
  readonly unmadeIgnored: boolean;
}

export interface TreeFacts {
  readonly dirty: boolean | "unknown";
  readonly paths: Readonly<Record<string, PathFact>>;
}

/** What git says of the tree, from one `git status`: it lists what differs, and the rest follows from what is there. */
export async function treeFacts(
  host: Pick<Host, "files" | "git">,
  { worktree, paths, dirty, unmadeIgnored }: TreeQuestion,
): Promise<TreeFacts> {
  const inside = new Map(
    [...paths].flatMap(([path, fact]) => {
      const rel = relativeTo(worktree, path);
      return rel === undefined ? [] : [[path, { ...fact, rel }] as const];
    }),
  );
  const some = inside.size > 0;
  const rels = [...inside.values()].map((fact) => fact.rel);
  const unmade = [...inside.values()].filter((fact) => !fact.exists).map((fact) => fact.rel);
  const [status, unmadeAndIgnored] = await Promise.all([
    some || dirty ? askStatus(host, worktree, some, dirty ? [] : rels) : undefined,
    unmadeIgnored && unmade.length > 0 ? askIgnored(host, worktree, unmade) : undefined,
  ]);
  const seen = status === undefined ? undefined : readStatus(status);
  const facts = [...paths].map(async ([path, file]) => {
    const within = inside.get(path);
    const git = within === undefined ? outside : await gitFact(host, worktree, within, seen);
    const ignored = git.ignored === false && unmadeAndIgnored?.has(within?.rel ?? "") === true;
    return [path, { exists: file.exists, ...git, ...(ignored ? { ignored } : {}), ...realOf(file) }] as const;
  });
  return {
    dirty: seen === undefined ? "unknown" : seen.changed.length > 0,
    paths: Object.fromEntries(await Promise.all(facts)),
  };
}

/** The path below the tree; `undefined` where it lies elsewhere, and for the tree itself. */
export function relativeTo(worktree: string, path: string): string | undefined {
  return path.startsWith(`${worktree}/`) ? path.slice(worktree.length + 1) : undefined;
}

export function realOf(file: FileFact): { readonly real?: string } {
  return file.real === undefined ? {} : { real: file.real };
}

type GitFact = Required<Pick<PathFact, "tracked" | "ignored" | "modified">>;

const outside: GitFact = { tracked: false, ignored: false, modified: false };
const unknown: GitFact = { tracked: "unknown", ignored: "unknown", modified: "unknown" };

// Pathspecs are taken literally: a file may be called `*.ts`.
const literal = "--literal-pathspecs";

function askStatus(
  { git }: Pick<Host, "git">,
  cwd: string,
  others: boolean,
  rels: readonly string[],
): Promise<string | undefined> {
  const which = others ? ["--untracked-files=all", "--ignored=matching"] : ["--untracked-files=no"];
  const always = ["--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=none", "--no-ahead-behind"];
  return askGit(git, { cwd, args: [literal, "status", ...always, ...which, "--", ...rels] });
}

async function askIgnored(
  { git }: Pick<Host, "git">,
  cwd: string,
  rels: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  // It exits with 1 when nothing is ignored.
  const args = ["check-ignore", "-z", "--stdin"];
  const said = await askGit(git, { cwd, args, stdin: rels.join("\0"), fine: [0, 1] });
  return said === undefined ? undefined : new Set(items(said));
}

interface Status {
  /** Tracked, and different from the last commit. */
  readonly changed: readonly Listed[];
  /** Folders end with a slash, and stand for all that is in them. */
  readonly untracked: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
}

interface Listed {
  readonly path: string;
  /** False where it was taken out of the index. */
  readonly inIndex: boolean;
}

/** Reads `git status --porcelain=v2 -z` without renames: the path is the last field of each line. */
function readStatus(text: string): Status {
  const changed: Listed[] = [];
  const untracked = new Set<string>();
  const ignored = new Set<string>();
  for (const line of items(text)) {
    const kind = line[0];
    if (kind === "?") untracked.add(line.slice(2));
    else if (kind === "!") ignored.add(line.slice(2));
    else if (kind === "1" || kind === "u") {
      const path = line
        .split(" ")
        .slice(kind === "1" ? 8 : 10)
        .join(" ");
      changed.push({ path, inIndex: line[2] !== "D" || kind === "u" });
    }
  }
  return { changed, untracked, ignored };
}

interface Inside extends FileFact {
  readonly rel: string;
}

async function gitFact(
  host: Pick<Host, "files" | "git">,
  worktree: string,
  file: Inside,
  status: Status | undefined,
): Promise<GitFact> {
  if (status === undefined) return unknown;
  const { rel } = file;
  // git sees nothing beyond a symbolic link.
  if (file.beyondLink) return outside;
  const ignored = covers(status.ignored, rel);
  const below = status.changed.filter(({ path }) => path === rel || path.startsWith(`${rel}/`));
  const modified = below.length > 0;
  if (below.some(({ inIndex }) => inIndex)) return { tracked: true, ignored, modified };
  if (ignored || covers(status.untracked, rel) || !file.exists) return { tracked: false, ignored, modified };
  if (file.kind !== "folder") return { tracked: !modified, ignored, modified };
  return { tracked: await holdsTracked(host, worktree, rel, status), ignored, modified };
}

/** Whether the path or a folder that it is in is listed. */
function covers(listed: ReadonlySet<string>, rel: string): boolean {
  if (listed.has(rel) || listed.has(`${rel}/`)) return true;
  for (let cut = rel.lastIndexOf("/"); cut > 0; cut = rel.lastIndexOf("/", cut - 1))
    if (listed.has(rel.slice(0, cut + 1))) return true;
  return false;
}

// Nearly every folder with tracked files shows one at once; a folder full of other files is left to git.
const entriesAtMost = 2000;

/** Whether a folder holds a file that git knows: one that is there and not listed as another. */
async function holdsTracked(
  host: Pick<Host, "files" | "git">,
  worktree: string,
  rel: string,
  status: Status,
): Promise<boolean | "unknown"> {
  let left = entriesAtMost;
  const walk = async (folder: string): Promise<boolean | "too many"> => {
    const names = (await host.files.list(`${worktree}/${folder}`)) ?? [];
    // Files first: they answer without looking deeper.
    for (const name of names.toSorted((a, b) => Number(a.endsWith("/")) - Number(b.endsWith("/")))) {
      if (name === ".git/" || name === ".git") continue;
      left -= 1;
      if (left < 0) return "too many";
      const path = `${folder}/${name}`;
      if (status.untracked.has(path) || status.ignored.has(path)) continue;
      if (!name.endsWith("/")) return true;
      const found = await walk(path.slice(0, -1));
      if (found !== false) return found;
    }
    return false;
  };
  const found = await walk(rel);
  if (found !== "too many") return found;
  const said = await askGit(host.git, { cwd: worktree, args: [literal, "ls-files", "-z", "--", rel] });
  return said === undefined ? "unknown" : said !== "";
}
