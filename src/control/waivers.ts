import { applicable } from "../core/waiver.ts";
import type { RunContext } from "./context.ts";

/**
 * Names (of failing checks and blocking findings) that a waiver covers on exactly this diff today. Each use is
 * recorded; a waiver is not a pass, and an expired or mismatched one does nothing.
 */
export function waivedHere(
  context: RunContext,
  iteration: number,
  diff: string,
  names: readonly string[],
): readonly string[] {
  const now = context.host.now().toISOString();
  const already = context.journal.session().iterations.find((one) => one.number === iteration)?.waived ?? [];
  return [...new Set(names)].filter((what) => {
    const answer = applicable(context.policy.waivers, { what, diff, now });
    if (answer.kind !== "applies") return false;
    const { id, reason, approver, expires } = answer.waiver;
    if (!already.includes(what))
      context.journal.append({
        type: "waiver.applied",
        iteration,
        id,
        what,
        diff,
        reason,
        approver,
        expires,
      });
    return true;
  });
}
