/**
 * A short name for a command that has none: what the command is about rather than what starts it.
 * `npm run lint` is lint, `npx tsc --noEmit` is tsc, `python3 -m pytest -q` is pytest, `go test ./...` is go test.
 */
export function nameOf(run: string): string {
  const words = wordsOf(run);
  const [first, second] = words;
  if (first === undefined) return run.trim().slice(0, 40) || "check";
  if (runners.has(first)) {
    return clip(words.slice(1).find((word) => word !== "run" && word !== "exec" && word !== "x") ?? first);
  }
  if (withVerb.has(first) && second !== undefined) return clip(`${first} ${second}`);
  return clip(first);
}

// Programs whose first argument names the work.
const runners = new Set([
  "npm",
  "pnpm",
  "yarn",
  "bun",
  "npx",
  "bunx",
  "pnpx",
  "uv",
  "uvx",
  "poetry",
  "bundle",
  "pipenv",
  "hatch",
  "python",
  "python3",
  "composer",
]);
const withVerb = new Set([
  "go",
  "cargo",
  "make",
  "mvn",
  "gradle",
  "dotnet",
  "deno",
  "mix",
  "rake",
  "just",
  "mvnw",
  "gradlew",
]);

function wordsOf(run: string): readonly string[] {
  const last =
    run
      .split(/&&|;|\n/)
      .at(-1)
      ?.trim() ?? run;
  return last
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "env" && !word.startsWith("-") && !/^[A-Za-z_]\w*=/.test(word))
    .map((word) => (word.includes("/") && !word.includes("...") ? (word.split("/").at(-1) ?? word) : word))
    .map((word) => word.replace(/["'`]/g, ""))
    .filter((word) => word !== "");
}

function clip(name: string): string {
  return name.length > 60 ? name.slice(0, 60) : name;
}
