import { checkCommand } from "cc-safety-net/api";
import type { Verdict } from "../../src/core/action.ts";

/** What cc-safety-net says of a command, in its standard mode. It knows no question. */
export function peerVerdict(command: string, cwd: string): Verdict {
  return checkCommand({ command, cwd }).kind === "deny" ? "deny" : "allow";
}
