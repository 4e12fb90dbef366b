import { trimEnd } from "../../core/trim-end.ts";
import { argvRule } from "../argv.ts";
import type { Invocation } from "../argv.ts";
import { commandLine, given, nameSet, optionValues } from "../command-line.ts";
import type { CommandLine } from "../command-line.ts";
import type { Rule } from "../rule.ts";

const privileged = argvRule({
  id: "containers/privileged",
  irreversible: false,
  verdict: "deny",
  says: "the container gets the host: its files, its processes or its container engine",
  instead: 'docker run --rm -v "$PWD":/src alpine ls /src',
  programs: ["docker", "podman", "nerdctl", "docker-compose"],
  matches: (start) => {
    const verb = /^(?:compose )?(?:container )?(run|create|exec)(?: |$)/.exec(
      commandLine(start, runValued).words.join(" "),
    )?.[1];
    if (verb === undefined) return false;
    const own = optionsBeforeImage(start, verb);
    return reachesHost(own, start.cwd, verb);
  },
  mustBlock: [
    "docker run --privileged -it ubuntu bash",
    "docker run -v /:/host alpine chroot /host sh",
    "docker run --rm -v /var/run/docker.sock:/var/run/docker.sock docker ps",
    "docker run --pid=host --rm alpine ps",
    "docker run --mount type=bind,source=/,target=/host alpine ls /host",
    "podman run --volume=/etc:/host-etc alpine cat /host-etc/shadow",
    "docker container run --cap-add=SYS_ADMIN alpine mount",
    "docker -H unix:///var/run/docker.sock create --privileged alpine",
    "docker run -v /root/.ssh:/keys alpine ls /keys",
    "docker exec --privileged app sh",
    "docker run --device=/dev/sda:/dev/sda alpine fdisk -l",
    "nerdctl run --security-opt seccomp=unconfined --cap-add ALL alpine sh",
    "docker run -v ~/:/home alpine ls /home",
  ],
  mustAllow: [
    'docker run --rm -v "$PWD":/app node npm test',
    "docker run --rm -v ./src:/src:ro alpine ls /src",
    "docker run -d -v pgdata:/var/lib/postgresql/data postgres:16",
    "docker run --rm --cap-drop ALL alpine id",
    "docker run --rm alpine sh -c 'echo --privileged -v /:/host'",
    "docker run --rm -v /work/repo/out:/out app build",
    "docker run --rm -v /tmp/cache:/cache app build",
    "docker run --rm --network host app curl localhost:3000",
    "docker exec app ps aux",
    "docker run --rm -v /etc/localtime:/etc/localtime:ro app date",
  ],
});

export const rules: readonly Rule[] = [privileged];

// Options of `run`, `create` and `exec` that take no value end nothing; the image is the first word that is no option.
const runValued = nameSet(
  "a attach add-host annotation blkio-weight cap-add cap-drop cgroup-parent cgroupns cidfile cpus cpu-period cpu-quota cpu-shares c cpuset-cpus device device-cgroup-rule dns domainname entrypoint e env env-file expose gpus group-add health-cmd h hostname ip ipc isolation kernel-memory l label label-file link log-driver log-opt mac-address m memory memory-swap mount name network net network-alias oom-score-adj pid pids-limit platform p publish pull restart runtime security-opt shm-size stop-signal storage-opt sysctl tmpfs ulimit u user userns uts v volume volume-driver volumes-from w workdir detach-keys index H host context config log-level f file project-name profile",
);

function optionsBeforeImage(start: Invocation, verb: string): CommandLine {
  const from = start.words.indexOf(verb) + 1;
  const words = start.words.slice(from);
  let end = 0;
  while (end < words.length) {
    const word = words[end] ?? "";
    if (!word.startsWith("-")) break;
    const name = word.replace(/^--?/, "");
    const takes =
      !word.includes("=") &&
      (runValued.has(name) ||
        (/^-[a-z]{2,4}$/.test(word) && runValued.has(name.at(-1) ?? "") && !runValued.has(name[0] ?? "")));
    end += takes ? 2 : 1;
  }
  return commandLine({ words: words.slice(0, end) }, runValued);
}

const socket = /(docker|containerd|podman|crio)[\w.-]*\.sock$/;

// Folders of the host that hold its programs, its secrets or other people's files.
const hostFolders =
  /^(\/|\/(etc|root|boot|dev|proc|sys|usr|bin|sbin|lib|var|home|Users|opt|run|mnt)|\/var\/(run|lib|lib\/docker)|\/(home|Users)\/[^/]+|\/(root|(home|Users)\/[^/]+)\/\.(ssh|aws|gnupg|kube|docker|config)(\/.*)?|\/etc\/(shadow|passwd|sudoers|ssh|kubernetes)(\/.*)?)$/;

function reachesHost(line: CommandLine, cwd: string | undefined, verb: string): boolean {
  if (given(line, "privileged")) return true;
  if (verb === "exec") return false;
  const shared = optionValues(line, "pid", "ipc", "userns", "uts", "cgroupns").some(
    (value) => value === "host",
  );
  const capable = optionValues(line, "cap-add").some((value) =>
    /^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH)$/i.test(value),
  );
  const device = optionValues(line, "device").some((value) =>
    /^\/dev\/(sd|nvme|vd|xvd|mem|kmem|dm-|mapper)/.test(value),
  );
  const mounts = [
    ...optionValues(line, "v", "volume").map((value) => value.split(":")[0] ?? ""),
    ...optionValues(line, "mount").map((value) => /(?:^|,)(?:source|src)=([^,]*)/.exec(value)?.[1] ?? ""),
  ];
  const folder = mounts.some((path) => socket.test(path) || isHostFolder(path, cwd));
  return shared || capable || device || folder;
}

function isHostFolder(path: string, cwd: string | undefined): boolean {
  const plain = trimEnd(path, "/") || "/";
  return path.startsWith("/") && hostFolders.test(plain) && plain !== cwd;
}
