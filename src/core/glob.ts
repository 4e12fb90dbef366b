import picomatch from "picomatch";

/** Whether a repository-relative POSIX path matches one of the globs. `**` crosses folders; dot files count. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matcher(glob)(path));
}

// Compiling costs more than matching; globs come from policies, so their number is small.
const compiled = new Map<string, (path: string) => boolean>();
const compiledAtMost = 1000;

function matcher(glob: string): (path: string) => boolean {
  const known = compiled.get(glob);
  if (known !== undefined) return known;
  const made = picomatch(glob, { dot: true, nonegate: true });
  if (compiled.size >= compiledAtMost) compiled.clear();
  compiled.set(glob, made);
  return made;
}
