import picomatch from "picomatch";

/** Whether a repository-relative POSIX path matches one of the globs. `**` crosses folders; dot files count. */
export function matchesAny(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matcher(glob)(path));
}

/** The same for a list that is asked about often: all its globs become one pattern, once it is first used. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  let pattern: RegExp | undefined;
  return (path) => {
    pattern ??= new RegExp(globs.map((glob) => picomatch.makeRe(glob, options).source).join("|"));
    return globs.includes(path) || (globs.length > 0 && pattern.test(path));
  };
}

const options = { dot: true, nonegate: true };

// Compiling costs more than matching; globs come from policies, so their number is small.
const compiled = new Map<string, (path: string) => boolean>();
const compiledAtMost = 1000;

function matcher(glob: string): (path: string) => boolean {
  const known = compiled.get(glob);
  if (known !== undefined) return known;
  const made = picomatch(glob, options);
  if (compiled.size >= compiledAtMost) compiled.clear();
  compiled.set(glob, made);
  return made;
}
