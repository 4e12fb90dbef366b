/** What the root of a repository shows: names in it, and the texts of the files that detection reads. */
export interface RootFiles {
  /** Names at the root, folders with a trailing slash. */
  readonly names: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** A proposed value and the evidence for it, in a few words. */
export interface Found {
  readonly value: string;
  readonly why: string;
}

export interface FoundCheck extends Found {
  readonly kind: "test" | "types" | "lint" | "build" | "targeted";
}

/** What one language's files propose. */
export interface Stack {
  /** As people call it: Node, Python, Go. */
  readonly name: string;
  readonly setup: readonly Found[];
  readonly caches: readonly Found[];
  readonly checks: readonly FoundCheck[];
  /** What a person should know and decide. */
  readonly notes: readonly string[];
}

/** Folders that setup makes and that git should not see. */
export function ignoreNote({ texts }: RootFiles, folder: string): readonly string[] {
  const ignored = (texts.get(".gitignore") ?? "")
    .split("\n")
    .some((line) => line.trim().replace(/^\//, "").replace(/\/$/, "") === folder);
  return ignored
    ? []
    : [`.gitignore does not name ${folder}/: add it, or what setup installs there would count as a change`];
}
