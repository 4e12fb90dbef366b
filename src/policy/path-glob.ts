import { globPattern, globProblem } from "./glob.ts";

/** A glob as scopes use them, relative to the repository root, or below `/` or `~/`. */
export const pathGlobPattern = new RegExp(`^(?:~\\/|\\/)?${globPattern.source.slice(1)}`);

/** What is wrong with it, with the way out, or `undefined`. */
export function pathGlobProblem(glob: string): ReturnType<typeof globProblem> {
  return globProblem(glob.replace(/^(?:~\/|\/)(?!\/)/, ""));
}
