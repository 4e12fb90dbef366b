import { editDistance } from "../core/edit-distance.ts";

/** The candidate that a mistyped word most likely meant: at most a third of its letters away, or `undefined`. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, distance: editDistance(fold(word), fold(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
}

// `wallTime`, `wall-time` and `wall_time` are the same word.
function fold(word: string): string {
  return word.toLowerCase().replace(/[-_]/g, "").slice(0, 80);
}
