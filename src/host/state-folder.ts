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

/** Where the guard's socket and its lock lie: a folder that ends with the login where the system has one. */
export function socketFolder(user: User): string {
  const runtime = user.env["XDG_RUNTIME_DIR"];
  return runtime !== undefined && runtime.startsWith("/") ? join(runtime, "surefoot") : guardFolder(user);
}
