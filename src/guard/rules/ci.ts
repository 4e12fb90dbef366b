import { globMatcher, matchesAny } from "../../core/glob.ts";
import { mayNameFiles, namedInCode } from "../named-in-code.ts";
import { once } from "../once.ts";
import { placeOf } from "../paths.ts";
import type { FileEffect } from "../paths.ts";
import { protects } from "../protected-files.ts";
import type { Protected } from "../protected-files.ts";
import type { Find, Hit, Rule, Scene } from "../rule.ts";
import { together, watching } from "../watching.ts";

// Files that the known CI services read, and the folders that hold them.
const isWorkflow = globMatcher([
  "**/.github/workflows",
  "**/.github/workflows/**",
  "**/.github/actions",
  "**/.github/actions/**",
  ".gitlab-ci.yml",
  ".gitlab/ci/**",
  "**/jenkinsfile",
  "**/jenkinsfile.*",
  "jenkins/**/*.groovy",
  ".circleci",
  ".circleci/**",
  "azure-pipelines.{yml,yaml}",
  ".azure-pipelines/**",
  ".azuredevops/**",
  ".buildkite",
  ".buildkite/**",
  ".travis.yml",
  ".drone.yml",
  ".woodpecker.{yml,yaml}",
  ".woodpecker/**",
  "appveyor.yml",
  ".appveyor.yml",
  "bitbucket-pipelines.yml",
  ".teamcity/**",
  ".cirrus.yml",
  ".semaphore/**",
  ".forgejo/workflows/**",
  ".gitea/workflows/**",
  "cloudbuild.{yml,yaml}",
  "buildspec.{yml,yaml}",
  ".ci",
  ".ci/**",
]);

const isHook = globMatcher([
  "**/.git/hooks",
  "**/.git/hooks/**",
  ".husky",
  ".husky/**",
  ".githooks",
  ".githooks/**",
  ".git-hooks/**",
  "{,.}lefthook{,-local}.{yml,yaml,toml,json}",
  ".pre-commit-config.{yml,yaml}",
  ".overcommit.yml",
  ".lintstagedrc*",
  ".simple-git-hooks.*",
]);

const workflowFiles: Protected = {
  is: isWorkflow,
  typical: [
    ".github/workflows/ci.yml",
    ".github/workflows/ci.yaml",
    ".github/workflows/test.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
  ],
};

const hookFiles: Protected = {
  is: isHook,
  typical: [".husky/pre-commit", ".githooks/pre-commit", ".pre-commit-config.yaml"],
};

const workflowEdit: Rule = {
  id: "ci/workflow-edit",
  irreversible: false,
  verdict: "deny",
  says: "it changes a CI workflow, which judges this very change",
  find: together(
    edits(workflowFiles, "is a CI workflow, which judges this very change"),
    watching({ programs: mayNameFiles }, namedWorkflows),
  ),
  mustBlock: [
    { edit: ".github/workflows/test.yml" },
    { edit: ".gitlab-ci.yml" },
    { edit: "Jenkinsfile" },
    "sed -i 's/npm test/true/' .github/workflows/ci.yml",
    "rm -rf .circleci",
    "echo 'steps: []' > .buildkite/pipeline.yml",
    "cp /tmp/ci.yml .github/workflows/",
    "mv .github/workflows /tmp/w",
    "cd .github && cd workflows && tee ci.yml < /dev/null",
    "find .github -name '*.yml' -delete",
    "node -e \"require('fs').writeFileSync('.github/workflows/a.yml', '')\"",
    "git rm -r .github/workflows",
    "echo x > .gith*/workflows/ci.yml",
    "rm -rf .gith*",
    "rm .*/workflows/*",
    "find . -name '*.yml' -delete",
    "find . -path '*workflows*' -delete",
    "find . -name 'ci.yml' -exec sed -i 's/npm test/true/' {} +",
    "sed -i 's/npm test/true/' $(find . -name ci.yml)",
    "grep -rl 'npm test' --include='*.yml' . | xargs sed -i 's/npm test/true/'",
    "git mv .github docs/github",
    "git ls-files .github | xargs rm",
    "for f in $(git ls-files .github); do echo > $f; done",
    "echo x >> .GitHub/Workflows/ci.yml",
    { edit: ".GitHub/workflows/ci.yml" },
    { edit: ".github", change: { kind: "delete" } },
    { edit: ".github", change: { kind: "move", to: "old" } },
    "patch -d .github/workflows -p0 < /tmp/u.diff",
    "git apply --directory=.github/workflows /tmp/u.diff",
    "tar xzf /tmp/x.tgz .github/workflows/ci.yml",
    "unzip -o /tmp/x.zip -d .github",
    "unzip -o /tmp/x.zip '.github/workflows/*'",
    "7z x x.7z -o.github",
    "docker cp x:/ci.yml .github/workflows/ci.yml",
    "vim -es -c '%s/npm test/true/' -c wq .github/workflows/ci.yml",
    "awk -i inplace '{gsub(/npm test/,\"true\")}1' .github/workflows/ci.yml",
    "comby 'npm test' true -i .github/workflows/ci.yml",
    "npx replace-in-file 'npm test' true '.github/workflows/*.yml'",
    "python3 -c 'import fileinput\nfor l in fileinput.input(\".github/workflows/ci.yml\", inplace=True): print(1)'",
    'python3 -c \'import zipfile; zipfile.ZipFile("/tmp/z.zip").extractall(".github")\'',
    'python3 - <<\'E\'\ndef main(p):\n    open(p, "w").write("")\nmain(".github/workflows/ci.yml")\nE',
    'python3 - .github/workflows/ci.yml <<\'E\'\nimport sys\nopen(sys.argv[1], "w").write("")\nE',
    'node - .github/workflows/ci.yml <<\'E\'\nrequire("fs").writeFileSync(process.argv[2], "")\nE',
    'perl -e \'rename "/tmp/x", ".github/workflows/ci.yml"\'',
    "git apply --include='.github/workflows/*' a.patch && touch azure-pipelines.yml",
  ],
  mustAllow: [
    "cat .github/workflows/test.yml",
    "grep -rn 'npm test' .github/workflows",
    { edit: ".github/CODEOWNERS" },
    { edit: ".github/workflows/test.yml", scope: { allow: [".github/workflows/**", "src/**"], deny: [] } },
    "git diff -- .github/workflows",
    "git commit -m 'describe .github/workflows/test.yml'",
    "cp .github/workflows/test.yml /tmp/test.yml",
    "find . -name '*.yml' | xargs grep -n 'npm test'",
    "find deploy -name '*.yml' -exec sed -i 's/v1/v2/' {} +",
    "rm *.yml",
    "python3 -c 'import yaml; print(yaml.safe_load(open(\".github/workflows/ci.yml\")))'",
    'python3 - <<\'E\'\ntext = open(".github/workflows/ci.yml").read()\nout = "/tmp/jobs"\nopen(out, "w").write(text)\nE',
    "node scripts/lint-workflows.js .github/workflows/ci.yml",
    "tar xzf /tmp/x.tgz src/a.ts && unzip -o /tmp/x.zip -d vendor",
    "docker cp .github/workflows/ci.yml x:/ci.yml",
    "vim -es -c 'g/npm/p' -c q .github/workflows/ci.yml",
    "awk '/npm/' .github/workflows/ci.yml",
    "patch -d src -p1 < /tmp/u.diff",
    "find . -name '*.orig' -delete",
    { edit: ".github/dependabot.yml", change: { kind: "delete" } },
  ],
};

const hookEdit: Rule = {
  id: "ci/hook-edit",
  irreversible: false,
  verdict: "deny",
  says: "it changes a hook, which runs code at every commit",
  find: edits(hookFiles, "is a hook or its configuration, which runs at every commit", turnsOn),
  mustBlock: [
    { edit: ".git/hooks/pre-commit" },
    { edit: ".husky/pre-commit" },
    "chmod -x .git/hooks/pre-commit",
    "rm .husky/pre-push",
    "printf '#!/bin/sh\\nexit 0\\n' > .git/hooks/pre-push",
    { edit: "lefthook.yml" },
    { edit: ".pre-commit-config.yaml" },
    "mv .git/hooks .git/hooks.off",
    "echo x > .Git/hooks/pre-commit",
    "chmod 000 .husky/pre-commit",
  ],
  mustAllow: [
    "ls -la .git/hooks",
    "cat .husky/pre-commit",
    "chmod +x .husky/pre-commit",
    "chmod 755 .githooks/pre-push",
    "npx lefthook run pre-commit",
    "pre-commit run --all-files",
    { edit: "src/hooks/use-form.ts" },
    { edit: "lefthook.yml", scope: { allow: ["lefthook.yml"], deny: [] } },
  ],
};

export const rules: readonly Rule[] = [workflowEdit, hookEdit];

function edits(
  files: Protected,
  says: string,
  harmless: (effect: FileEffect, effects: Scene["effects"]) => boolean = () => false,
): Find {
  return watching({ effects: ["write", "delete"] }, ({ effects, facts, policy }) =>
    effects.flatMap((effect): readonly Hit[] => {
      if (effect.kind !== "write" && effect.kind !== "delete") return [];
      const rel = placeIn(effect, facts);
      const touched = rel === undefined ? undefined : touches(effect, rel, files);
      if (rel === undefined || touched === undefined || named(rel, policy.scope.allow)) return [];
      if (harmless(effect, effects)) return [];
      const span = effect.span === undefined ? {} : { span: effect.span };
      return touched === "certain"
        ? [{ ...span, says: `${rel} ${says}` }]
        : [{ ...span, verdict: "ask", says: `what ${rel} selects may hold one that ${says}` }];
    }),
  );
}

/** A hook that may run does so because somebody made it executable. */
function turnsOn(effect: FileEffect, effects: Scene["effects"]): boolean {
  return (
    effect.by === "chmod" &&
    givingRights(effects).some(
      ({ span }) =>
        span !== undefined &&
        effect.span !== undefined &&
        effect.span.start >= span.start &&
        effect.span.end <= span.end,
    )
  );
}

const givingRights = once((effects: Scene["effects"]): Scene["effects"] =>
  effects.filter(
    (effect) =>
      effect.kind === "execute" &&
      effect.program === "chmod" &&
      effect.args.some((arg) => /^[ugo]*a?\+[rx]+$|^0?7[0-7]{2}$/.test(arg ?? "")),
  ),
);

/** Code and tools that may write a workflow which they name. */
function namedWorkflows({ effects, policy }: Scene): readonly Hit[] {
  const meant = (path: string): boolean =>
    !named(path, policy.scope.allow) && (isWorkflow(path) || path === ".github");
  return namedInCode(effects, meant).map(({ path, effect }) => ({
    ...(effect.span === undefined ? {} : { span: effect.span }),
    verdict: "ask",
    says: `it may change ${path}, a CI workflow or a folder of such, which judges this very change`,
  }));
}

function placeIn(effect: FileEffect, facts: Scene["facts"]): string | undefined {
  const place = placeOf(effect, facts);
  return place.kind === "inside" || place.kind === "git" ? place.rel : undefined;
}

const unpacks = /^(tar|bsdtar|unzip|7z|docker|podman|rsync)$/;

function touches(effect: FileEffect, rel: string, files: Protected): ReturnType<typeof protects> {
  const name = rel.toLowerCase();
  // Taking a folder away takes what is in it; `.github` holds the workflows. Lists of files are named by their folder.
  if (effect.kind === "delete" && files.is(`${name}/workflows/x`)) return "certain";
  // What is unpacked into it may bring some.
  const by = effect.by ?? "";
  const fills = effect.kind === "write" && (effect.recursive ? unpacks.test(by) : /^(?:>|sed|tee)$/.test(by));
  if (fills && files.is(`${name}/workflows/x`)) return "possible";
  // A pattern below a folder that holds such files may mean them.
  const fixed = effect.glob === true ? name.split(/\/?[^/]*[*?[]/, 1).join("") : "";
  if (fixed !== "" && files.is(`${fixed}/x.yml`)) return "certain";
  if (fixed !== "" && files.is(`${fixed}/workflows/x.yml`)) return "certain";
  return protects(effect, rel, files);
}

/** Whether the task's scope names such files itself, and not only by allowing everything. */
function named(rel: string, allow: readonly string[]): boolean {
  return matchesAny(
    rel,
    allow.filter((glob) => !glob.startsWith("*")),
  );
}
