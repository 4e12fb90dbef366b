/** What a jailed process sees, with every path looked up: absolute, symbolic links resolved, existing. */
export interface JailPlan {
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  readonly hidden: readonly HiddenPath[];
}

export interface HiddenPath {
  readonly path: string;
  readonly kind: "folder" | "file";
}

export interface JailPlatform {
  /** Whether the process that starts bubblewrap is root. */
  readonly root: boolean;
  /** Replaced by an empty folder, so that nothing of other processes can be seen or reached there. */
  readonly tempDir: string;
  /** Descriptor on which bubblewrap reports whether the program was started (`exit-code`). */
  readonly statusFd: number | undefined;
}

/**
 * The command line that runs `argv` confined by bubblewrap: everything read-only, its own processes and temporary
 * folder, no controlling terminal, the network as it is. A deeper path decides over the folder that it is in; of equal
 * paths hidden wins over writable and writable over readable.
 */
export function jailed(
  argv: readonly [string, ...string[]],
  plan: JailPlan,
  cwd: string,
  platform: JailPlatform,
): readonly [string, ...string[]] {
  const mounts: readonly Mount[] = [
    ...plan.readable.map((path) => ({ path, rank: 0, args: ["--ro-bind", path, path] })),
    ...plan.writable.map((path) => ({ path, rank: 1, args: ["--bind", path, path] })),
    ...plan.hidden.map(({ path, kind }) => ({
      path,
      rank: 2,
      args: kind === "folder" ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path],
    })),
  ];
  // bubblewrap mounts in the order of its arguments, so what must win comes last.
  const ordered = mounts.toSorted((a, b) => depth(a.path) - depth(b.path) || a.rank - b.rank);
  const view = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", platform.tempDir];
  const apart = ["--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"];
  const powers = ["--cap-drop", "ALL", ...rootKeeps.flatMap((name) => ["--cap-add", name])];
  const status = platform.statusFd === undefined ? [] : ["--json-status-fd", String(platform.statusFd)];
  return [
    "bwrap",
    ...view,
    ...ordered.flatMap((mount) => mount.args),
    ...apart,
    ...(platform.root ? powers : []),
    ...status,
    "--chdir",
    cwd,
    "--",
    ...argv,
  ];
}

interface Mount {
  readonly path: string;
  readonly rank: number;
  readonly args: readonly string[];
}

// Started by root, bubblewrap leaves every capability in place, and CAP_SYS_ADMIN is enough to mount "/" writable
// again. These are the ones that ordinary work with files and child processes needs.
const rootKeeps = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_NET_BIND_SERVICE",
  "CAP_SETGID",
  "CAP_SETUID",
];

function depth(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}
