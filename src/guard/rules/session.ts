import type { History } from "../../core/action.ts";
import { uprooted } from "../looking.ts";
import { placeOfPath, within } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const listBeforeDelete: Rule = {
  id: "session/list-before-delete",
  irreversible: false,
  verdict: "deny",
  says: "it deletes a tree that this session has not looked at since it last changed",
  instead: "ls -la src",
  find: watching({ effects: ["delete"] }, (scene) => {
    const { history } = scene.facts;
    if (history === undefined) return [];
    return uprooted(scene.effects, scene.facts).flatMap(([effect, path]): readonly Hit[] => {
      if (expendable(path, scene)) return [];
      const at = effect.span === undefined ? {} : { span: effect.span };
      if (history === "unknown") return [{ ...at, says: cannotBeKnown }];
      return made(path, history) || isFresh(path, history, scene)
        ? []
        : [
            {
              ...at,
              says: `${relative(path, scene)} was not listed since it last changed`,
              instead: `ls -la ${quoted(path, scene)}`,
            },
          ];
    });
  }),
  mustBlock: [
    { command: "rm -rf src/legacy", facts: session({}, { "src/legacy": "a" }) },
    { command: "rm -rf src/legacy", facts: session({ "src/legacy": "old" }, { "src/legacy": "new" }) },
    { command: "cd src && rm -r legacy", facts: session({ src: "a" }, { "src/legacy": "a" }) },
    { command: "bash -c 'rm -rf ./src/legacy/*'", facts: session({}, { "src/legacy": "a" }) },
    { command: "find docs -delete", facts: session({}, { docs: "a" }) },
    { command: "rm -rf docs", facts: { digests: { "/work/repo/docs": "a" }, history: "unknown" } },
  ],
  mustAllow: [
    { command: "rm -rf src/legacy", facts: session({ "src/legacy": "a" }, { "src/legacy": "a" }) },
    { command: "rm -rf src/made", facts: session({}, { "src/made": "a" }, ["src/made"]) },
    { command: "rm -rf node_modules dist", facts: session({}, {}) },
    { command: "rm -rf /tmp/work", facts: session({}, {}) },
    { command: "rm -rf src/gone", facts: session({}, {}) },
    { command: "rm src/a.ts", facts: session({}, { "src/a.ts": "a" }) },
    {
      command: "rm -rf .local-cache",
      facts: {
        ...session({}, { ".local-cache": "a" }),
        paths: { "/work/repo/.local-cache": { exists: true, tracked: false, ignored: true } },
      },
    },
    "rm -rf src/legacy",
  ],
};

const readBeforeRun: Rule = {
  id: "session/read-before-run",
  irreversible: false,
  verdict: "deny",
  says: "it runs a script that this session has not read as it is now",
  instead: "cat scripts/build.sh",
  find: (scene) => {
    const { history } = scene.facts;
    if (history === undefined) return [];
    return scene.reading.ran.flatMap((path): readonly Hit[] => {
      const { worktree } = scene.facts;
      const outside = worktree === undefined || !within(path, worktree);
      if (history === "unknown") return outside ? [{ says: cannotBeKnown }] : [];
      if (!outside && !history.changed.includes(path)) return [];
      return isFresh(path, history, scene)
        ? []
        : [
            {
              says: `${relative(path, scene)} ${outside ? "lies outside the repository" : "was changed in this session"} and was not read as it is now`,
              instead: `cat ${quoted(path, scene)}`,
            },
          ];
    });
  },
  mustBlock: [
    { command: "bash scripts/a.sh", facts: session({}, { "scripts/a.sh": "a" }, ["scripts/a.sh"]) },
    {
      command: "./scripts/a.sh",
      facts: session({ "scripts/a.sh": "old" }, { "scripts/a.sh": "new" }, ["scripts/a.sh"]),
    },
    { command: "python3 tools/a.py", facts: session({}, { "tools/a.py": "a" }, ["tools/a.py"]) },
    { command: "bash /tmp/a.sh", facts: session({}, { "/tmp/a.sh": "a" }) },
    {
      command: "cd scripts && timeout 60 sh a.sh",
      facts: session({}, { "scripts/a.sh": "a" }, ["scripts/a.sh"]),
    },
    { command: ". ~/setup.sh", facts: session({}, { "/home/dev/setup.sh": "a" }) },
    { command: "sh /tmp/a.sh", facts: { digests: { "/tmp/a.sh": "a" }, history: "unknown" } },
  ],
  mustAllow: [
    { command: "bash scripts/a.sh", facts: session({}, { "scripts/a.sh": "a" }) },
    {
      command: "bash scripts/a.sh",
      facts: session({ "scripts/a.sh": "a" }, { "scripts/a.sh": "a" }, ["scripts/a.sh"]),
    },
    {
      command: "bash scripts/a.sh",
      facts: session({ "scripts/a.sh": "edited" }, { "scripts/a.sh": "b" }, ["scripts/a.sh"]),
    },
    { command: "bash /tmp/a.sh", facts: session({ "/tmp/a.sh": "a" }, { "/tmp/a.sh": "a" }) },
    { command: "cat > /tmp/a.sh <<'EOF'\nls\nEOF\nbash /tmp/a.sh", facts: session({}, { "/tmp/a.sh": "a" }) },
    { command: "npm test && /usr/bin/env true", facts: session({}, {}) },
    "bash /tmp/a.sh",
  ],
};

export const rules: readonly Rule[] = [listBeforeDelete, readBeforeRun];

const cannotBeKnown = "what this session has looked at cannot be known, as its record cannot be read";

/** Git knows that nobody wants it, or it is not there. */
function expendable(path: string, { facts: { paths, digests } }: Scene): boolean {
  const fact = new Map(Object.entries(paths ?? {})).get(path);
  return fact?.ignored === true || fact?.exists === false || !Object.hasOwn(digests ?? {}, path);
}

function made(path: string, { changed }: History): boolean {
  return changed.includes(path);
}

/** Whether what was seen last is what is there now. */
function isFresh(path: string, { seen }: History, { facts: { digests } }: Scene): boolean {
  const now = new Map(Object.entries(digests ?? {})).get(path);
  const then = new Map(Object.entries(seen)).get(path);
  return now === undefined || then === "edited" || then === now;
}

function relative(path: string, { facts }: Scene): string {
  const place = placeOfPath(path, facts);
  return place.kind === "inside" ? place.rel : path;
}

function quoted(path: string, scene: Scene): string {
  const name = relative(path, scene);
  return /^[\w./@+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** A session for the examples: names are relative to the worktree. */
function session(
  seen: Readonly<Record<string, string>>,
  digests: Readonly<Record<string, string>>,
  changed: readonly string[] = [],
): { readonly digests: Readonly<Record<string, string>>; readonly history: History } {
  const full = (name: string): string => (name.startsWith("/") ? name : `/work/repo/${name}`);
  const all = (entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [full(name), value]));
  return { digests: all(digests), history: { seen: all(seen), changed: changed.map(full) } };
}
