import { dirname, join } from "node:path";
import { fieldsOf, listOf, parseJson } from "../agents/fields.ts";
import type { Dialect, HookAnswer } from "../agents/hook-dialect.ts";
import { succeeded } from "../core/exit.ts";
import { Fault } from "../core/fault.ts";
import { configFolder } from "../host/key.ts";
import { leanHost } from "../host/lean-host.ts";
import type { LeanHost } from "../host/lean-host.ts";
import { guardFolder } from "../host/state-folder.ts";
import { decideCall } from "./decide.ts";
import type { CallOptions } from "./decide.ts";
import { deskAt, openHookLedger } from "./own-desk.ts";
import { findPlace } from "./place.ts";
import { policyOf } from "./policy.ts";
import type { HookPolicy } from "./policy.ts";

export interface HookCall {
  readonly dialect: Dialect;
  /** What the agent gave its hook, as text. */
  readonly payload: string;
  readonly options: CallOptions;
}

export interface Installed {
  readonly version: string;
  readonly standard: HookPolicy | undefined;
  /** The command line program beside the hook, which compiles policies. */
  readonly cli: string;
}

/** Decides in this process. The ledger stays open: the process ends next, and closing would fold the log back first. */
export async function decideHere(
  { dialect, payload, options }: HookCall,
  own: Installed,
): Promise<HookAnswer> {
  const host = leanHost();
  const place = await findPlace(host.files, folderOf(payload), guardFolder(host));
  const ports = {
    files: host.files,
    version: own.version,
    settings: configFolder(host),
    standard: own.standard,
    compile: (root: string) => compileWith(host, own.cli, root),
  };
  const policy = await policyOf(ports, place.root);
  const ledger = openHookLedger(host, place, policy.policy);
  return await decideCall(
    deskAt(host, place, { policy, ledger, version: own.version }),
    dialect,
    payload,
    options,
  );
}

/** The working folder that the payload names, else the first folder of its workspace, else that of this process. */
export function folderOf(payload: string): string {
  const fields = fieldsOf(parseJson(payload));
  const named = [fields["cwd"], ...listOf(fields["workspace_roots"]), ...listOf(fields["workspaceRoots"])];
  const folder = named.find((path): path is string => typeof path === "string" && path.startsWith("/"));
  return folder ?? process.cwd();
}

const compileMs = 4000;

async function compileWith({ exec, env, platform }: LeanHost, cli: string, root: string): Promise<void> {
  const known = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const ran = await exec({
    run: [platform.execPath, cli, "guard", "compile", "--root", root],
    cwd: dirname(cli),
    env: Object.fromEntries(known),
    timeoutMs: compileMs,
    outputBytes: 64 * 1024,
  });
  if (succeeded(ran.exit)) return;
  const line = ran.stderr.split("\n").find((text) => text.trim() !== "");
  throw new Fault("policy/invalid", `the policy cannot be used: ${line ?? "compiling it failed"}`, {
    hint: `see what \`surefoot policy check\` says in ${root}`,
    where: { file: join(root, "surefoot.yaml") },
  });
}
