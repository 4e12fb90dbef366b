import { Fault } from "../core/fault.ts";
import type { CompiledPolicy } from "../core/policy.ts";
import type { Files } from "../core/ports.ts";
import { keyFiles } from "../host/key.ts";
import { readCompiled } from "../policy/compiled.ts";

export type HookPolicy = Pick<CompiledPolicy, "policy" | "digest">;

export interface PolicyPorts {
  readonly files: Files;
  readonly version: string;
  /** The user's own folder of settings. */
  readonly settings: string;
  /** What holds where nobody wrote a policy, compiled when the package was built; absent in the sources. */
  readonly standard: HookPolicy | undefined;
  /** Compiles the policy of a folder and writes it there. Throws `policy/invalid`. */
  compile(root: string): Promise<void>;
}

/**
 * The policy that holds in a folder, from its compiled form. Where that is missing or older than its sources it is
 * compiled first; a policy that cannot be compiled throws, and no call is let through.
 */
export async function policyOf(ports: PolicyPorts, root: string): Promise<HookPolicy> {
  const { files, version, settings, standard } = ports;
  const outside = userSources(settings);
  const place = { files, root, outside, version, secret: keyFiles(settings).secret };
  const first = await readCompiled(place);
  if (first.kind === "current") return first.compiled;
  if (
    first.kind === "absent" &&
    standard !== undefined &&
    !(await someExist(files, policySources(settings, root)))
  )
    return standard;
  await ports.compile(root);
  const second = await readCompiled(place);
  if (second.kind === "current") return second.compiled;
  throw new Fault("policy/invalid", `the policy of ${root} could not be compiled`, {
    hint: "see what `surefoot policy check` says",
    where: { file: "surefoot.yaml" },
  });
}

/** Files outside every repository on which a policy depends. */
export function userSources(settings: string): readonly string[] {
  return [`${settings}/config.yaml`, `${settings}/trusted.json`];
}

/** Every file on which the policy of a folder may depend; one that does not exist counts. */
export function policySources(settings: string, root: string): readonly string[] {
  const own = ["surefoot.yaml", "surefoot.yml", "surefoot.local.yaml"].map((name) => `${root}/${name}`);
  return [...own, ...userSources(settings)];
}

async function someExist(files: Files, paths: readonly string[]): Promise<boolean> {
  const found = await Promise.all(paths.map((path) => files.stat(path)));
  return found.some((stat) => stat !== undefined);
}
