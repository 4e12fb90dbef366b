import type { Places } from "./parts.ts";

/** A public repository and real fixes of its history. Nothing of it is kept here besides names. */
export interface Project {
  /** `owner/name` on GitHub. */
  readonly name: string;
  readonly language: "JavaScript" | "Python" | "Go";
  readonly places: Places;
  readonly setup: readonly string[];
  /** Folders outside the workspace that setup and gate write to. */
  readonly caches: readonly string[];
  /** The repository's own test command. */
  readonly test: string;
  /** How the command relates to what the repository's own scripts say. */
  readonly testSays: string;
  readonly main: MainCase;
  /**
   * The five newest other commits whose subject says fix or bug and that change source and tests in at most eight files.
   * Taken as they come, except for what `main` uses.
   */
  readonly ordinary: readonly string[];
}

export interface MainCase {
  readonly commit: string;
  /** The fault, in one sentence. */
  readonly bug: string;
  readonly chosen: string;
}

const npmInstall = "npm install --ignore-scripts --no-audit --no-fund --prefer-offline";

export const projects: readonly Project[] = [
  {
    name: "npm/node-semver",
    language: "JavaScript",
    places: {
      source: ["classes/**", "functions/**", "internal/**", "ranges/**", "bin/**", "index.js"],
      tests: ["test/**", "tap-snapshots/**"],
    },
    setup: [npmInstall],
    caches: [],
    test: "npm test --ignore-scripts",
    testSays: "`npm test` (tap, which asks for full coverage) without the lint that follows it",
    main: {
      commit: "9c8692ae05416e9dbe88d95ffe2b80e6964550fe",
      bug: "With prereleases included, a tilde range with open parts began at the release, so `~1.2` left out `1.2.0-rc`, which `1.2.x` takes in.",
      chosen:
        "two hunks of which the first alone does nothing; the tests are rows in tables of fixtures, the hardest form for anything that looks for test cases",
    },
    ordinary: ["e583226", "046da7f", "bea6028", "17aa702", "5f3ca13"],
  },
  {
    name: "micromatch/picomatch",
    language: "JavaScript",
    places: { source: ["lib/**", "index.js", "posix.js"], tests: ["test/**"] },
    // A development dependency that no test uses and that npm would clone from GitHub; surefoot takes the edit back.
    setup: ["npm pkg delete devDependencies.time-require", npmInstall],
    caches: [],
    test: "npm test",
    testSays: "`npm test` as it is: ESLint, then mocha",
    main: {
      commit: "628930764fb2cd8f619d53947d5b1b39d347e837",
      bug: "When a repeated extended glob was rewritten to a safe form, only its first branch was kept, so `+(*(a)|*(b))` no longer matched `b`.",
      chosen:
        "several hunks in one function and its helpers, with a test case of its own; the gate holds lint and tests",
    },
    ordinary: ["ab8bc4d", "a9e2dd2", "563f534", "ac3cb66", "e0042e0"],
  },
  {
    name: "expressjs/express",
    language: "JavaScript",
    places: { source: ["lib/**", "index.js"], tests: ["test/**"] },
    setup: [npmInstall],
    caches: [],
    test: "npm test",
    testSays: "`npm test` as it is: mocha, with real HTTP requests on the loopback address",
    main: {
      commit: "74beeac0718c928b4ba249aba3652c52fbe32ca8",
      bug: "A request object without a method broke the router instead of being passed on.",
      chosen: "two hunks, tests that talk to real servers on loopback",
    },
    ordinary: ["18e5985b", "6cd404eb", "246f6f5a", "54271f69", "0b746953"],
  },
  {
    name: "mahmoud/boltons",
    language: "Python",
    places: { source: ["boltons/**"], tests: ["tests/**"] },
    setup: [],
    caches: [],
    test: "python3 -m pytest --doctest-modules boltons tests",
    testSays: "what tox runs, in the system's Python",
    main: {
      commit: "eb659013fbe4f355561fbead2116868366ba6e26",
      bug: "Printing a table as text crashed when it was empty, when a header was not a string, or when it had fewer headers than columns.",
      chosen: "two hunks that mend different crashes, four new tests",
    },
    ordinary: ["ec1ff9f", "c1c25da", "f1034b0", "ead236e", "1e61524"],
  },
  {
    name: "pallets/click",
    language: "Python",
    places: { source: ["src/**"], tests: ["tests/**"] },
    setup: [],
    caches: [],
    test: "PYTHONPATH=src python3 -m pytest --tb=short",
    testSays: "what tox runs, on the sources instead of an installed wheel",
    main: {
      commit: "7d05a59b9d46a415d85937630d1d812cf477f60a",
      bug: "While a value was being converted, and in eager callbacks, the context did not yet know where the value came from.",
      chosen: "two hunks of which the first alone mends most of what is reported",
    },
    ordinary: ["07c909f2", "bec59289", "762c97ee", "7eb57cff", "82f377c5"],
  },
  {
    name: "Masterminds/semver",
    language: "Go",
    places: { source: ["**/*.go"], tests: ["**/*_test.go"] },
    setup: [],
    caches: ["~/.cache/go-build"],
    test: "go test -v ./...",
    testSays: "what `make test` runs",
    main: {
      commit: "b65b33f02f13ee4bf96b5d18ad16cab9515f72ea",
      bug: "Incrementing the largest possible number of a version wrapped around to zero.",
      chosen: "four hunks for three methods, a test each",
    },
    ordinary: ["252dd61", "b1bb761", "ee95afb", "9f3b646", "f1b17e8"],
  },
];
