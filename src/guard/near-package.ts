import { editDistance } from "../core/edit-distance.ts";
import { lookAlikes, popular } from "./popular-packages.ts";
import type { Registry } from "./popular-packages.ts";

/** The popular package that a name was most likely meant to be; `undefined` where it is one itself or near none. */
export function nearPopular(registry: Registry, given: string): string | undefined {
  const name = canonical(registry, given);
  const names = namesOf(registry);
  if (name.length > nameAtMost || names.popular.has(name) || names.others.has(name)) return undefined;
  const same =
    names.folded.get(fold(name)) ?? undisguised(registry, name).find((plain) => names.popular.has(plain));
  if (same !== undefined) return same;
  const letters = lettersOf(name);
  for (const [candidate, others] of names.popular)
    // Two slips change at most four letters; comparing sets of letters is far cheaper than counting slips.
    if (bits(letters ^ others) <= 4 && slipped(name, candidate, names.popular)) return candidate;
  return undefined;
}

const nameAtMost = 100;

interface Names {
  /** With a bit per letter that occurs. */
  readonly popular: ReadonlyMap<string, number>;
  readonly folded: ReadonlyMap<string, string>;
  readonly others: ReadonlySet<string>;
}

const prepared = new Map<Registry, Names>();

/** Made when a package is first installed: most actions install nothing. */
function namesOf(registry: Registry): Names {
  const before = prepared.get(registry);
  if (before !== undefined) return before;
  const names = [...popular[registry]].map((name) => canonical(registry, name));
  const made: Names = {
    popular: new Map(names.map((name) => [name, lettersOf(name)])),
    folded: new Map(names.filter((name) => name.length >= foldedFrom).map((name) => [fold(name), name])),
    others: new Set([...lookAlikes[registry]].map((name) => canonical(registry, name))),
  };
  prepared.set(registry, made);
  return made;
}

const foldedFrom = 4;

function lettersOf(name: string): number {
  let letters = 0;
  for (const char of name) letters |= 1 << (char.charCodeAt(0) % 32);
  return letters;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** The spelling that a registry itself takes for the same name. */
function canonical(registry: Registry, name: string): string {
  const lower = name.toLowerCase();
  switch (registry) {
    case "pypi":
      return lower.replace(/[-_.]+/g, "-");
    case "crates":
      return lower.replaceAll("_", "-");
    case "npm":
    case "gems":
    case "go":
      return lower;
  }
}

// Short names have too many neighbours that mean something.
const oneSlipFrom = 5;
const twoSlipsFrom = 9;

/** One slip of the finger, or two in a long word. */
function slipped(name: string, candidate: string, names: ReadonlyMap<string, number>): boolean {
  if (Math.abs(name.length - candidate.length) > 2 || candidate.length < oneSlipFrom) return false;
  // `vue3`, `redis4`: another version, not another spelling.
  if (name.replace(/\d+$/, "") === candidate.replace(/\d+$/, "")) return false;
  const distance = editDistance(name, candidate);
  const long = Math.min(name.length, candidate.length) >= twoSlipsFrom && name[0] === candidate[0];
  if (distance > (long ? 2 : 1)) return false;
  const words = name.split(separators);
  const others = candidate.split(separators);
  if (words.length !== others.length) return distance === 1;
  return words.every((word, index) => {
    const other = others[index] ?? "";
    if (word === other || words.length === 1) return true;
    // `@testing-library/preact`, `csv-loader`: another word, and not the same one misspelt.
    if (names.has(word)) return false;
    return Math.max(word.length, other.length) > 3
      ? distance === 1 || word.length > 6
      : sameLetters(word, other);
  });
}

const separators = /[-_./@]/;

function sameLetters(a: string, b: string): boolean {
  return [...a].toSorted().join("") === [...b].toSorted().join("");
}

/** Without separators and scopes, and with digits that look like letters read as letters. */
function fold(name: string): string {
  return name
    .replace(/[-_.@]|(?<=^@[^/]*)\//g, "")
    .replaceAll("0", "o")
    .replaceAll("1", "l")
    .replaceAll("3", "e")
    .replaceAll("5", "s")
    .replaceAll("vv", "w")
    .replace(/(?<=.)rn/g, "m");
}

// What another ecosystem would put before or behind a name.
const dress: Readonly<Record<Registry, RegExp | undefined>> = {
  npm: /^(?:node|nodejs|npm)-|[-.]?js$/,
  pypi: /^(?:python3?|py)-|-(?:python|py)$/,
  crates: /^rust-|-(?:rs|rust)$/,
  gems: /^ruby-|-ruby$|rb$/,
  go: undefined,
};

/** What the name is without such a part, and in PyPI also with the one that many people forget. */
function undisguised(registry: Registry, name: string): readonly string[] {
  const pattern = dress[registry];
  const plain = pattern === undefined ? name : name.replace(pattern, "");
  const stripped = plain !== name && plain.length >= oneSlipFrom ? [plain] : [];
  if (registry !== "pypi") return stripped;
  const forgotten = [
    `python-${name}`,
    `${name}-python`,
    ...(name.length >= oneSlipFrom ? [`py${name}`] : []),
  ];
  return [...stripped, ...forgotten];
}
