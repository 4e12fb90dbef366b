import { matchesAny } from "../core/glob.ts";
import type { FileEffect } from "./paths.ts";

/** Files that a rule protects. */
export interface Protected {
  /** Takes paths in lower case, as the disks of macOS and Windows do not tell case apart. */
  readonly is: (path: string) => boolean;
  /** Typical names among them: a pattern in a command is tried on these. */
  readonly typical: readonly string[];
}

/** Whether what an effect changes is one of the files for certain, or may be as far as its pattern says. */
export function protects(
  effect: FileEffect,
  rel: string,
  files: Protected,
): "certain" | "possible" | undefined {
  const name = rel.toLowerCase();
  if (files.is(name)) return "certain";
  if (effect.glob !== true) return undefined;
  // What `find` and its like select is asked about: codemods look like that too.
  const everywhere = name.startsWith("**/");
  const pattern = name.replace(/\[listed\]/g, "");
  // A pattern without a name in it means everything, and is judged as that.
  if (!/[a-z]/.test(pattern)) return undefined;
  const takesFolders = effect.recursive && effect.kind === "delete";
  const hit = files.typical.some((file) => {
    const parts = file.split("/");
    const names = takesFolders ? parts.map((_, at) => parts.slice(0, at + 1).join("/")) : [file];
    return names.some((one) => matchesAny(one, [pattern]) && (everywhere || showsDots(pattern, one)));
  });
  if (!hit) return undefined;
  return everywhere ? "possible" : "certain";
}

/** A shell's `*` does not match names that start with a dot. */
function showsDots(pattern: string, name: string): boolean {
  const parts = pattern.split("/");
  return name.split("/").every((part, at) => !part.startsWith(".") || parts[at]?.startsWith(".") === true);
}
