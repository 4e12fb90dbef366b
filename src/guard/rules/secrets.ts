import type { Effect, Facts } from "../../core/action.ts";
import { invocations } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { commandLine, given, nameSet } from "../command-line.ts";
import { placeOfPath, resolvePath } from "../paths.ts";
import type { Hit, Rule } from "../rule.ts";
import { filesRead, isEnvFile, mayRead, secretKind } from "../secret-files.ts";
import type { FileRead } from "../secret-files.ts";
import { printsToken, tokenPrograms } from "../token-commands.ts";
import { watching } from "../watching.ts";

const read: Rule = {
  id: "secrets/read",
  irreversible: false,
  verdict: "deny",
  says: "it reads private keys or credentials",
  instead: "ls -la ~/.ssh",
  find: watching(
    {
      effects: ["read"],
      programs: (name) => mayRead(name) || tokenPrograms.has(name),
      operations: (name) => name.startsWith("credential"),
    },
    (scene) => [
      ...filesRead(scene).flatMap((file) => hitOf(file, scene.facts)),
      ...invocations(scene.effects, tokenPrograms).flatMap((invocation): readonly Hit[] =>
        printsToken(invocation)
          ? [{ ...at(invocation), verdict: "ask", says: "it prints a credential" }]
          : [],
      ),
      ...scene.effects.flatMap((effect): readonly Hit[] =>
        effect.kind === "git" &&
        effect.operation.startsWith("credential") &&
        /^(fill|get)$/.test(effect.args.at(-1) ?? "")
          ? [
              {
                ...(effect.span === undefined ? {} : { span: effect.span }),
                verdict: "ask",
                says: "it prints a credential",
              },
            ]
          : [],
      ),
    ],
  ),
  mustBlock: [
    "cat ~/.ssh/id_ed25519",
    "base64 < ~/.ssh/id_rsa",
    "cp ~/.aws/credentials /tmp/c",
    "grep -r aws_secret ~/.aws/",
    "tar czf /tmp/k.tgz ~/.ssh",
    "sudo cat /etc/shadow",
    "cat /proc/1/environ",
    "cd ~ && head -c 200 .netrc",
    "python3 -c \"print(open('/home/dev/.ssh/id_rsa').read())\"",
    "python3 -c \"import os; print(open(os.path.expanduser('~/.aws/credentials')).read())\"",
    { read: "/home/dev/.aws/credentials" },
    { read: "/home/dev/.config/gh/hosts.yml" },
    "find ~/.ssh -name 'id_*' -exec cat {} +",
    "gh auth token",
    "security find-generic-password -s github -w",
    "aws secretsmanager get-secret-value --secret-id prod/db",
    "kubectl get secret db -o jsonpath='{.data.password}'",
    "gcloud auth print-access-token",
    "printenv AWS_SECRET_ACCESS_KEY",
    "git credential fill < /tmp/q",
    "gpg --export-secret-keys -a > /tmp/k.asc",
    "jq . ~/.docker/config.json",
  ],
  mustAllow: [
    "ls -la ~/.ssh",
    "cat ~/.ssh/id_ed25519.pub",
    "cat ~/.ssh/config",
    "ssh -i ~/.ssh/id_ed25519 host.example uptime",
    "ssh-keygen -t ed25519 -f /tmp/k -N ''",
    "test -f ~/.aws/credentials && echo there",
    "aws configure list",
    "gh auth status",
    "kubectl get secrets",
    "kubectl --kubeconfig ~/.kube/config get pods",
    "printenv PATH",
    "grep -rn password src",
    "cat ~/.aws/config",
    "cat test/fixtures/server.key",
    "openssl x509 -in /etc/ssl/certs/ca.pem -noout -text",
    "chmod 600 /tmp/k",
    "env | grep NODE",
    "cat src/credentials.ts",
  ],
};

function hitOf(file: FileRead, facts: Facts): readonly Hit[] {
  const kind = secretKind(file.path, facts);
  const place = placeOfPath(file.path, facts);
  if (place.kind === "inside") return [];
  const span = file.span === undefined ? {} : { span: file.span };
  switch (kind) {
    case "key":
      return [{ ...span, says: `${shown(file.path, facts)} holds private keys or credentials` }];
    case "history":
      return [
        {
          ...span,
          verdict: "ask",
          says: `${shown(file.path, facts)} holds what people typed, passwords among it`,
        },
      ];
    case "env":
    case undefined:
      return [];
  }
}

function shown(path: string, { home }: Facts): string {
  return home !== undefined && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

const envFile: Rule = {
  id: "secrets/env-file",
  irreversible: false,
  verdict: "ask",
  says: "it reads a file with settings for the environment, secrets among them",
  instead: "cat .env.example",
  find: watching(
    { effects: ["read"], programs: mayRead, operations: (name) => showing.test(name) },
    (scene) => [
      ...scene.effects.flatMap((effect): readonly Hit[] =>
        showsCommitted(effect) ? [effect.span === undefined ? {} : { span: effect.span }] : [],
      ),
      ...filesRead(scene).flatMap((file) => {
        if (
          !file.shows ||
          secretKind(file.path, scene.facts) !== "env" ||
          placeOfPath(file.path, scene.facts).kind === "temp"
        )
          return [];
        return [
          {
            ...(file.span === undefined ? {} : { span: file.span }),
            says: `${file.path.slice(file.path.lastIndexOf("/") + 1)} may hold secrets`,
          },
        ];
      }),
    ],
  ),
  mustBlock: [
    "cat .env",
    "head -n 3 .env.local",
    "grep DATABASE_URL .env",
    "cat config/.env.production",
    { read: ".env" },
    { read: "services/api/.env.staging" },
    "sed -n 1,20p .env",
    "base64 < .env",
    "node -e \"console.log(require('fs').readFileSync('.env', 'utf8'))\"",
    "cat .e*v",
    "git show HEAD~3:.env",
    "cat deploy/prod.env",
  ],
  mustAllow: [
    "cat .env.example",
    { read: ".env.example" },
    "cp .env.example .env",
    "test -f .env && echo there",
    "grep -q PORT .env",
    "echo 'PORT=3000' >> .env",
    "docker compose --env-file .env up -d",
    "node --env-file=.env server.js",
    "source .env && npm start",
    "ls -la .env",
    "cat .env.test",
    "cat src/env.ts",
    "cat > /tmp/x/.env <<'E'\nA=1\nE\ncat /tmp/x/.env",
  ],
};

const showing = /^(show|cat-file|archive)$/;

/** `git show HEAD:.env`: what was committed once is still there to be read. */
function showsCommitted(effect: Effect): boolean {
  if (effect.kind !== "git" || !showing.test(effect.operation)) return false;
  return effect.args.some((arg) => {
    const path = /^[^:]*:(.+)$/.exec(arg ?? "")?.[1];
    return path !== undefined && isEnvFile(path.slice(path.lastIndexOf("/") + 1));
  });
}

const commit: Rule = {
  id: "secrets/commit",
  irreversible: false,
  verdict: "deny",
  says: "it commits a file that holds secrets",
  instead: "git add src",
  find: watching({ operations: (name) => committing.test(name) }, ({ effects, facts }) =>
    effects.flatMap((effect): readonly Hit[] => {
      const names = committed(effect);
      const name = names.find((item) => isSecretName(item, effect, facts));
      return name === undefined || effect.span === undefined
        ? []
        : [{ span: effect.span, says: `${name} holds secrets, and a commit keeps it for good` }];
    }),
  ),
  mustBlock: [
    "git add .env",
    "git add -f config/aws.env",
    "git add -f .env.local",
    "git add src .env.production && git commit -m x",
    "git commit -m 'Add settings' .env",
    "git add config/id_rsa",
    "git -C . add certs/server-key.pem",
    "git stage .env",
    "git add service-account.json",
    "git update-index --add .env",
    "git add ~/.aws/credentials",
    "touch .env; git add --force -- .env",
  ],
  mustAllow: [
    "git add .env.example",
    "git rm --cached .env",
    "git add src test",
    "git add test/fixtures/server.key",
    "git add certs/ca.crt",
    "git commit -m 'Ignore .env'",
    "git check-ignore .env",
    "echo .env >> .gitignore && git add .gitignore",
    "git add -A",
    "git add src/credentials.ts",
    "git restore --staged .env",
  ],
};

const committing = /^(add|stage|commit|update-index)$/;

function committed(effect: Effect): readonly string[] {
  if (effect.kind !== "git" || !committing.test(effect.operation)) return [];
  const { words } = { words: effect.args.map((arg) => arg ?? "") };
  const line = commandLine(
    { words },
    nameSet(
      "m message F file C reuse-message c author date chmod pathspec-from-file t template cacheinfo fixup squash trailer",
    ),
  );
  const taken = given(line, "n", "dry-run") || (effect.operation === "update-index" && !given(line, "add"));
  return taken ? [] : [...line.words, ...line.rest];
}

function isSecretName(name: string, effect: Effect, facts: Facts): boolean {
  const path = resolvePath(name, effect.kind === "git" ? effect.cwd : undefined);
  if (path === undefined || /[*?]/.test(name)) return isEnvFile(name.slice(name.lastIndexOf("/") + 1));
  const tracked = Object.entries(facts.paths ?? {}).some(
    ([known, fact]) => known === path && fact.tracked === true,
  );
  const kind = secretKind(path, facts);
  return !tracked && (kind === "env" || kind === "key");
}

export const rules: readonly Rule[] = [read, envFile, commit];

function at({ span }: Invocation): Hit {
  return span === undefined ? {} : { span };
}
