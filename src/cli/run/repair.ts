import type { Host } from "../../core/ports.ts";
import { detectProject } from "../../policy/detect.ts";

/** Setup commands that the lockfiles of a tree suggest, for a gate whose commands cannot be run without them. */
export async function repairOf(host: Host, tree: string): Promise<readonly string[]> {
  const project = await detectProject(host.files, tree);
  return project.setup.run;
}
