import type { CompiledPolicy, Loosened } from "../core/policy.ts";
import type { Host } from "../core/ports.ts";
import { missedExamples } from "../guard/custom-example.ts";
import { configFolder } from "../host/key.ts";
import type { PolicyRequest } from "../policy/load.ts";
import { trustedDigests, trustedPath } from "../policy/trust.ts";

type Request = Pick<PolicyRequest, "files" | "root" | "userSettings" | "tryExamples"> & {
  readonly trust: NonNullable<PolicyRequest["trust"]>;
};

/**
 * How a command asks for the policy of a repository: with the user's own settings, with the examples of custom rules
 * judged, and with what the user trusts. `committed` says whether surefoot.yaml may loosen the guard without trust.
 */
export async function policyRequest(
  host: Pick<Host, "files" | "env" | "platform">,
  root: string,
  { committed }: { readonly committed: boolean },
): Promise<Request> {
  const { files } = host;
  const folder = configFolder(host);
  return {
    files,
    root,
    userSettings: `${folder}/config.yaml`,
    tryExamples: missedExamples,
    trust: { committed, digests: await trustedDigests(files, trustedPath(folder), root) },
  };
}

/** One line about what the guard leaves out here; `undefined` where nothing is. */
export function untrustedLine({ loosened }: Pick<CompiledPolicy, "loosened">): string | undefined {
  const files = loosened.filter(({ trusted }) => !trusted);
  if (files.length === 0) return undefined;
  const entries = files.reduce((sum, { says }) => sum + says.length, 0);
  return `${files.map(({ file }) => file).join(" and ")} would loosen the guard (${entries === 1 ? "1 entry" : `${entries} entries`}); for an agent in your checkout that is left out until you run surefoot guard trust`;
}

/** What a file would loosen, in words. */
export function loosenedText({ file, says }: Loosened): string {
  return `${file} would loosen the guard:\n${says.map((line) => `  ${line}\n`).join("")}`;
}
