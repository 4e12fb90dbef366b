import { join } from "node:path";
import type { Host } from "../core/ports.ts";

interface User {
  readonly env: Host["env"];
  readonly platform: Pick<Host["platform"], "home">;
}

/** Where surefoot keeps what belongs to no repository: workspaces, the guard's own ledger, what was installed. */
export function stateFolder({ env, platform }: User): string {
  const own = env["SUREFOOT_STATE_HOME"];
  if (own !== undefined && own !== "") return own;
  const shared = env["XDG_STATE_HOME"];
  return join(
    shared !== undefined && shared !== "" ? shared : join(platform.home, ".local/state"),
    "surefoot",
  );
}

/** The part of it that only the guard uses; no action may touch it. */
export function guardFolder(user: User): string {
  return join(stateFolder(user), "guard");
}

/** The small hook that `guard serve --build-client` compiles. */
export function clientPath(user: User): string {
  return join(guardFolder(user), "surefoot-hook");
}

/**
 * The socket of `guard serve`: in a folder that ends with the login, where the system has one and the user has not moved
 * all of surefoot's state elsewhere.
 */
export function daemonSocket(user: User): string {
  const { SUREFOOT_STATE_HOME: own, XDG_RUNTIME_DIR: runtime } = user.env;
  const moved = own !== undefined && own !== "";
  const folder = !moved && runtime?.startsWith("/") === true ? join(runtime, "surefoot") : guardFolder(user);
  return join(folder, "guard.sock");
}
