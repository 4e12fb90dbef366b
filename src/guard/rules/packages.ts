import type { Effect, Facts } from "../../core/action.ts";
import { given, nameSet, triesOnly } from "../command-line.ts";
import { placeOf } from "../paths.ts";
import { asModule } from "../package-commands.ts";
import { each, programRule, verb } from "../program-rule.ts";
import type { Matcher } from "../program-rule.ts";
import type { Hit, Rule } from "../rule.ts";
import { filesRead } from "../secret-files.ts";

const publishing = verb("publish", "unpublish", "deprecate");

const nodePublish: Matcher = (line, call, scene) => {
  if (triesOnly(line)) return false;
  const words = line.words[0] === "npm" ? { ...line, words: line.words.slice(1) } : line;
  return (
    publishing(words, call, scene) ||
    /^(dist-tag|dist-tags) (add|rm|set)\b|^owner (add|rm)\b|^access (public|restricted|grant|revoke|set)\b|^team (create|destroy|add|rm)\b|^hook (add|rm)/.test(
      words.words.join(" "),
    )
  );
};

const pythonPublish: Matcher = (line, call) => {
  const { program, words } = asModule(call);
  const text = words.join(" ");
  if (program === "twine") return /^(upload|register)\b/.test(text);
  if (/^(flit|poetry|hatch|pdm|maturin|uv)$/.test(program))
    return /^(publish|upload)\b/.test(text) && !triesOnly(line);
  return /(^|\/)setup\.py( .*)? (upload|register)\b/.test(text);
};

const publish: Rule = programRule({
  id: "packages/publish",
  irreversible: true,
  verdict: "deny",
  says: "it publishes, unpublishes or deprecates a package",
  instead: "npm pack --dry-run",
  valued: nameSet(
    "registry tag access otp w workspace p package token index manifest-path F features repository username filter",
  ),
  matchers: {
    ...each("npm pnpm yarn bun", nodePublish),
    lerna: verb("publish"),
    changeset: verb("publish"),
    ...each(
      "np release-it semantic-release auto",
      (line) => !triesOnly(line) && !given(line, "d", "preview", "version"),
    ),
    nx: (line) => line.words[0] === "release" && !triesOnly(line),
    ...each("vsce ovsx jsr", publishing),
    deno: (line) => line.words[0] === "publish" && !triesOnly(line),
    cargo: (line, call, scene) =>
      !triesOnly(line) &&
      (verb("publish", "yank", "release")(line, call, scene) ||
        (line.words[0] === "owner" && given(line, "a", "add", "r", "remove"))),
    ...each("twine flit poetry hatch pdm maturin uv python python2 python3", pythonPublish),
    gem: verb("push", "yank", "owner"),
    rake: ({ words }) => words.some((word) => /^(release|gem:release|publish)(\[|$)/.test(word)),
    ...each("mvn mvnw", ({ words }) =>
      words.some((word) => /^(deploy|deploy:deploy.*|release:perform|nexus-staging:release)$/.test(word)),
    ),
    ...each("gradle gradlew", ({ words }) =>
      words.some((word) =>
        /(^|:)(publish|uploadArchives|publishPlugins|closeAndReleaseRepository)$|(^|:)publish(?!.*MavenLocal)[A-Z]\w*(ToMavenCentral|ToSonatype|Repository|Publication\w*)/.test(
          word,
        ),
      ),
    ),
    sbt: ({ words }) =>
      words.some((word) => /^\+?(publish|publishSigned|sonatypeRelease|ci-release)$/.test(word)),
    ...each("dotnet nuget", ({ words }) => /^(nuget )?(push|delete)\b/.test(words.join(" "))),
    mix: ({ words }) => /^hex\.(publish|retire|owner)$/.test(words[0] ?? "") && !words.includes("--dry-run"),
    ...each("dart flutter", (line) => line.words.slice(0, 2).join(" ") === "pub publish" && !triesOnly(line)),
    pod: ({ words }) => /^(trunk (push|delete|deprecate)|repo push)\b/.test(words.join(" ")),
    ...each("cabal stack", verb("upload", "sdist-upload")),
    luarocks: verb("upload"),
    goreleaser: (line) => line.words[0] === "release" && !given(line, "snapshot", "skip-publish"),
    swift: ({ words }) => words[0] === "package-registry" && words[1] === "publish",
    conda: verb("upload"),
    anaconda: verb("upload"),
  },
  mustBlock: [
    "npm publish --access public",
    "npm unpublish left-pad@1.0.0 --force",
    "npm deprecate x@1 'old'",
    "pnpm -r publish --no-git-checks",
    "yarn npm publish",
    "npx changeset publish",
    "npm dist-tag add x@2 latest",
    "cargo publish --allow-dirty",
    "cargo yank --version 1.0.0 x",
    "twine upload dist/*",
    "python3 -m twine upload dist/*",
    "python setup.py sdist upload",
    "uv publish",
    "poetry publish --build",
    "gem push x-1.0.gem",
    "./gradlew publishToSonatype publish",
    "mvn -B deploy",
    "dotnet nuget push x.nupkg -k $KEY",
    "mix hex.publish --yes",
    "NPM_TOKEN=x bash -c 'cd pkg && npm publish'",
  ],
  mustAllow: [
    "npm publish --dry-run",
    "npm pack",
    "npm version patch",
    "cargo publish --dry-run",
    "cargo package",
    "twine check dist/*",
    "python -m build",
    "poetry build",
    "gem build x.gemspec",
    "./gradlew publishToMavenLocal",
    "mvn install",
    "npm owner ls x",
    "npm run publish:docs --if-present",
    "goreleaser release --snapshot --clean",
    "npm view x dist-tags",
    "git commit -m 'npm publish later'",
  ],
});

const credentials: Rule = withFiles(
  programRule({
    id: "packages/credentials",
    irreversible: false,
    verdict: "deny",
    says: "it handles registry tokens",
    instead: "npm whoami",
    valued: nameSet("registry scope auth-type u p"),
    matchers: {
      ...each("npm pnpm yarn", ({ words }) => {
        const text = (words[0] === "npm" ? words.slice(1) : words).join(" ");
        if (/^token (create|revoke|delete|rm|list|ls)?\b/.test(text)) return !/^token (list|ls)\b/.test(text);
        if (
          /^config (set|get|delete) .*(_auth|_password|authToken|npmAuth)/i.test(text) ||
          /^set .*(_auth|_password)/i.test(text)
        )
          return true;
        return /^(login|adduser|add-user|logout)\b/.test(text) ? { verdict: "ask" } : false;
      }),
      ...each("cargo", ({ words }) => (/^(login|logout)$/.test(words[0] ?? "") ? { verdict: "ask" } : false)),
      gem: ({ words }) => (/^(signin|signout)$/.test(words[0] ?? "") ? { verdict: "ask" } : false),
      poetry: ({ words }) =>
        words[0] === "config" && words.length > 2 && /^(pypi-token|http-basic)\./.test(words[1] ?? ""),
      pip: ({ words }) =>
        words[0] === "config" && words[1] === "set" && /\/\/[^/\s]+:[^/\s]+@/.test(words.join(" ")),
      bundle: ({ words }) =>
        words[0] === "config" &&
        words.length > 2 &&
        /(gems?\.\S+|rubygems\S*|github\S*)$/.test(words.at(-2) ?? "") &&
        (words.at(-1) ?? "").includes(":"),
      dotnet: ({ words }) => words.join(" ").startsWith("nuget setapikey"),
      nuget: ({ words }) => /^setapikey$/i.test(words[0] ?? ""),
      mix: ({ words }) =>
        /^hex\.(user|organization)$/.test(words[0] ?? "") && /^(auth|key|deauth)$/.test(words[1] ?? ""),
    },
    mustBlock: [
      "npm token create --read-only",
      "npm config set //registry.npmjs.org/:_authToken $NPM_TOKEN",
      "npm config get //registry.npmjs.org/:_authToken",
      "npm login",
      "cat ~/.npmrc ~/.pypirc",
      "echo '//registry.npmjs.org/:_authToken=npm_abc' > .npmrc",
      "cargo login $TOKEN",
      "poetry config pypi-token.pypi pypi-abc",
      "grep token ~/.cargo/credentials.toml",
      { read: "/home/dev/.npmrc" },
      "cp ~/.gem/credentials /tmp/c",
      "gem signin",
    ],
    mustAllow: [
      "npm whoami",
      "npm config get registry",
      "npm config list",
      "cat .npmrc",
      "echo 'engine-strict=true' > .npmrc",
      "npm token list --help",
      "ls -la ~/.npmrc",
      "poetry config virtualenvs.in-project true",
      "cargo --version",
      "grep -rn _authToken docs",
    ],
  }),
);

export const rules: readonly Rule[] = [publish, credentials];

const tokenFiles =
  /\/(\.npmrc|\.yarnrc(\.yml)?|\.pypirc|\.cargo\/credentials(\.toml)?|\.gem\/credentials|\.config\/pypoetry\/auth\.toml|\.config\/pip\/pip\.conf|\.m2\/settings(-security)?\.xml|\.gradle\/gradle\.properties|\.nuget\/NuGet\/NuGet\.Config|\.composer\/auth\.json|\.config\/composer\/auth\.json|\.hex\/hex\.config)$/i;

/** The rule, and reading the users' files that hold tokens, or writing a token into a file. */
function withFiles(rule: Rule): Rule {
  return {
    ...rule,
    find: (scene) => [
      ...rule.find(scene),
      ...filesRead(scene).flatMap(({ path, span }) =>
        isUsers(path, scene.facts)
          ? [{ ...(span === undefined ? {} : { span }), says: `${path} holds registry tokens` }]
          : [],
      ),
      ...[...scene.reading.written].flatMap(([path, text]) =>
        /\/(\.npmrc|\.yarnrc\.yml|\.pypirc)$/.test(path) && tokens.test(text)
          ? writesOf(scene.effects, path)
          : [],
      ),
      ...scene.effects.flatMap((effect): readonly Hit[] =>
        effect.kind === "write" &&
        tokenFiles.test(effect.path ?? "") &&
        !/^(inside|temp)$/.test(placeOf(effect, scene.facts).kind)
          ? spanned(effect)
          : [],
      ),
    ],
  };
}

// `_authToken=${NPM_TOKEN}` in a file only names a variable; the shell would have filled it in before.
const tokens =
  /_(authToken|auth|password)\s*=\s*(?!\$\{)\S|npmAuthToken:\s*["']?(?!\$\{)\S|^password\s*[=:]\s*\S/m;

function isUsers(path: string, { home, worktree }: Facts): boolean {
  return (
    home !== undefined &&
    path.startsWith(`${home}/`) &&
    !(worktree !== undefined && path.startsWith(`${worktree}/`)) &&
    tokenFiles.test(path)
  );
}

function writesOf(effects: readonly Effect[], path: string): readonly Hit[] {
  const found = effects.find((effect) => effect.kind === "write" && effect.path === path);
  return found === undefined
    ? [{ says: "it writes a registry token into a file" }]
    : spanned(found, "it writes a registry token into a file");
}

function spanned({ span }: Effect, says?: string): readonly Hit[] {
  return [{ ...(span === undefined ? {} : { span }), ...(says === undefined ? {} : { says }) }];
}
