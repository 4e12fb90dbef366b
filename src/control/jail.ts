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
  const candidates = [
    ...request.hidden,
    ...credentials.map((path) => `${home}/${path}`),
    ...sockets,
    ...(agentSocket === undefined ? [] : [agentSocket]),
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
    jail: { writable: [request.workspace.tree, request.workspace.home, ...caches], hidden },
    says: `bubblewrap ${status.version}`,
  };
}
