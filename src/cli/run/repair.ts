import type { Host } from "../../core/ports.ts";
import { detect, gatherRoot } from "../../policy/detect.ts";

/** Setup commands that the lockfiles of a tree suggest, for a gate whose commands cannot be run without them. */
export async function repairOf(host: Host, tree: string): Promise<readonly string[]> {
  return detect(await gatherRoot(host.files, tree)).setup.map((item) => item.value);
}
