import { Fault } from "../core/fault.ts";
import type { JailMode } from "../core/policy.ts";
import type { Host, Jail } from "../core/ports.ts";
import type { Workspace } from "./workspace.ts";

export interface JailPlan {
  readonly jail: Jail | undefined;
  /** For people and for the ledger. */
  readonly says: string;
}

export interface JailRequest {
  readonly mode: JailMode;
  readonly workspace: Workspace;
  /** Absolute paths or paths below `~/` that gates may write to. */
  readonly caches: readonly string[];
  /** Top folder of the user's repository, whose objects the tree borrows. */
  readonly root: string;
  /** The ledger's folder and the key's folder. */
  readonly hidden: readonly string[];
}

/** Folders and files below the home folder that hold other programs' credentials. */
const credentials = [
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".kube",
  ".docker",
  ".netrc",
  ".git-credentials",
  ".config/gh",
  ".config/glab-cli",
  ".config/gcloud",
  ".config/git/credentials",
  ".claude",
  ".codex",
  ".gemini",
  ".local/share/opencode",
  ".config/opencode",
];

// A read-only mount does not keep a process from connecting to a socket, and these give away the machine.
const sockets = [
  "/run/docker.sock",
  "/var/run/docker.sock",
  "/run/podman",
  "/run/containerd",
  "/run/snapd.socket",
  // Session and system managers start programs for whoever asks; so do the sockets of desktops and key agents.
  "/run/user",
  "/run/dbus",
  "/run/systemd/private",
];

/** Throws `jail/unavailable` only when the policy requires a jail; otherwise the lack of one is said and recorded. */
export async function planJail(host: Host, request: JailRequest): Promise<JailPlan> {
  if (request.mode === "off") return { jail: undefined, says: "none: switched off by the policy" };
  const status = await host.jail();
  if (status.kind === "none") {
    if (request.mode === "required")
      throw new Fault("jail/unavailable", `the policy requires a jail, and there is none: ${status.why}`, {
        hint: status.remedy,
      });
    return { jail: undefined, says: `none: ${status.why}` };
  }
  const home = host.platform.home;
  const agentSocket = host.env["SSH_AUTH_SOCK"];
  const runtime = host.env["XDG_RUNTIME_DIR"];
  const candidates = [
    ...request.hidden,
    ...credentials.map((path) => `${home}/${path}`),
    ...sockets,
    ...(agentSocket === undefined ? [] : [agentSocket]),
    ...(runtime === undefined ? [] : [runtime]),
  ];
  const hidden: string[] = [];
  for (const path of candidates) if ((await host.files.stat(path)) !== undefined) hidden.push(path);
  const caches: string[] = [];
  for (const cache of request.caches) {
    const path = cache.startsWith("~/") ? `${home}/${cache.slice(2)}` : cache;
    await host.files.makeFolder(path);
    caches.push(path);
  }
  return {
    jail: {
      writable: [request.workspace.tree, request.workspace.home, ...caches],
      hidden,
      readable: [...(await objectFolders(host, request.root)), ...(await programFolders(host))],
    },
    says: `bubblewrap ${status.version}`,
  };
}

// A checkout of tools below the temporary folder must not vanish from the PATH inside the jail.
async function programFolders({ env, files, platform }: Host): Promise<readonly string[]> {
  const onPath = (env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith(`${platform.tempDir}/`));
  // What lies in `node_modules/.bin` are links to beside it.
  const folders = new Set(
    onPath.map((folder) => folder.replace(/\/node_modules\/\.bin\/?$/, "/node_modules")),
  );
  const present: string[] = [];
  for (const folder of folders) if ((await files.stat(folder)) !== undefined) present.push(folder);
  return present;
}

// The repository may lie below the temporary folder, which a jail shows empty; without its objects git fails in the tree.
async function objectFolders(host: Host, root: string): Promise<readonly string[]> {
  const asked = ["rev-parse", "--path-format=absolute", "--git-path", "objects"];
  const objects = await host.git.text(asked, { cwd: root });
  const borrowed = (await host.files.readText(`${objects}/info/alternates`)) ?? "";
  const found = [objects, ...borrowed.split("\n").filter((path) => path.startsWith("/"))];
  const present: string[] = [];
  for (const path of found) if ((await host.files.stat(path)) !== undefined) present.push(path);
  return present;
}
