import type { PathFact } from "../../core/action.ts";
import { placeOf, temporary, within } from "../paths.ts";
import type { FileEffect, Place } from "../paths.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { watching } from "../watching.ts";

const changed = {
  paths: { "/work/repo/src/main.ts": { exists: true, tracked: true, ignored: false, modified: true } },
} as const;

const recursiveDelete: Rule = {
  id: "fs/recursive-delete",
  irreversible: true,
  verdict: "deny",
  says: "it deletes a whole tree that is not the task's to delete",
  instead: "ls -la",
  find: watching({ effects: ["delete"] }, (scene) =>
    files(scene, "delete").flatMap(([effect, place]) => {
      if (!effect.recursive && effect.glob !== true) return [];
      const what = whole(place);
      return what === undefined ? [] : [hit(effect, `it deletes ${what}`)];
    }),
  ),
  mustBlock: [
    "RM -rf /etc",
    "/BIN/RM -rf ~",
    "rm -rf /",
    "rm -rf ~",
    "rm -rf ~/*",
    "rm -r -f ..",
    "rm -rf .",
    "rm -rf *",
    "rm -rf .git",
    "rm -rf /work/repo",
    "rm -fr ~/projects/other",
    "\\rm -rf $HOME/x",
    "/bin/rm --recursive --force /var/lib/x",
    "r''m -rf /etc",
    "$'\\x72m' -rf ~",
    "find . -delete",
    "find / -name '*.log' -exec rm -rf {} +",
    "find ~ -type f -delete",
    "rsync -a --delete empty/ ~/",
    "mv .git /tmp/git-backup",
    "cd / && rm -rf usr",
    "X=~; rm -rf $X/",
    "echo / | xargs rm -rf",
    "echo 'rm -rf ~' | bash",
    "bash -c 'rm -rf ~'",
    "python3 -c \"import shutil; shutil.rmtree('/home/dev')\"",
    "node -e \"require('fs').rmSync('/home/dev', {recursive: true})\"",
    "rm -rf ${X:-/}",
    "cat <<'EOF' | sh\nrm -rf ~\nEOF",
    "ls | xargs rm -rf",
    "rm -rf {/etc,build}",
    "IFS=,; c=rm,-rf,/; $c",
    "find .git -type f -delete",
    "perl -e 'system(\"rm -rf ~\")'",
    "echo cm0gLXJmIC8= | base64 -d | sh",
  ],
  mustAllow: [
    "HEAD -rf https://example.org",
    'RM() { echo "$@"; }; RM -rf /etc',
    "rm -rf node_modules",
    "rm -rf dist build && npm run build",
    "rm -rf /tmp/work",
    "cd /tmp && rm -rf x",
    "D=$(mktemp -d); trap 'rm -rf \"$D\"' EXIT; ls",
    "find . -name '*.pyc' -delete",
    "find . -name node_modules -type d | xargs rm -rf",
    "rm -rf src/legacy",
    "rm -f .git/index.lock",
    "echo 'rm -rf /' > notes.md",
    "grep -rn 'rm -rf ~' docs",
    'git commit -m "stop running rm -rf / in tests"',
    "cat <<'EOF'\nrm -rf /\nEOF",
    "rm -rf ./*.log",
    'rm -rf "${TMPDIR:-/tmp}/cache"',
  ],
};

const opaqueDelete: Rule = {
  id: "fs/opaque-delete",
  irreversible: false,
  verdict: "ask",
  says: "what it deletes cannot be known from the text",
  instead: "ls -la",
  find: watching({ effects: ["delete"] }, (scene) =>
    files(scene, "delete").flatMap(([effect, place]) => (place.kind === "unknown" ? [hit(effect)] : [])),
  ),
  mustBlock: [
    'rm -rf "$DIR"',
    "rm -rf $DIR/",
    "rm -rf $(cat list.txt)",
    "cat list.txt | xargs rm -f",
    'cd "$X" && rm -rf build',
    "python3 -c 'import shutil,sys; shutil.rmtree(sys.argv[1])' x",
    "rm -rf ./$NAME",
  ],
  mustAllow: [
    'DIR=build; rm -rf "$DIR"',
    "rm -rf dist/$NAME",
    'rm -rf "/tmp/$NAME"',
    "for d in a b; do rm -rf $d; done",
    "git ls-files -d | xargs ls",
    "ls $DIR",
  ],
};

const gitFolder: Rule = {
  id: "fs/git-folder",
  irreversible: true,
  verdict: "deny",
  says: "it changes git's own files behind git's back",
  instead: "git status",
  find: watching({ effects: ["write", "delete"] }, (scene) =>
    scene.effects.flatMap((effect) => {
      if (effect.kind !== "write" && effect.kind !== "delete") return [];
      const place = placeOf(effect, scene.facts);
      return place.kind === "git" && !ordinary(place.rel) ? [hit(effect)] : [];
    }),
  ),
  mustBlock: [
    "rm .git/HEAD",
    "echo x > .git/refs/heads/main",
    "truncate -s 0 .git/index",
    "sed -i s/a/b/ .git/config",
    { edit: ".git/config" },
    "cp /tmp/x .git/objects/",
    "chmod -R 000 .git",
    "mv /tmp/x .git/packed-refs",
  ],
  mustAllow: [
    "rm -f .git/index.lock",
    "echo tmp >> .git/info/exclude",
    "cat .git/HEAD",
    "ls .git/refs",
    "rm .gitignore",
    "grep url .git/config",
  ],
};

const device: Rule = {
  id: "fs/device-write",
  irreversible: true,
  verdict: "deny",
  says: "it writes to a device",
  instead: "lsblk",
  find: watching({ effects: ["write"] }, (scene) =>
    files(scene, "write").flatMap(([effect, place]) => (place.kind === "device" ? [hit(effect)] : [])),
  ),
  mustBlock: [
    "dd if=/dev/zero of=/dev/sda",
    "mkfs.ext4 /dev/sdb1",
    "echo x > /dev/nvme0n1",
    "cat image.iso | sudo tee /dev/sdc",
    "shred /dev/sda > /dev/sda",
    "wipefs -a /dev/sda",
  ],
  mustAllow: [
    "dd if=/dev/zero of=/tmp/blob bs=1M count=1",
    "ls > /dev/null",
    "echo x > /dev/stderr",
    "cat /dev/urandom | head -c 10",
    "lsblk /dev/sda",
  ],
};

const overwrite: Rule = {
  id: "fs/overwrite-tree",
  irreversible: true,
  verdict: "deny",
  says: "it changes rights or content of a whole tree that is not the task's",
  instead: "ls -la",
  find: watching({ effects: ["write"] }, (scene) =>
    files(scene, "write").flatMap(([effect, place]) => {
      const rights = /^(chmod|chown|chgrp|chattr|setfacl)$/.test(effect.by ?? "");
      const holds = rights && place.kind === "worktree";
      // Unpacking into the temporary folder puts its files beside the worktree that lies there.
      const beside = place.kind === "worktree" && !rights && temporary(`${place.path}/x`, scene.facts);
      const what = effect.recursive || holds ? whole(place) : undefined;
      const here = place.kind === "worktree" && place.path === scene.facts.worktree;
      return what === undefined || here || beside ? [] : [hit(effect, `it changes all of ${what}`)];
    }),
  ),
  mustBlock: [
    "chmod -R 777 /",
    "sudo chown -R me ~",
    "chmod -R 000 ..",
    "chown -R x /usr/local",
    "chmod -R a+w /home/dev/other",
    "chmod 000 /",
  ],
  mustAllow: [
    "chmod +x scripts/a.sh",
    "chmod -R u+w build",
    "chmod -R u+rw .",
    "tar xf a.tgz",
    "unzip a.zip -d vendor",
    "chmod -R 755 /tmp/site",
  ],
};

const truncate: Rule = {
  id: "fs/truncate",
  irreversible: true,
  verdict: "deny",
  says: "it empties or replaces a file whose changes are not committed",
  instead: "git diff",
  find: watching({ effects: ["write"] }, (scene) =>
    files(scene, "write").flatMap(([effect, place]) => {
      if (effect.by !== "truncate") return [];
      if (effect.glob === true && place.kind === "worktree")
        return [hit(effect, "it empties every file here")];
      const fact = effect.path === undefined ? undefined : factOf(effect.path, scene);
      const lost = place.kind === "inside" && fact !== undefined && fact.tracked !== false;
      return lost && fact.modified !== false && fact.exists !== false ? [hit(effect)] : [];
    }),
  ),
  mustBlock: [
    { command: "> src/main.ts", facts: changed },
    { command: ": > src/main.ts", facts: changed },
    { command: "cat /dev/null > src/main.ts", facts: changed },
    { command: "truncate -s 0 src/main.ts", facts: changed },
    { command: "cp /dev/null src/main.ts", facts: changed },
    { command: "git show HEAD:src/main.ts > src/main.ts", facts: changed },
    "git ls-files | xargs truncate -s 0",
    "for f in $(git ls-files); do > $f; done",
  ],
  mustAllow: [
    { command: "echo new > src/main.ts", facts: changed },
    {
      command: "> server.log",
      facts: { paths: { "/work/repo/server.log": { exists: true, tracked: false, ignored: true } } },
    },
    {
      command: ": > src/clean.ts",
      facts: {
        paths: {
          "/work/repo/src/clean.ts": { exists: true, tracked: true, ignored: false, modified: false },
        },
      },
    },
    "> /tmp/out.log",
    { command: ": >> src/main.ts", facts: changed },
    { command: "cat > src/main.ts <<'EOF'\nexport {};\nEOF", facts: changed },
    { command: "git show HEAD:src/main.ts > /tmp/before.ts", facts: changed },
  ],
};

export const rules: readonly Rule[] = [recursiveDelete, opaqueDelete, gitFolder, device, overwrite, truncate];

function files(
  { effects, facts }: Scene,
  kind: FileEffect["kind"],
): readonly (readonly [FileEffect, Place])[] {
  return effects.flatMap((effect) =>
    effect.kind === kind ? [[effect, placeOf(effect, facts)] as const] : [],
  );
}

/** A tree that no task deletes as a whole, in words; `undefined` for every other place. */
function whole(place: Place): string | undefined {
  switch (place.kind) {
    case "system":
      return `${place.path}, a folder of the system`;
    case "home":
      return "the home folder";
    case "worktree":
      return "the worktree itself, or a folder that holds it";
    case "git":
      return within(place.rel, ".git") && !ordinary(place.rel) ? "git's own files" : undefined;
    case "guarded":
    case "outside":
      return `${place.path}, which is outside the worktree`;
    case "inside":
    case "temp":
    case "sink":
    case "device":
    case "unknown":
      return undefined;
  }
}

/** Files in `.git` that are meant to be edited, and locks that a crash leaves behind. */
function ordinary(rel: string): boolean {
  return /^\.git\/(info\/(exclude|attributes|sparse-checkout)|[\w/.-]*\.lock|COMMIT_EDITMSG|MERGE_MSG|description|hooks(\/.*)?)$/.test(
    rel,
  );
}

function factOf(path: string, { facts }: Scene): PathFact | undefined {
  return new Map(Object.entries(facts.paths ?? {})).get(path);
}

function hit(effect: FileEffect, says?: string): Hit {
  return {
    ...(effect.span === undefined ? {} : { span: effect.span }),
    ...(says === undefined ? {} : { says }),
  };
}
