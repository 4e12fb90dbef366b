import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HookPolicy } from "./policy.ts";

// Set by the build; in the sources both are looked up where they lie.
declare const surefootVersion: string;
declare const surefootStandard: HookPolicy;

export function ownVersion(program: string): string {
  if (typeof surefootVersion === "string") return surefootVersion;
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(program), "../package.json"), "utf8"));
  return typeof manifest === "object" &&
    manifest !== null &&
    "version" in manifest &&
    typeof manifest.version === "string"
    ? manifest.version
    : "";
}

/** The policy where nobody wrote one; `undefined` in the sources, where it is compiled on first use. */
export function standardPolicy(): HookPolicy | undefined {
  return typeof surefootStandard === "object" ? surefootStandard : undefined;
}
