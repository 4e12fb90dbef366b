/**
 * Whether a shell command looks like one that runs tests: what `tests: auto` goes by. It reads words, not scripts:
 * `make check-all` stays unknown, and a command that only lists or compiles tests is none.
 */
export function expectsTests(command: string): boolean {
  return command
    .split(/&&|\|\||[;|&\n()]/)
    .map((part) => unwrap(part.trim().split(/\s+/).filter(Boolean)))
    .some(runsTests);
}

// Words that stand before the real command and change nothing about what it runs.
const wrappers = new Set([
  "env",
  "time",
  "nice",
  "exec",
  "command",
  "sudo",
  "xvfb-run",
  "cross-env",
  "dotenv",
  "--",
  "npx",
  "bunx",
  "pnpx",
  "poetry",
  "pipenv",
  "uv",
  "uvx",
  "rye",
  "hatch",
  "pdm",
  "bundle",
  "exec",
  "dlx",
  "nyc",
  "c8",
  "timeout",
]);

function unwrap(words: readonly string[]): readonly string[] {
  let rest = words.map((word) => word.replace(/^["']|["']$/g, ""));
  for (let steps = 0; steps < 20; steps++) {
    const [first = "", second = ""] = rest;
    if (/^[A-Za-z_]\w*=/.test(first)) rest = rest.slice(1);
    else if (first === "timeout") rest = rest.slice(/^\d/.test(second) ? 2 : 1);
    else if (/^(?:poetry|pipenv|uv|rye|hatch|pdm)$/.test(first) && second === "run") rest = rest.slice(2);
    else if (/^(?:pnpm|yarn|npm)$/.test(first) && /^(?:exec|dlx|x)$/.test(second)) rest = rest.slice(2);
    else if (wrappers.has(first)) rest = rest.slice(1);
    // An option of a wrapper that has just been taken away.
    else if (rest.length < words.length && first.startsWith("-")) rest = rest.slice(1);
    else return rest;
  }
  return rest;
}

const notRunning =
  /^(?:--no-run|--list|--listTests|--list-tests|--collect-only|--co|--help|-h|--version|-V|-DskipTests(?:=true)?|-Dmaven\.test\.skip(?:=true)?)$/;
// `npm run test:types` compiles; its name says so.
const scriptOfAnotherKind =
  /(?:^|[:._-])(?:lint|types?|typecheck|tsc|format|fmt|build|install|setup|clean|watch|deps)$/;

function runsTests(words: readonly string[]): boolean {
  const program = String(words[0] ?? "")
    .replace(/^.*[/\\]/, "")
    .replace(/\.(?:exe|cmd|bat|sh|py)$/, "");
  const args = words.slice(1);
  if (args.some((arg) => notRunning.test(arg))) return false;
  const plain = args.filter((arg) => !arg.startsWith("-"));
  const [verb = "", object = ""] = plain;
  switch (program) {
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
    case "deno":
    case "ni":
    case "nr":
      return args.some((arg, at) => isTestScript(arg) && !valueOfOption(args, at));
    case "node":
      return args.includes("--test");
    case "jest":
    case "vitest":
    case "mocha":
    case "ava":
    case "tap":
    case "tape":
    case "jasmine":
    case "uvu":
    case "karma":
    case "pytest":
    case "py.test":
    case "tox":
    case "nox":
    case "nosetests":
    case "gotestsum":
    case "rspec":
    case "parallel_rspec":
    case "phpunit":
    case "pest":
    case "ctest":
    case "prove":
    case "bats":
      return !/^(?:init|bench|typecheck|list)$/.test(verb);
    case "playwright":
    case "ng":
    case "swift":
    case "dotnet":
    case "mix":
    case "flutter":
    case "dart":
    case "rails":
    case "go":
    case "zig":
    case "stack":
    case "cabal":
    case "sbt":
    case "lein":
      return verb === "test" || verb === "vstest";
    case "cypress":
      return verb === "run";
    case "cargo":
      return (
        verb === "test" ||
        verb === "t" ||
        verb === "nextest" ||
        (verb.startsWith("+") && /^(?:test|t|nextest)$/.test(object))
      );
    case "python":
    case "python2":
    case "python3":
    case "py": {
      const module = args.indexOf("-m");
      if (module !== -1) return /^(?:pytest|unittest|nose2?|tox|nox)$/.test(args[module + 1] ?? "");
      return (
        /(?:^|\/)(?:manage|runtests|setup)\.py$/.test(verb) &&
        (object === "test" || verb.endsWith("runtests.py"))
      );
    }
    case "php":
      return /(?:^|\/)(?:phpunit|pest)$/.test(verb) || (verb.endsWith("artisan") && object === "test");
    case "artisan":
      return verb === "test";
    case "mvn":
    case "mvnw":
      return plain.some((goal) =>
        /^(?:test|verify|package|install|integration-test|surefire:test)$/.test(goal),
      );
    case "gradle":
    case "gradlew":
      return plain.some((task) => /(?:^|:)(?:test|check|build|\w+Test)$/.test(task)) && !excludesTest(args);
    case "rake":
      return args.length === 0 || plain.some((task) => /^(?:test|spec)(?::|$)/.test(task));
    case "composer":
      return isTestScript(verb) || (/^(?:run|run-script)$/.test(verb) && isTestScript(object));
    case "make":
    case "just":
    case "task":
    case "ninja":
    case "turbo":
    case "nx":
    case "lerna":
    case "bazel":
      return plain.some(isTestScript);
    default:
      return false;
  }
}

function isTestScript(word: string): boolean {
  return (
    /^(?:test|tests|t|tst|unit-?tests?|check-?tests?)(?:[:._-][\w:.-]+)?$/.test(word) &&
    !scriptOfAnotherKind.test(word)
  );
}

// `npm --prefix test run build`: the word belongs to the option before it.
function valueOfOption(args: readonly string[], at: number): boolean {
  return /^(?:--prefix|-C|--dir|--filter|-F|--cwd|-w|--workspace)$/.test(args[at - 1] ?? "");
}

function excludesTest(args: readonly string[]): boolean {
  return args.some(
    (arg, at) => (arg === "-x" || arg === "--exclude-task") && /(?:^|:)test$/.test(args[at + 1] ?? ""),
  );
}
