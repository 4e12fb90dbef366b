import { ignoreNote } from "./stack.ts";
import type { Found, FoundCheck, RootFiles, Stack } from "./stack.ts";

interface Manager {
  readonly name: "npm" | "pnpm" | "yarn" | "bun";
  readonly locks: readonly string[];
  readonly caches: readonly string[];
}

const managers: readonly Manager[] = [
  { name: "npm", locks: ["package-lock.json", "npm-shrinkwrap.json"], caches: ["~/.npm"] },
  { name: "pnpm", locks: ["pnpm-lock.yaml"], caches: ["~/.local/share/pnpm", "~/.cache/pnpm"] },
  { name: "yarn", locks: ["yarn.lock"], caches: ["~/.cache/yarn", "~/.yarn"] },
  { name: "bun", locks: ["bun.lock", "bun.lockb"], caches: ["~/.bun/install/cache"] },
];

/** Scripts by what they prove, in the order in which a name is tried. */
const scriptNames: readonly (readonly [FoundCheck["kind"], readonly string[]])[] = [
  ["test", ["test", "test:unit", "tests", "unit"]],
  ["types", ["typecheck", "type-check", "types", "check-types", "check:types", "tsc"]],
  ["lint", ["lint", "lint:check", "check:lint"]],
  ["build", ["build"]],
  ["targeted", ["smoke", "test:smoke", "selftest", "self-test", "verify"]],
];

export function detectNode(root: RootFiles): Stack | undefined {
  const text = root.texts.get("package.json");
  if (text === undefined) return undefined;
  const manifest = read(text);
  if (manifest === undefined)
    return {
      name: "Node",
      setup: [],
      caches: [],
      checks: [],
      notes: ["package.json is not valid JSON: nothing was read from it"],
    };
  const locked = managers.flatMap((manager) =>
    manager.locks.filter((lock) => root.names.has(lock)).map((lock) => ({ manager, lock })),
  );
  const declared = managers.find(({ name }) => manifest.packageManager?.startsWith(`${name}@`));
  const chosen = locked.find(({ manager }) => manager === declared) ?? locked[0];
  const manager = chosen?.manager ?? declared ?? managers[0];
  const name = manager?.name ?? "npm";
  const setup = setupOf(root, name, chosen?.lock, manifest);
  return {
    name: "Node",
    setup,
    caches:
      setup.length === 0
        ? []
        : (manager?.caches ?? []).map((value) => ({ value, why: `where ${name} keeps downloads` })),
    checks: scriptChecks(manifest.scripts, name),
    notes: [
      ...(setup.length === 0 ? [] : ignoreNote(root, "node_modules")),
      ...(locked.length > 1
        ? [
            `several lock files (${locked.map(({ lock }) => lock).join(", ")}): ${chosen?.lock ?? ""} was chosen`,
          ]
        : []),
      ...(chosen === undefined && manifest.dependencies
        ? ["no lock file: every fresh workspace may get other versions; commit one"]
        : []),
      ...(manifest.workspaces || root.names.has("pnpm-workspace.yaml")
        ? [
            "this is a monorepo: only the scripts of the root package were read; add gates of the packages where they matter",
          ]
        : []),
      ...watchNotes(manifest.scripts),
    ],
  };
}

interface Manifest {
  readonly scripts: ReadonlyMap<string, string>;
  readonly packageManager: string | undefined;
  readonly dependencies: boolean;
  readonly workspaces: boolean;
}

function read(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isRecord(value)) return undefined;
  const { scripts, packageManager, workspaces } = value;
  return {
    scripts: new Map(
      Object.entries(isRecord(scripts) ? scripts : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      ),
    ),
    packageManager: typeof packageManager === "string" ? packageManager : undefined,
    dependencies: ["dependencies", "devDependencies"].some(
      (key) => isRecord(value[key]) && Object.keys(value[key]).length > 0,
    ),
    workspaces: workspaces !== undefined,
  };
}

function setupOf(
  root: RootFiles,
  name: Manager["name"],
  lock: string | undefined,
  manifest: Manifest,
): readonly Found[] {
  if (lock === undefined)
    return manifest.dependencies
      ? [
          {
            value: name === "npm" ? "npm install --no-package-lock" : `${name} install`,
            why: "package.json has dependencies and there is no lock file",
          },
        ]
      : [];
  return [{ value: installCommand(root, name, manifest), why: lock }];
}

function installCommand(root: RootFiles, name: Manager["name"], manifest: Manifest): string {
  switch (name) {
    case "npm":
      return "npm ci";
    case "pnpm":
      return "pnpm install --frozen-lockfile";
    case "bun":
      return "bun install --frozen-lockfile";
    case "yarn": {
      // Yarn 2 and later renamed the flag; they keep their settings in .yarnrc.yml.
      const berry = root.names.has(".yarnrc.yml") || /^yarn@(?![01]\.)/.test(manifest.packageManager ?? "");
      return berry ? "yarn install --immutable" : "yarn install --frozen-lockfile";
    }
  }
}

function scriptChecks(scripts: Manifest["scripts"], manager: string): readonly FoundCheck[] {
  return scriptNames.flatMap(([kind, names]): readonly FoundCheck[] => {
    const name = names.find((one) => scripts.has(one) && !isPlaceholder(scripts.get(one) ?? ""));
    if (name === undefined) return [];
    const value = name === "test" && manager !== "bun" ? `${manager} test` : `${manager} run ${name}`;
    return [{ kind, value, why: `package.json script ${name}: ${clip(scripts.get(name) ?? "")}` }];
  });
}

// What `npm init` writes.
function isPlaceholder(script: string): boolean {
  return /no test specified/.test(script);
}

function watchNotes(scripts: Manifest["scripts"]): readonly string[] {
  return [...scripts]
    .filter(
      ([name, script]) =>
        /^tests?$|^test:unit$/.test(name) && /--watch\b(?!=false)|--watchAll\b(?!=false)/.test(script),
    )
    .map(
      ([name]) =>
        `the script ${name} watches for changes and would not end by itself: use a script that runs once`,
    );
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
