import type { Effect, Facts } from "../core/action.ts";
import { matchesAny } from "../core/glob.ts";

/** Absolute path with `.`, `..` and doubled slashes taken out. Purely textual; `..` above the root stays at the root. */
export function normalize(path: string): string {
  if (path.startsWith("/") && path.length > 1 && !unfolded.test(path)) return path;
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") kept.pop();
    else kept.push(part);
  }
  return `/${kept.join("/")}`;
}

// An empty part, `.` or `..` somewhere.
const unfolded = /\/\.{0,2}(?:\/|$)/;

// Linux takes no longer ones (PATH_MAX), and a loop around a `cd` makes them as long as it runs.
const pathAtMost = 4096;

/** `undefined` where a relative path meets an unknown working folder, and for what is too long to be a path. */
export function resolvePath(path: string, cwd: string | undefined): string | undefined {
  if (path.length + (cwd?.length ?? 0) > pathAtMost) return undefined;
  if (path.startsWith("/")) return normalize(path);
  return cwd === undefined ? undefined : normalize(`${cwd}/${path}`);
}

/** Whether `path` is `folder` or lies below it. */
export function within(path: string, folder: string): boolean {
  return (
    path.startsWith(folder) &&
    (path.length === folder.length || folder === "/" || path[folder.length] === "/")
  );
}

export function below(path: string, folder: string): boolean {
  return path !== folder && within(path, folder);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Where a target lies, as far as the guard cares. */
export type Place =
  /** The root folder, or a top-level folder of the system. */
  | { readonly kind: "system"; readonly path: string }
  | { readonly kind: "home"; readonly path: string }
  /** The worktree itself, everything in it, or a folder that holds it. */
  | { readonly kind: "worktree"; readonly path: string }
  /** A repository's own folder (`.git`) or something in it. */
  | { readonly kind: "git"; readonly path: string; readonly rel: string }
  | { readonly kind: "inside"; readonly path: string; readonly rel: string }
  | { readonly kind: "temp"; readonly path: string }
  /** `/dev/null` and its like: nothing happens to a file. */
  | { readonly kind: "sink"; readonly path: string }
  | { readonly kind: "device"; readonly path: string }
  /** A folder that nothing may touch: the user's checkout, the ledger, the key. */
  | { readonly kind: "guarded"; readonly path: string }
  | { readonly kind: "outside"; readonly path: string }
  | { readonly kind: "unknown" };

export type FileEffect = Extract<Effect, { kind: "read" | "write" | "delete" }>;

// Some ten rules ask for the place of the same effect.
const places = new WeakMap<FileEffect, { readonly facts: Facts; readonly place: Place }>();

/** The place of a file effect, with symbolic links followed where the facts name their end. */
export function placeOf(effect: FileEffect, facts: Facts): Place {
  const known = places.get(effect);
  if (known?.facts === facts) return known.place;
  const place = findPlace(effect, facts);
  places.set(effect, { facts, place });
  return place;
}

function findPlace(effect: FileEffect, facts: Facts): Place {
  if (effect.path === undefined) {
    if (effect.under === undefined) return { kind: "unknown" };
    // Something below a known folder: as harmless as anything there, unless that folder itself may be meant.
    const holder = placeOfPath(effect.under, facts);
    if (holder.kind === "inside" || holder.kind === "temp") return holder;
    const holdsTree = facts.worktree !== undefined && within(facts.worktree, effect.under);
    const scratch = temporary(`${effect.under}/x`, facts) && !holdsTree;
    return scratch ? { kind: "temp", path: effect.under } : { kind: "unknown" };
  }
  if (effect.glob === true) return placeOfGlob(effect.path, facts);
  const real =
    facts.paths === undefined ? undefined : new Map(Object.entries(facts.paths)).get(effect.path)?.real;
  const place = placeOfPath(real ?? effect.path, facts);
  // Putting something into the temporary folder is no change of the system, as deleting that folder would be.
  const into = place.kind === "system" && effect.kind === "write" && temporary(`${place.path}/x`, facts);
  return into ? { kind: "temp", path: place.path } : place;
}

export function placeOfPath(path: string, facts: Facts): Place {
  const { worktree, home } = facts;
  if (sinks.test(path)) return { kind: "sink", path };
  if (below(path, "/dev") && !below(path, "/dev/shm")) return { kind: "device", path };
  if (worktree !== undefined && below(path, worktree)) {
    const rel = path.slice(worktree.length + 1);
    const git = rel.split("/").findIndex(isGitFolder);
    if (git >= 0) return { kind: "git", path, rel: rel.split("/").slice(git).join("/") };
    return { kind: "inside", path, rel };
  }
  if ((facts.guarded ?? []).some((folder) => within(path, folder))) return { kind: "guarded", path };
  if (worktree !== undefined && within(worktree, path)) return { kind: "worktree", path };
  if (path === "/") return { kind: "system", path };
  if (home !== undefined && path === home) return { kind: "home", path };
  if (temporary(path, facts)) return { kind: "temp", path };
  const parts = path.split("/");
  const git = parts.findIndex(isGitFolder);
  if (git >= 0) return { kind: "git", path, rel: parts.slice(git).join("/") };
  if (parts.length === 2 || systemFolders.some((folder) => within(path, folder)))
    return { kind: "system", path };
  if (/^\/(home|Users)\/[^/]+$/.test(path)) return { kind: "home", path };
  return { kind: "outside", path };
}

/** The disks of macOS and Windows do not tell case apart. */
function isGitFolder(part: string): boolean {
  return part.length === 4 && part.toLowerCase() === ".git";
}

/** Strictly below a folder for temporary things. */
export function temporary(path: string, facts: Facts): boolean {
  const own = facts.tempDirs?.some((folder) => below(path, folder)) === true;
  return own || commonTempDirs.some((folder) => below(path, folder));
}

// POSIX gives /tmp; systemd's file hierarchy /var/tmp and /dev/shm; macOS keeps per-user ones in /var/folders.
const commonTempDirs = [
  "/tmp",
  "/var/tmp",
  "/private/tmp",
  "/private/var/folders",
  "/var/folders",
  "/dev/shm",
];

const sinks =
  /^\/dev\/(null|stdout|stderr|stdin|tty|zero|full|random|urandom|fd(\/.*)?|tcp\/.*|udp\/.*|pts\/.*)$/;

const systemFolders = [
  "/bin",
  "/boot",
  "/etc",
  "/lib",
  "/lib32",
  "/lib64",
  "/proc",
  "/sbin",
  "/sys",
  "/usr",
  "/System",
  "/Library",
  "/Applications",
];

function placeOfGlob(pattern: string, facts: Facts): Place {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => /[*?[(]/.test(part));
  const folder = normalize(parts.slice(0, Math.max(first, 0)).join("/"));
  const rest = parts.slice(first);
  const named = rest.filter((part) => !matchesEverything(part));
  if (named.some((part) => part === ".git" || (part.startsWith(".") && matchesAny(".git", [part]))))
    return { kind: "git", path: pattern, rel: ".git" };
  // `x/*` is everything in x; `x/*.log` and `x/*/build` are some things in x.
  if (named.length === 0) return placeOfPath(folder, facts);
  const holder = placeOfPath(folder, facts);
  if (temporary(`${folder}/x`, facts) && besideTree(rest[0] ?? "", folder, facts))
    return { kind: "temp", path: pattern };
  if (holder.kind === "worktree" && holder.path === facts.worktree)
    return { kind: "inside", path: pattern, rel: rest.join("/") };
  if (holder.kind === "inside")
    return { kind: "inside", path: pattern, rel: `${holder.rel}/${rest.join("/")}` };
  if (holder.kind === "temp" || temporary(`${folder}/x`, facts)) {
    const holdsTree = facts.worktree !== undefined && within(facts.worktree, folder);
    if (!holdsTree) return { kind: "temp", path: pattern };
  }
  return holder;
}

/** Whether what a pattern names in a folder above the worktree is neither the worktree nor on the way to it. */
function besideTree(part: string, folder: string, { worktree }: Facts): boolean {
  if (worktree === undefined || !below(worktree, folder) || part.includes("**")) return false;
  const [step = ""] = worktree.slice(folder.length + 1).split("/");
  return !matchesAny(step, [part]);
}

function matchesEverything(part: string): boolean {
  return /^(\[[!^][^\]]*\])?[*.?]+$/.test(part) && part.includes("*") && !/^\*\.\*./.test(part);
}

/** Folders that builds, package managers and test runners make and remake. */
export function builtFolder(rel: string): boolean {
  return rel.split("/").some((part) => builtFolders.has(part) || part.endsWith(".egg-info"));
}

const builtFolders: ReadonlySet<string> = new Set([
  "node_modules",
  "dist",
  "build",
  "out",
  "target",
  "coverage",
  "tmp",
  "temp",
  "venv",
  "__pycache__",
  ".cache",
  ".eggs",
  ".gradle",
  ".mypy_cache",
  ".next",
  ".nuxt",
  ".nyc_output",
  ".parcel-cache",
  ".pytest_cache",
  ".ruff_cache",
  ".svelte-kit",
  ".terraform",
  ".tox",
  ".turbo",
  ".venv",
  ".vite",
]);
