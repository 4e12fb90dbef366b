import type { PackageFact } from "../core/action.ts";
import { editDistance } from "../core/edit-distance.ts";
import { Fault } from "../core/fault.ts";
import type { Files } from "../core/ports.ts";

/**
 * What the lockfiles in a folder say of packages: whether they hold the name, and else one that is a slip away from it.
 * The files are searched line by line, not parsed. `"unknown"` where one cannot be read or is too large.
 */
export async function packageFacts(
  files: Files,
  folder: string,
  names: readonly string[],
): Promise<Readonly<Record<string, PackageFact | "unknown">>> {
  const locked = await lockedNames(files, folder);
  return Object.fromEntries(
    names.map((name) => [name, locked === undefined ? "unknown" : factOf(name, locked)]),
  );
}

/** A larger lockfile is not searched. */
const lockfileBytes = 20 * 1024 * 1024;

/** How a line of a lockfile names a package, by the file's name; group 1 is the name. */
const patterns: readonly (readonly [file: RegExp, line: RegExp])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, /^\s*"(?:(?:.*\/)?node_modules\/)((?:@[^/"]+\/)?[^/"]+)": \{/],
  [/^pnpm-lock\.yaml$/, /^ {2}'?\/?((?:@[^/@'\s]+\/)?[^/@'\s():]+)[@/]\d[^:]*:/],
  [/^yarn\.lock$/, /^"?((?:@[^/@"]+\/)?[^/@",\s]+)@[^\n]*:$/],
  [/^bun\.lock$/, /^ {4}"((?:@[^/"]+\/)?[^/"]+)": \[/],
  [/^requirements[\w.-]*\.txt$/, /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(?:[=<>!~;@].*)?\\?$/],
  [/^(?:poetry|uv|pdm|Cargo)\.lock$/, /^name = "([^"]+)"$/],
  [/^Pipfile\.lock$/, /^ {8}"([^"]+)": \{$/],
  [/^Gemfile\.lock$/, /^ {4}([\w.-]+) \(/],
  [/^go\.sum$/, /^(\S+?)(?:\/v\d+)? v\S+ h1:/],
];

async function lockedNames(files: Files, folder: string): Promise<ReadonlySet<string> | undefined> {
  const names = new Set<string>();
  try {
    for (const file of (await files.list(folder)) ?? []) {
      const pattern = patterns.find(([name]) => name.test(file))?.[1];
      if (pattern === undefined) continue;
      const path = `${folder}/${file}`;
      const stat = await files.stat(path);
      if (stat?.kind !== "file" || stat.bytes > lockfileBytes) return undefined;
      for (const line of ((await files.readText(path)) ?? "").split("\n")) {
        const name = pattern.exec(line.endsWith("\r") ? line.slice(0, -1) : line)?.[1];
        if (name !== undefined) names.add(plain(name));
      }
    }
  } catch (error) {
    if (error instanceof Fault && error.code === "file/unreadable") return undefined;
    throw error;
  }
  return names;
}

function factOf(given: string, locked: ReadonlySet<string>): PackageFact {
  const name = plain(given);
  if (locked.has(name)) return { locked: true };
  const near = [...locked].find((other) => isSlip(name, other));
  return near === undefined ? { locked: false } : { locked: false, near };
}

// As registries compare names: case and the kind of separator make no difference.
function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

// Short names have too many neighbours that mean something.
const oneSlipFrom = 5;
const twoSlipsFrom = 9;

function isSlip(name: string, other: string): boolean {
  const shorter = Math.min(name.length, other.length);
  const slips = shorter >= twoSlipsFrom && name[0] === other[0] ? 2 : 1;
  if (shorter < oneSlipFrom || Math.abs(name.length - other.length) > slips) return false;
  return editDistance(name, other) <= slips;
}
