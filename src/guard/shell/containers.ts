import { trimEnd } from "../../core/trim-end.ts";
import { resolvePath } from "../paths.ts";
import { runCommand } from "./command.ts";
import type { Call } from "./command.ts";
import { inputOf, takesStatements } from "./statements.ts";
import { runElsewhere } from "./elsewhere.ts";
import type { Mount } from "./elsewhere.ts";
import { readOptions, valueOf } from "./options.ts";
import type { Options } from "./options.ts";
import { known } from "./shell.ts";
import type { Arg, Shell } from "./shell.ts";

const engines: ReadonlySet<string> = new Set([
  "docker",
  "podman",
  "nerdctl",
  "docker-compose",
  "podman-compose",
  "devcontainer",
]);

/** Follows what a container engine is told to run in a container. */
export function runContainer(name: string, args: readonly Arg[], shell: Shell, call: Call): void {
  if (!engines.has(name)) return;
  const { operands: rest } = readOptions(args, { short: "Hlc", long: engineOptions, stops: true });
  const compose = name.endsWith("-compose") || rest[0]?.value === "compose";
  const named = compose ? afterCompose(name.endsWith("-compose") ? args : rest.slice(1)) : rest;
  const given = named[0]?.value === "container" ? named.slice(1) : named;
  const verb = given[0]?.value ?? "";
  if (!/^(run|exec|create)$/.test(verb)) return;
  const options = readOptions(given.slice(1), {
    short: verb === "exec" ? "euw" : "aceHhlmpuvw",
    long: verb === "exec" ? execOptions : runOptions,
    stops: true,
  });
  const [image, ...words] = options.operands;
  const inWorkspace = name === "devcontainer";
  const program = inWorkspace ? options.operands : started(options, image, words);
  if (program.length === 0) return;
  const mounts = inWorkspace ? workspace(shell) : mountsOf(options, shell);
  const folder = valueOf(options, "w", "workdir")?.value;
  const cwd = inWorkspace ? mounts[0]?.there : folder?.startsWith("/") === true ? known(folder) : undefined;
  const feeds = takesStatements(program[0]?.value ?? "");
  const inner: Call = { ...call, env: new Map(), stdin: feeds ? inputOf(call, shell) : call.stdin };
  runElsewhere({ kind: "container", cwd, mounts }, shell, (there) => runCommand(program, there, inner));
}

function afterCompose(args: readonly Arg[]): readonly Arg[] {
  return readOptions(args, {
    short: "fp",
    long: [
      "file",
      "project-name",
      "profile",
      "env-file",
      "project-directory",
      "ansi",
      "parallel",
      "progress",
    ],
    stops: true,
  }).operands;
}

// Images whose entry point is the tool itself, so that the words after the image are its arguments.
const entryPoints: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)hashicorp\/terraform(:|@|$)/, "terraform"],
  [/(^|\/)(amazon\/)?aws-cli(:|@|$)/, "aws"],
  [/(^|\/)(bitnami|alpine|rancher)\/kubectl(:|@|$)/, "kubectl"],
  [/(^|\/)alpine\/git(:|@|$)/, "git"],
  [/(^|\/)opentofu\/opentofu(:|@|$)/, "tofu"],
];

function started(options: Options, image: Arg | undefined, command: readonly Arg[]): readonly Arg[] {
  const entry = valueOf(options, "entrypoint");
  if (entry !== undefined && entry.value !== "") return [entry, ...command];
  const tool = entryPoints.find(([pattern]) => pattern.test(image?.value ?? ""))?.[1];
  return tool === undefined || image === undefined ? command : [{ ...image, value: tool }, ...command];
}

function workspace(shell: Shell): readonly Mount[] {
  const { worktree } = shell.world.facts;
  return worktree === undefined ? [] : [{ here: worktree, there: "/workspaces/this", readOnly: false }];
}

/** `-v here:there[:ro]` and `--mount type=bind,…`. Named volumes are nobody's files on this machine. */
function mountsOf(options: Options, shell: Shell): readonly Mount[] {
  const bound = [...(options.values.get("v") ?? []), ...(options.values.get("volume") ?? [])].map((arg) => {
    const [here = "", there = "", mode = ""] = arg.value.split(":");
    return { here, there, readOnly: /(^|,)ro(,|$)/.test(mode) };
  });
  const long = (options.values.get("mount") ?? []).map((arg) => {
    const members = new Map(arg.value.split(",").map((part) => pair(part)));
    return {
      here: members.get("source") ?? members.get("src") ?? "",
      there: members.get("target") ?? members.get("destination") ?? members.get("dst") ?? "",
      readOnly: members.has("readonly") || members.has("ro"),
    };
  });
  return [...bound, ...long].flatMap(({ here, there, readOnly }) => {
    const text = known(here);
    if (text === undefined || !/^[./]/.test(text) || !there.startsWith("/")) return [];
    const path = resolvePath(text, shell.cwd);
    return path === undefined
      ? []
      : [{ here: path, there: trimEnd(there, "/") || there.slice(0, 1), readOnly }];
  });
}

function pair(text: string): readonly [string, string] {
  const cut = text.indexOf("=");
  return cut < 0 ? [text, ""] : [text.slice(0, cut), text.slice(cut + 1)];
}

const engineOptions = [
  "host",
  "context",
  "config",
  "log-level",
  "tlscacert",
  "tlscert",
  "tlskey",
  "namespace",
  "url",
  "connection",
  "workspace-folder",
  "root",
];

const execOptions = [
  "detach-keys",
  "env",
  "env-file",
  "user",
  "workdir",
  "index",
  "workspace-folder",
  "container-id",
  "remote-env",
  "config",
];

// docker-run(1) and podman-run(1): options with a value.
const runOptions =
  `add-host annotation attach blkio-weight cap-add cap-drop cgroup-parent cgroupns cidfile cpu-count
cpu-percent cpu-period cpu-quota cpu-shares cpus cpuset-cpus cpuset-mems device device-cgroup-rule device-read-bps
device-write-bps dns dns-option dns-search domainname entrypoint env env-file expose gpus group-add health-cmd
health-interval health-retries health-start-period health-timeout hostname ip ip6 ipc isolation label label-file link
log-driver log-opt mac-address memory memory-reservation memory-swap mount name net network network-alias oom-score-adj
pid pids-limit platform pod publish pull restart runtime secret security-opt shm-size stop-signal stop-timeout
storage-opt sysctl tmpfs ulimit user userns uts volume volume-driver volumes-from workdir arch os variant timeout index`.split(
    /\s+/,
  );
