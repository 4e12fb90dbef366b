import type { Change } from "../core/change.ts";

/** Every path that a change touches; of a rename both. Sorted, without repetition. */
export function touchedPaths(change: Change): readonly string[] {
  return [
    ...new Set(
      change.files.flatMap((file) => (file.from === undefined ? [file.path] : [file.path, file.from])),
    ),
  ].sort();
}
