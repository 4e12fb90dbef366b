import type { Effect } from "../../core/action.ts";
import { argvRule, invocations } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { commandLine, given, nameSet, optionValues, triesOnly } from "../command-line.ts";
import type { CommandLine } from "../command-line.ts";
import { once } from "../once.ts";
import type { Hit, Rule, Scene } from "../rule.ts";
import { hole } from "../shell/shell.ts";

const prune = argvRule({
  id: "containers/prune",
  irreversible: true,
  verdict: "deny",
  says: "it removes every unused container, image or volume, whoever needs it",
  instead: "docker system df -v",
  programs: ["docker", "podman", "nerdctl", "buildah", "crictl", "docker-compose", "podman-compose"],
  matches: (start, scene) => {
    const line = read(start);
    if (triesOnly(line)) return false;
    const [noun = "", verb = ""] = line.words;
    if (verb === "prune" || (start.program === "buildah" && noun === "prune")) return prunes(noun, line);
    if (
      /^(rm|rmi|remove|delete)$/.test(noun) ||
      (/^(container|image|pod)$/.test(noun) && /^(rm|remove)$/.test(verb))
    )
      return removesAll(start, line, scene);
    if (/^(kill|stop)$/.test(noun))
      return (
        !given(line, "a", "all") &&
        removesAll(start, line, scene) && { verdict: "ask", says: "it ends every running container" }
      );
    return noun === "system" && verb === "reset";
  },
  mustBlock: [
    "docker system prune -af",
    "docker system prune --all --volumes --force",
    "docker volume prune -f",
    "docker image prune -a -f",
    "docker --context desktop system prune -f",
    "docker -H tcp://build:2375 container prune --force",
    "docker rm -f $(docker ps -aq)",
    "docker ps -q | xargs docker rm -f",
    "docker rmi -f $(docker images -q)",
    "docker ps -q | xargs docker kill",
    "podman system reset --force",
    "podman rm --all --force",
    "docker builder prune -af",
    "nerdctl system prune --all --force",
    "sudo bash -c 'yes | docker system prune -a'",
    "docker network prune -f",
  ],
  mustAllow: [
    "docker system df",
    "docker rm -f app-test",
    "docker rmi app:old",
    "docker stop $(docker ps -q --filter name=app-test)",
    'docker rm -f "$CONTAINER"',
    "docker compose rm -f worker",
    "docker system prune --help",
    "docker images --filter dangling=true",
    "git fetch --prune",
    "podman ps --all",
    "echo 'docker system prune -af' >> docs/cleanup.md",
  ],
});

const volumeRemove = argvRule({
  id: "containers/volume-remove",
  irreversible: true,
  verdict: "deny",
  says: "it removes volumes and the data in them",
  instead: "docker compose down",
  programs: ["docker", "podman", "nerdctl", "docker-compose", "podman-compose"],
  matches: (start) => {
    const line = read(start);
    const words = composeWords(start, line);
    if (triesOnly(line)) return false;
    if (words !== undefined) {
      if (words[0] !== "down" && words[0] !== "rm") return false;
      if (!given(line, "v", "volumes")) return false;
      return !forTests(line);
    }
    const [noun, verb = "", ...names] = line.words;
    if (noun !== "volume" || !/^(rm|remove)$/.test(verb)) return false;
    return names.length === 0 || names.some((name) => !scratch.test(name));
  },
  mustBlock: [
    "docker volume rm app_pgdata",
    "docker volume rm -f app_pgdata app_test",
    "docker compose down -v",
    "docker compose down --volumes --remove-orphans",
    "docker-compose -f docker-compose.yml down -v",
    "docker compose -p shop --profile db down -t 0 -v",
    "docker volume ls -q | xargs docker volume rm",
    "podman volume rm --all",
    "docker volume rm $(docker volume ls -q)",
    "docker compose rm -sfv db",
    "docker-compose rm -fsv db",
    "sudo docker --context prod volume remove data",
  ],
  mustAllow: [
    "docker compose down",
    "docker compose down --remove-orphans",
    "docker-compose -f docker-compose.test.yml down",
    "docker volume ls",
    "docker volume inspect app_pgdata",
    "docker volume create app_pgdata",
    "docker volume rm repo_test_pgdata",
    "docker compose run --rm -v ./data:/data web ls",
    "docker compose --dry-run down -v",
    "docker rm -v app-test",
  ],
});

const push = argvRule({
  id: "containers/push",
  irreversible: false,
  verdict: "ask",
  says: "it publishes an image",
  instead: "docker image ls app",
  programs: [
    "docker",
    "podman",
    "nerdctl",
    "docker-compose",
    "buildah",
    "skopeo",
    "crane",
    "oras",
    "ko",
    "helm",
    "buildctl",
  ],
  matches: (start) => {
    const line = read(start);
    return !triesOnly(line) && publishes(start, line);
  },
  mustBlock: [
    "docker push ghcr.io/acme/app:latest",
    "docker image push acme/app",
    "docker compose push",
    "docker buildx build --platform linux/amd64 -t acme/app:1 --push .",
    "docker build -t acme/app . && docker --config ~/.docker push acme/app",
    "podman push acme/app docker://quay.io/acme/app",
    "skopeo copy docker://a/b docker://c/d",
    "crane push app.tar ghcr.io/acme/app:1",
    "docker manifest push acme/app:1",
    "docker buildx bake --push",
  ],
  mustAllow: [
    "docker build -t app .",
    "docker buildx build --load -t app .",
    "docker pull acme/app",
    "docker push localhost:5000/app:dev",
    "skopeo inspect docker://acme/app",
    "docker tag app acme/app:1",
    "docker save app -o /tmp/app.tar",
    "skopeo copy docker://a/b oci:/tmp/b",
    "docker compose push --dry-run",
  ],
});

export const rules: readonly Rule[] = [prune, volumeRemove, push];

// Global options of the container engines and the options of their commands that take the next word.
const valued = nameSet(
  "H host context config l log-level tlscacert tlscert tlskey connection url root namespace filter label project-name file env-file profile project-directory ansi progress parallel time timeout tag platform target build-arg cache-from cache-to output o",
);

const composeValued = nameSet(`${[...valued].join(" ")} f file p project-name t timeout`);

function read(start: Invocation): CommandLine {
  const line = commandLine(start, valued);
  if (composeWords(start, line) === undefined) return line;
  const whole = commandLine(start, composeValued);
  // `-f` names a file before the subcommand, and means force after it.
  const at = start.words.indexOf(composeWords(start, whole)?.[0] ?? "");
  const tail = commandLine({ words: start.words.slice(Math.max(at, 0)) }, valued);
  return { ...whole, options: new Map([...whole.options, ...tail.options]) };
}

/** What follows `docker compose` or `docker-compose`. */
function composeWords({ program }: Invocation, { words }: CommandLine): readonly string[] | undefined {
  if (program.endsWith("-compose")) return words;
  return words[0] === "compose" ? words.slice(1) : undefined;
}

function prunes(noun: string, line: CommandLine): boolean | Omit<Hit, "span"> {
  const all = given(line, "a", "all", "volumes");
  if (noun === "volume" || (all && noun !== "builder" && noun !== "buildx")) return true;
  // Build cache and stopped containers cost time at most.
  return { verdict: "ask", says: "it removes every unused container, network, image or cache" };
}

/** `docker rm $(docker ps -aq)`: what is removed is whatever there is. */
function removesAll(start: Invocation, line: CommandLine, { effects }: Scene): boolean {
  if (start.program !== "docker" && given(line, "all", "a")) return true;
  if (!line.words.slice(1).includes(hole)) return false;
  return listsAll(effects);
}

/** Whether everything is listed, and nothing of it selected. */
const listsAll = once((effects: readonly Effect[]): boolean => {
  const selected = effects.some((effect) => effect.kind === "execute" && selectors.has(effect.program ?? ""));
  return invocations(effects, engines).some((other) => {
    const listing = read(other);
    const lists = /^(ps|images|(container|image|pod) (ls|list|ps))( |$)/.test(listing.words.join(" "));
    return lists && !selected && !given(listing, "filter", "f") && listing.words.length <= 2;
  });
});

const engines = nameSet("docker podman nerdctl");
const selectors = nameSet("grep egrep rg awk gawk sed jq head fzf");

const scratch = /(^|[^a-z])(tests?|e2e|ci|tmp|temp|scratch)($|[^a-z])/i;

function forTests(line: CommandLine): boolean {
  const named = optionValues(line, "f", "file", "p", "project-name", "env-file", "profile");
  return named.some((name) => scratch.test(name));
}

function publishes(start: Invocation, line: CommandLine): boolean {
  const { words } = line;
  const compose = composeWords(start, line);
  const place = words.at(-1) ?? "";
  // A registry on this machine publishes nothing.
  if (/^(docker:\/\/)?(localhost|127\.0\.0\.1|kind-registry|registry\.local)(:\d+)?\//.test(place))
    return false;
  if (compose !== undefined) return compose[0] === "push" || (compose[0] === "build" && given(line, "push"));
  switch (start.program) {
    case "skopeo":
      return (words[0] === "copy" || words[0] === "sync") && place.startsWith("docker://");
    case "crane":
      return /^(push|copy|cp|append|mutate|tag|delete)$/.test(words[0] ?? "");
    case "helm":
    case "oras":
      return words[0] === "push";
    case "ko":
      return /^(build|publish|resolve|apply)$/.test(words[0] ?? "") && !given(line, "local", "L");
    case "buildctl":
      return /push=true/.test(start.words.join(" "));
    default:
      return (
        words[0] === "push" ||
        (/^(image|manifest)$/.test(words[0] ?? "") && words[1] === "push") ||
        (given(line, "push") && /^(buildx|build|builder|bake)$/.test(words[0] ?? "")) ||
        optionValues(line, "output", "o").some((value) => /push=true|type=registry/.test(value))
      );
  }
}
