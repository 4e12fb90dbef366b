import { matchesAny } from "../../core/glob.ts";
import { builtFolder, placeOf } from "../paths.ts";
import type { FileEffect, Place } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const outside: Rule = {
  id: "scope/outside",
  irreversible: false,
  verdict: "deny",
  says: "it changes something outside the worktree",
  instead: "mkdir -p /tmp/scratch",
  find: watching({ effects: ["write", "delete"] }, (scene) =>
    changes(scene).flatMap(([effect, place]) =>
      ["outside", "home", "system", "guarded"].includes(place.kind)
        ? [hit(effect, place, "is outside the worktree")]
        : [],
    ),
  ),
  mustBlock: [
    "echo x >> ~/.bashrc",
    "cp build/tool /usr/local/bin/tool",
    "mv notes.md ../elsewhere/",
    "sed -i s/a/b/ /etc/hosts",
    "cd .. && touch here",
    "tee /home/dev/other/file < notes.md",
    { edit: "/home/dev/.ssh/config" },
    { edit: "../sibling/src/main.ts" },
    "python3 -c \"open('/home/dev/.profile','w').write('x')\"",
    "curl -o ~/bin/tool https://example.org/tool",
    {
      edit: "src/link.ts",
      facts: {
        paths: {
          "/work/repo/src/link.ts": { exists: true, tracked: true, ignored: false, real: "/home/dev/.zshrc" },
        },
      },
    },
    "ln -s ~ h && echo x > h/.bashrc",
    "tar xf a.tar -C /opt",
  ],
  mustAllow: [
    { edit: "src/main.ts" },
    { edit: "/work/repo/src/main.ts" },
    "echo x > /tmp/out.txt",
    "ls -la ~ > listing.txt",
    "npm test 2>&1 | tee test.log",
    "cat /etc/hosts",
    "make > /dev/null 2>&1",
    "D=$(mktemp -d) && cp -r src $D/ && cd $D && touch a",
    "git diff > /tmp/patch.diff",
    "cp ../shared/types.ts src/types.ts",
  ],
};

const denied: Rule = {
  id: "scope/denied",
  irreversible: false,
  verdict: "deny",
  says: "it changes a file that is not in the scope of this task",
  find: watching({ effects: ["write", "delete"] }, (scene) =>
    changes(scene).flatMap(([effect, place]) => {
      if (place.kind !== "inside" || exempt(effect, place.rel, scene)) return [];
      return inScope(effect, place.rel, scene)
        ? []
        : [hit(effect, place, "is not in the scope of this task")];
    }),
  ),
  mustBlock: [
    { edit: "package.json", scope: { allow: ["src/**"], deny: [] } },
    { edit: "src/generated/api.ts", scope: { allow: ["**"], deny: ["src/generated/**"] } },
    { command: "sed -i s/1/2/ package.json", scope: { allow: ["src/**", "test/**"], deny: [] } },
    { command: "echo x > docs/a.md", scope: { allow: ["src/**"], deny: [] } },
    { command: "git mv src/a.ts lib/a.ts", scope: { allow: ["src/**"], deny: [] } },
    { command: "rm -f docs/a.md", scope: { allow: ["src/**"], deny: [] } },
    { command: "find docs -name '*.md' -exec sed -i s/a/b/ {} +", scope: { allow: ["src/**"], deny: [] } },
    { command: "cd docs && tee a.md < b", scope: { allow: ["src/**"], deny: [] } },
  ],
  mustAllow: [
    { edit: "src/main.ts", scope: { allow: ["src/**"], deny: [] } },
    { command: "sed -i s/1/2/ src/a.ts", scope: { allow: ["src/**"], deny: [] } },
    { command: "npm test > /tmp/log", scope: { allow: ["src/**"], deny: [] } },
    { command: "rm -rf dist && mkdir dist", scope: { allow: ["src/**"], deny: [] } },
    { command: "cat docs/a.md package.json", scope: { allow: ["src/**"], deny: [] } },
    {
      command: "echo x > out.log",
      scope: { allow: ["src/**"], deny: [] },
      facts: { paths: { "/work/repo/out.log": { exists: true, tracked: false, ignored: true } } },
    },
  ],
};

const opaqueWrite: Rule = {
  id: "scope/opaque-write",
  irreversible: false,
  verdict: "ask",
  says: "which file it writes cannot be known from the text",
  find: watching({ effects: ["write"] }, (scene) =>
    changes(scene).flatMap(([effect, place]) =>
      place.kind === "unknown" && effect.kind === "write" ? [spanned(effect)] : [],
    ),
  ),
  mustBlock: [
    'echo x > "$OUT"',
    'cp a.txt "$DEST"',
    "cat list.txt | xargs sed -i s/a/b/",
    'tee "$(cat name.txt)" < a.txt',
    "while read f; do touch $f; done < list.txt",
    'cd "$SOMEWHERE" && echo x > a',
  ],
  mustAllow: [
    "OUT=result.txt; echo x > $OUT",
    'for f in src/a.ts src/b.ts; do sed -i s/a/b/ "$f"; done',
    "grep -rl foo src | xargs sed -i s/foo/bar/",
    'echo x > "build-$(date +%s).log"',
    'echo x > "${TMPDIR:-/tmp}/a.log"',
  ],
};

export const rules: readonly Rule[] = [outside, denied, opaqueWrite];

/** Writes and deletes with their places. Deletes that recurse are the filesystem rules' business where those fire. */
function changes({ effects, facts }: Scene): readonly (readonly [FileEffect, Place])[] {
  return effects.flatMap((effect) =>
    effect.kind === "write" || effect.kind === "delete" ? [[effect, placeOf(effect, facts)] as const] : [],
  );
}

function spanned(effect: FileEffect): Hit {
  return effect.span === undefined ? {} : { span: effect.span };
}

function hit(effect: FileEffect, place: Place, says: string): Hit {
  const path = place.kind === "unknown" ? "the target" : place.kind === "inside" ? place.rel : place.path;
  return { ...spanned(effect), says: `${path} ${says}` };
}

/** What builds make and what git ignores is nobody's work. */
function exempt(effect: FileEffect, rel: string, { facts }: Scene): boolean {
  if (effect.by === "edit") return false;
  const fact =
    effect.path === undefined ? undefined : new Map(Object.entries(facts.paths ?? {})).get(effect.path);
  return fact?.ignored === true || builtFolder(rel);
}

function inScope(effect: FileEffect, rel: string, { policy }: Scene): boolean {
  const { allow, deny } = policy.scope;
  if (effect.glob === true) {
    // A pattern is in scope when its fixed part is; a denied folder below it is seen when it is named.
    const fixed = rel
      .split("/")
      .filter((_, index, all) => !all.slice(0, index + 1).some((item) => /[*?[]/.test(item)));
    const sample = [...fixed, "x"].join("/");
    return (matchesAny(sample, allow) || matchesAny(rel, allow)) && !matchesAny(sample, deny);
  }
  return matchesAny(rel, allow) && !matchesAny(rel, deny);
}
